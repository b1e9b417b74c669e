GROUPS = [list(range(n, n + 10)) for n in range(1000)]


def run():
    flat = []
    for group in GROUPS:
        for number in group:
            flat.append(number)
    return sum(flat)
