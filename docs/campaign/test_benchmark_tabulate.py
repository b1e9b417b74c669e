import datetime

import pytest

from tabulate import tabulate

NAMES = ["Ada Lovelace", "Grace Hopper", "Edsger W. Dijkstra", "Barbara Liskov", "Donald E. Knuth"]
HEADERS = ["order", "day", "customer", "amount", "rate", "paid"]

# Rows as a program has them: numbers, dates, text, and gaps.
ORDERS = [
    [
        1000 + n,
        datetime.date(2024, 1, 1) + datetime.timedelta(days=n),
        NAMES[n % len(NAMES)],
        round(n * 17.31 % 997, 2),
        None if n % 7 == 0 else n / 8,
        n % 3 == 0,
    ]
    for n in range(200)
]

# The same rows as csv.reader gives them: text only.
CSV_ROWS = [["" if cell is None else str(cell) for cell in row] for row in ORDERS]

# Cells that are not plain ASCII: colours of a terminal, and characters two columns wide.
COLOURED = [
    [f"\x1b[3{n % 8}mjob {n}\x1b[0m", "東京" if n % 2 else "大阪市", n * 1.5]
    for n in range(100)
]


@pytest.mark.slow
def test_orders(benchmark):
    text = benchmark.pedantic(tabulate, args=(ORDERS, HEADERS), rounds=10, iterations=10)
    assert text.count("\n") == 201


@pytest.mark.slow
def test_csv_as_grid(benchmark):
    text = benchmark.pedantic(tabulate, args=(CSV_ROWS, HEADERS, "grid"), rounds=10, iterations=10)
    assert text.count("\n") == 402


@pytest.mark.slow
def test_colours_and_wide_characters(benchmark):
    text = benchmark.pedantic(tabulate, args=(COLOURED,), rounds=10, iterations=10)
    assert "東京" in text
