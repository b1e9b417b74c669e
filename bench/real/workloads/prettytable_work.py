"""A table of thirty rows as text."""

from prettytable import PrettyTable

ROWS = [[f"name {n}", n * 1.37, n * 11, "text"] for n in range(30)]
_table = PrettyTable(["name", "ratio", "count", "note"])
for _row in ROWS:
    _table.add_row(_row)


def render():
    return _table.get_string()


def build():
    table = PrettyTable(["name", "ratio", "count", "note"])
    for row in ROWS:
        table.add_row(row)
    return table


def as_html():
    return _table.get_html_string()
