LINES = ["line %d" % n for n in range(3000)]


def run():
    return "".join([line + "\n" for line in LINES])
