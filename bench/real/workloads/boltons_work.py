"""Collections and text helpers."""

from boltons.cacheutils import LRU
from boltons.dictutils import OneToOne, OrderedMultiDict
from boltons.iterutils import chunked, remap, research
from boltons.setutils import IndexedSet
from boltons.strutils import slugify, split_punct_ws
from boltons.urlutils import URL

NESTED = {"a": [1, 2, {"b": (3, 4), "c": None}], "d": {"e": [5, 6, None], "f": "text"}}
ADDRESS = "https://user:secret@example.com:8080/a/b/c?x=1&y=2&x=3#part"


def remap_nested():
    return remap(NESTED, visit=lambda path, key, value: value is not None)


def parse_url():
    return URL(ADDRESS).to_text()


def fill_cache():
    cache = LRU(max_size=50)
    for number in range(200):
        cache[number % 70] = number
    return len(cache)


def multi_dict():
    result = OrderedMultiDict((number % 20, number) for number in range(120))
    return result.todict(multi=True)


def slug():
    return [slugify(f"Some Title: with, Punctuation {n}!") for n in range(20)]


def indexed_set():
    result = IndexedSet(range(200))
    for number in range(0, 200, 7):
        result.discard(number)
    return [result[number] for number in range(100)]


def pairs():
    return OneToOne((number, str(number)) for number in range(150)).inv
