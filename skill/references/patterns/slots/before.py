class Point:
    def __init__(self, x, y):
        self.x = x
        self.y = y


def run():
    points = [Point(n, -n) for n in range(10000)]
    return sum(point.x + point.y for point in points)
