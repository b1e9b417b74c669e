"""Colours between their notations."""

import webcolors

NAMES = ["navy", "Teal", "cornflowerblue", "GoldenRod", "black"]


def from_names():
    return [webcolors.name_to_hex(name) for name in NAMES]


def from_hex():
    return [webcolors.hex_to_rgb(text) for text in ("#fff", "#0099CC", "#123abc")]


def percentages():
    return [webcolors.hex_to_rgb_percent(text) for text in ("#fff", "#0099CC", "#123abc")]
