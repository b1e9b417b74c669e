"""Compares two copies of tabulate on random tables: python same_results.py OLD/__init__.py NEW/__init__.py [TABLES]"""

import datetime
import fractions
import importlib.util
import random
import sys


def load(path, name):
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


old, new = load(sys.argv[1], "old"), load(sys.argv[2], "new")
pick = random.Random(1)
# Whatever is near a number, a colour, a separator, or a digit of another script.
LETTERS = ["0", "1", "9", ",", ".", "+", "-", "_", "e", "E", " ", "\t", "\x1c", "\x85", "\u2003", "\n"]
LETTERS += ["a", "\\", "\\x1b[31m", "\x1b[31m", "\x1b[0m", "m", "[", "٣", "²", "Ⅷ", "東", "inf", "nan", "True"]
OTHERS = [None, True, False, 0, 1, -7, 1.5, 1e300, float("nan"), b"12", b"\xff", b"1,000", [1], {2}]
OTHERS += [datetime.date(2024, 2, 29), fractions.Fraction(1, 3), "", "True", "False", "1,000", "-1_000"]
FORMATS = ["simple", "grid", "html", "latex", "plain"]


def cell():
    if pick.random() < 0.3:
        return pick.choice(OTHERS)
    return "".join(pick.choice(LETTERS) for _ in range(pick.randint(0, 5)))


def answer(module, *args, **options):
    try:
        return module.tabulate(*args, **options)
    except Exception as error:
        return f"{type(error).__name__}: {error}"


tables = int(sys.argv[3]) if len(sys.argv) > 3 else 20_000
for _ in range(tables):
    rows = [[cell() for _ in range(pick.randint(1, 3))] for _ in range(pick.randint(1, 4))]
    options = {"tablefmt": pick.choice(FORMATS), "disable_numparse": pick.random() < 0.2, "intfmt": pick.choice(["", ","])}
    if answer(old, rows, **options) != answer(new, rows, **options):
        sys.exit(f"other results: {rows!r} {options!r}")
print(f"{tables} tables, the same results")
