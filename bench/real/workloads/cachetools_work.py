"""Caches under a small, repetitive load."""

from cachetools import LFUCache, LRUCache, TTLCache, cached
from cachetools.keys import hashkey, typedkey

KEYS = [number * 31 % 60 for number in range(200)]


def _use(cache):
    for key in KEYS:
        try:
            cache[key]
        except KeyError:
            cache[key] = key
    return len(cache)


def least_recent():
    return _use(LRUCache(40))


def least_frequent():
    return _use(LFUCache(40))


def timed():
    return _use(TTLCache(40, ttl=600))


@cached(LRUCache(40))
def _square(number, *, power=2):
    return number**power


def decorated():
    return [_square(key, power=2) for key in KEYS]


def keys():
    return [hashkey(number, "a", x=number) for number in KEYS], [typedkey(number, 2.5) for number in KEYS[:50]]
