"""Numbers, sizes and time spans in words."""

import datetime

import humanize

SPANS = [datetime.timedelta(seconds=7**n) for n in range(1, 9)]


def sizes():
    return [humanize.naturalsize(13**n) for n in range(1, 12)]


def spans():
    return [humanize.naturaldelta(span) for span in SPANS]


def exact_spans():
    return [humanize.precisedelta(span) for span in SPANS]


def numbers():
    return [humanize.intcomma(17**n) for n in range(1, 12)], [humanize.intword(17**n) for n in range(5, 12)]


def ordinals():
    return [humanize.ordinal(n) for n in range(30)]
