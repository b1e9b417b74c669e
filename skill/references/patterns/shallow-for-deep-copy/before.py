import copy

ROWS = [{"id": n, "name": "row %d" % n, "cents": n * 3} for n in range(200)]


def run():
    rows = copy.deepcopy(ROWS)
    for row in rows:
        row["cents"] += 1
    return sum(row["cents"] for row in rows)
