ROWS = [(n, "eur" if n % 3 else "usd") for n in range(3000)]
RATES = ["eur=100", "usd=92", "gbp=117"]


def run():
    total = 0
    for cents, currency in ROWS:
        rates = {name: int(rate) for name, rate in (each.split("=") for each in RATES)}
        total += cents * rates[currency]
    return total
