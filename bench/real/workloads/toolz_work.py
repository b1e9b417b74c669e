"""Functional helpers over a few hundred items."""

from toolz import compose, curry, groupby, merge_with, partition_all, pipe, sliding_window

NUMBERS = list(range(300))


@curry
def add(left, right):
    return left + right


_chain = compose(add(1), add(2), add(3))


def group():
    return groupby(lambda number: number % 7, NUMBERS)


def curried():
    return [pipe(number, add(1), add(2), _chain) for number in NUMBERS[:40]]


def merged():
    return merge_with(sum, {1: 1, 2: 2}, {1: 10, 2: 20, 3: 3}, {4: 4})


def windows():
    return len(list(sliding_window(4, NUMBERS))), len(list(partition_all(9, NUMBERS)))
