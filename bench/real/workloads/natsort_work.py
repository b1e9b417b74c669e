"""File names in natural order."""

from natsort import natsorted, ns, os_sorted

NAMES = [f"file-{n * 37 % 101}.part{n % 9}.txt" for n in range(120)]


def plain():
    return natsorted(NAMES)


def signed_floats():
    return natsorted(NAMES, alg=ns.REAL)


def as_paths():
    return natsorted(NAMES, alg=ns.PATH)
