PRICES = [(n * 7919 % 1009, n) for n in range(2000)]


def run():
    return min(PRICES)
