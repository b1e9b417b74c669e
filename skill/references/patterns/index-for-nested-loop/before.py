ORDERS = list(range(300))
PAYMENTS = [(n * 7 % 300, n) for n in range(600)]


def run():
    paid = []
    for order in ORDERS:
        paid.append(sum(cents for number, cents in PAYMENTS if number == order))
    return paid
