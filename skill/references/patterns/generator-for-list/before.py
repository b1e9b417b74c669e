def run():
    return sum([n * n for n in range(20000)])
