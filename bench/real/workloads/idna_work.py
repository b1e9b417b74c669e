"""Domain names in several scripts."""

import idna

NAMES = ["example.com", "b\u00fccher.example", "\u043f\u0440\u0438\u043c\u0435\u0440.\u0440\u0444", "\u4f8b\u3048.jp", "stra\u00dfe.de", "fa\u00dfbinder.at"]
ENCODED = [idna.encode(name) for name in NAMES]


def encode():
    return [idna.encode(name) for name in NAMES]


def encode_with_mapping():
    return [idna.encode(name, uts46=True) for name in NAMES]


def decode():
    return [idna.decode(name) for name in ENCODED]
