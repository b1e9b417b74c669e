"""Classes made by attrs, and their instances."""

import attr
from attr import validators


@attr.s(slots=True)
class Point:
    x = attr.ib(validator=validators.instance_of(int))
    y = attr.ib(default=0, converter=int)
    tags = attr.ib(factory=list, repr=False)


@attr.s(frozen=True)
class Key:
    name = attr.ib()
    number = attr.ib()


POINTS = [Point(n, str(n)) for n in range(40)]
KEYS = [Key(f"k{n}", n) for n in range(40)]


def create():
    return [Point(n, "7") for n in range(40)]


def to_dicts():
    return [attr.asdict(point) for point in POINTS]


def make_class():
    return attr.make_class("Made", {"a": attr.ib(), "b": attr.ib(default=1)}, slots=True)


def evolve():
    return [attr.evolve(point, y=3) for point in POINTS]


def hash_keys():
    return {key: 1 for key in KEYS}


def show():
    return [repr(point) for point in POINTS]
