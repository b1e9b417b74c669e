"""Recipes over a few hundred items."""

import more_itertools as mi

NUMBERS = list(range(300))
WORDS = [f"word{n % 37}" for n in range(200)]


def windows():
    return sum(1 for _ in mi.windowed(NUMBERS, 5))


def chunks():
    return [len(chunk) for chunk in mi.chunked(NUMBERS, 7)]


def flatten():
    return list(mi.collapse([[1, [2, 3]], [4, [5, [6, 7]]]] * 20))


def peek():
    iterator = mi.peekable(NUMBERS)
    total = 0
    while iterator:
        total += iterator.peek()
        next(iterator)
    return total


def unique():
    return list(mi.unique_everseen(WORDS))


def permute():
    return sum(1 for _ in mi.distinct_permutations("aabbcd"))


def split():
    return list(mi.split_at(NUMBERS, lambda n: n % 10 == 0))


def primes():
    return list(mi.sieve(3000))


def convolve():
    return list(mi.convolve(NUMBERS, [1, 2, 4, 2, 1]))


def partitions():
    return sum(1 for _ in mi.set_partitions("abcdef", 3))


def buckets():
    bucket = mi.bucket(WORDS, key=lambda word: word[-1])
    return [list(bucket[key]) for key in sorted(bucket)]
