"""Dates from text and from rules."""

import datetime

from dateutil import parser, relativedelta, rrule, tz

START = datetime.datetime(2021, 3, 1, 9, 30)
TEXTS = ["2021-03-04T05:06:07Z", "Thu Sep 25 10:36:28 2003", "10/09/2003", "Sep 25, 2003 3pm"]


def parse_texts():
    return [parser.parse(text) for text in TEXTS]


def expand_rule():
    return list(rrule.rrule(rrule.WEEKLY, dtstart=START, count=30, byweekday=(rrule.MO, rrule.FR)))


def parse_iso():
    return [parser.isoparse("2021-03-04T05:06:07.123456+02:00") for _ in range(10)]


def add_months():
    return [START + relativedelta.relativedelta(months=n, days=-1) for n in range(20)]
