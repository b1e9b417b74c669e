import math

VALUES = [n / 7 for n in range(10000)]


def run():
    sqrt = math.sqrt
    total = 0.0
    for value in VALUES:
        total += sqrt(value)
    return total
