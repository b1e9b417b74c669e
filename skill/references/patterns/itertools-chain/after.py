from itertools import chain

GROUPS = [list(range(n, n + 10)) for n in range(1000)]


def run():
    return sum(chain.from_iterable(GROUPS))
