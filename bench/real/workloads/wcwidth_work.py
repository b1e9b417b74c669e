"""Width of text on a terminal."""

from wcwidth import wcswidth, wcwidth

ASCII = "The quick brown fox jumps over the lazy dog. " * 3
MIXED = "na\u00efve \u4f60\u597d\u4e16\u754c \u3053\u3093\u306b\u3061\u306f \U0001f469\u200d\U0001f4bb e\u0301 " * 3


def ascii_text():
    return wcswidth(ASCII)


def mixed_text():
    return wcswidth(MIXED)


def single():
    return [wcwidth(char) for char in MIXED]
