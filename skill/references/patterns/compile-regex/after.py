import re

LINES = ["%02d.%02d.2024;article %d;%d" % (n % 28 + 1, n % 12 + 1, n, n * 3) for n in range(1000)]
DATE = re.compile(r"(\d\d)\.(\d\d)\.(\d{4});")


def run():
    hits = 0
    for line in LINES:
        if DATE.match(line):
            hits += 1
    return hits
