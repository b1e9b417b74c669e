"""A table of thirty rows as text."""

from tabulate import tabulate

ROWS = [[f"name {n}", n * 1.37, n * 11, None if n % 5 == 0 else "text"] for n in range(30)]
HEADERS = ["name", "ratio", "count", "note"]


def grid():
    return tabulate(ROWS, HEADERS, tablefmt="grid")


def plain():
    return tabulate(ROWS, HEADERS)


def as_html():
    return tabulate(ROWS, HEADERS, tablefmt="html")
