"""How much longer than usual the inputs are: the only line that differs between the commits of an effect."""

PERCENT = 0


def lengthen(count):
    return round(count * (100 + PERCENT) / 100)
