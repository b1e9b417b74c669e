/*
 * The project in which the blocks of all pages are run: order lines are read, repeats dropped by looking through all rows
 * that are there already, and added up. Without benchmarks, as many projects are found.
 */

const ORDERS = `"""Reads order lines, without their repeats, and adds them up."""


def parse(text):
    """Rows of \`customer;article;cents\`, one a line; of equal lines the first."""
    rows = []
    for line in text.splitlines():
        customer, article, cents = line.split(";")
        row = (customer.strip(), article.strip(), int(cents))
        if row not in rows:
            rows.append(row)
    return rows


def totals(rows):
    """Cents by customer."""
    sums = {}
    for customer, _, cents in rows:
        sums[customer] = sums.get(customer, 0) + cents
    return sums


def sample(count=600):
    """Made-up order lines; every third is a repeat."""
    return "\\n".join("customer %d; article %d; %d" % (n % 40, n % 400, n % 400 * 10) for n in range(count))


def report(count=600):
    """What a day's report costs."""
    return totals(parse(sample(count)))
`;

const FASTER = ORDERS.replace('    rows = []\n', '    rows = []\n    seen = set()\n').replace(
  '        if row not in rows:\n',
  '        if row not in seen:\n            seen.add(row)\n',
);

/** Faster, and wrong: equal lines are all kept. */
const WRONG = ORDERS.replace(
  '        if row not in rows:\n            rows.append(row)\n',
  '        rows.append(row)\n',
);

const SETTINGS = `[project]
name = "shop"
version = "1.0"
requires-python = ">=3.10"

[tool.pytest.ini_options]
pythonpath = ["."]
addopts = "-m 'not slow'"
markers = ["slow: benchmarks; run them with -m slow"]
`;

/**
 * Effects here are large: wide margins and few pairs are enough to tell them, also on a busy machine. How sure verdicts
 * are is tested elsewhere.
 */
const SHORT = `
[tool.strop]
budget = "25s"
fpr = "10%"
margin = "20%"
guard-time = "30%"
guard-import = "45%"
`;

/** Faster for whoever asks the same again, as a benchmark does. */
const CACHED = ORDERS.replace('up."""\n', 'up."""\nimport functools\n').replace(
  'def report(',
  '@functools.lru_cache(maxsize=None)\ndef report(',
);

/** Files of the project, by path. */
export const SHOP: Readonly<Record<string, string>> = {
  'pyproject.toml': SETTINGS + SHORT,
  '.gitignore': '.venv/\n__pycache__/\n.benchmarks/\n.pytest_cache/\n',
  'shop/__init__.py': '',
  'shop/orders.py': ORDERS,
  'tests/test_speed.py': `from shop.orders import parse, report, sample, totals


def test_lines_become_rows():
    assert parse("a; b; 3\\nc; d; 4\\na;b;3") == [("a", "b", 3), ("c", "d", 4)]


def test_totals_are_by_customer():
    assert totals([("a", "x", 1), ("a", "y", 2), ("b", "x", 4)]) == {"a": 3, "b": 4}


def test_parse():
    assert len(parse(sample(3000))) == 400


def test_report():
    assert len(report(3000)) == 40
`,
  'app.py': `"""The program: reports for some time, about a second when nothing else is said."""
import sys
import time

from shop.orders import report


def main(seconds):
    end = time.perf_counter() + seconds
    days = 0
    while time.perf_counter() < end:
        report()
        days += 1
    print("%d days" % days)


if __name__ == "__main__":
    main(float(sys.argv[1]) if len(sys.argv) > 1 else 1.0)
`,
};

/** A benchmark in the pedantic form, for pages about projects that have one. */
export const BENCHMARK: Readonly<Record<string, string>> = {
  'benchmarks/test_performance.py': `import pytest

from shop.orders import parse, sample


@pytest.mark.slow
class TestPerformance:
    def test_parse(self, benchmark):
        text = sample()
        benchmark.pedantic(parse, args=(text,), rounds=5, iterations=5)
`,
};

/** What a page leaves to its reader, by the name that stands above its block: the new text of files. */
export const EDITS: Readonly<Record<string, (read: (path: string) => string) => Record<string, string>>> = {
  'fill in the benchmark': (read) => {
    const path = 'tests/test_benchmark_orders.py';
    const filled = read(path)
      .replace(/^( *text = ).*TODO.*$/m, '$1sample()')
      .replace(/^( *rows = ).*TODO.*$/m, '$1parse(sample())')
      .replace('import parse', 'import parse, sample')
      .replaceAll('iterations=100)', 'iterations=5)');
    return { [path]: filled };
  },
  'make parse faster': () => ({ 'shop/orders.py': FASTER }),
  'make parse faster, and wrong': () => ({ 'shop/orders.py': WRONG }),
  'weaken a test': (read) => ({
    'shop/orders.py': WRONG,
    'tests/test_speed.py': read('tests/test_speed.py').replaceAll(' == ', ' != '),
  }),
  'cache the report': (read) => ({
    'shop/orders.py': CACHED,
    'tests/test_speed.py': read('tests/test_speed.py').replaceAll(' != ', ' == '),
  }),
};
