"""The program behind the fixtures: small, with a line that is dear, a library, recursion, a generator and a thread.

Arguments: how many seconds to work, and how many threads beside the main one.
"""

import copy
import json
import sys
import threading
import time


class Item:
    __slots__ = ("name", "price")

    def __init__(self, name, price):
        self.name = name
        self.price = price

    def as_row(self):
        return {"name": self.name, "price": self.price, "tags": ["a", "b"]}


def make_items(count):
    for number in range(count):
        yield Item("item %d" % (number % 400), number * 0.5)


def dedupe(rows):
    seen, kept = [], []
    for row in rows:
        if row["name"] not in seen:
            seen.append(row["name"])
            kept.append(copy.deepcopy(row))
    return kept


def depth(tree):
    if not isinstance(tree, list):
        return 0
    return 1 + max(map(depth, tree), default=0)


def größe(rows):
    return sum(len(json.dumps(row, indent=1)) for row in rows)


def report(count):
    rows = [item.as_row() for item in make_items(count)]
    kept = dedupe(rows)
    return größe(kept) + depth([[[]], [[], [[]]]])


def work(seconds):
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        report(2000)


def main():
    seconds = float(sys.argv[1])
    threads = [
        threading.Thread(target=work, args=(seconds,), name="worker; %d" % number) for number in range(int(sys.argv[2]))
    ]
    for thread in threads:
        thread.start()
    work(seconds)
    for thread in threads:
        thread.join()


if __name__ == "__main__":
    main()
