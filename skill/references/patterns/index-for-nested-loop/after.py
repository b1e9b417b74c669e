ORDERS = list(range(300))
PAYMENTS = [(n * 7 % 300, n) for n in range(600)]


def run():
    sums = {}
    for number, cents in PAYMENTS:
        sums[number] = sums.get(number, 0) + cents
    return [sums.get(order, 0) for order in ORDERS]
