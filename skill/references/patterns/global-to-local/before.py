import math

VALUES = [n / 7 for n in range(10000)]


def run():
    total = 0.0
    for value in VALUES:
        total += math.sqrt(value)
    return total
