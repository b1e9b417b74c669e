def area(width):
    return width * width + 1


def run():
    return sum(area(width) for width in range(3000))
