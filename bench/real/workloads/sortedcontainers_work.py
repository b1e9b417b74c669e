"""Sorted list and dict with a few hundred keys."""

import random

from sortedcontainers import SortedDict, SortedKeyList, SortedList

_random = random.Random(20)
NUMBERS = [_random.randrange(100_000) for _ in range(400)]
READY = SortedList(NUMBERS)
DICT = SortedDict((number, str(number)) for number in NUMBERS)
KEYED = SortedKeyList(NUMBERS, key=lambda number: -number)


def add_all():
    result = SortedList()
    for number in NUMBERS:
        result.add(number)
    return len(result)


def fill_dict():
    result = SortedDict()
    for number in NUMBERS:
        result[number] = number
    return len(result)


def look_up():
    return [READY.bisect_left(number) for number in NUMBERS]


def slice_keys():
    return list(KEYED.irange(90_000, 10_000)), DICT.peekitem(10), list(DICT.irange(20, 50_000))


def set_default():
    result = SortedDict()
    for number in NUMBERS:
        result.setdefault(number, 0)
    return len(result)
