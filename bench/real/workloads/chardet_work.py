"""The encoding of a few short texts."""

import chardet

TEXTS = ["plain ascii text".encode("ascii") * 5, "na\u00efve caf\u00e9".encode("utf-8"), "\u043f\u0440\u0438\u0432\u0435\u0442 \u043c\u0438\u0440".encode("koi8-r")]


def ascii_text():
    return chardet.detect(TEXTS[0])


def utf8_text():
    return chardet.detect(TEXTS[1])


def cyrillic():
    return chardet.detect(TEXTS[2])
