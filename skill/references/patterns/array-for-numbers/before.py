def run():
    numbers = [n * 0.5 for n in range(20000)]
    return sum(numbers)
