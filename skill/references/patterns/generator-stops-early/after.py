NUMBERS = list(range(5000))


def run():
    return any(number * 3 > 60 for number in NUMBERS)
