def run():
    rows = [(n, n + 1, n + 2) for n in range(10000)]
    return sum(row[1] for row in rows)
