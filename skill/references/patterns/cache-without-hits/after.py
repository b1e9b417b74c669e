import functools


@functools.lru_cache(maxsize=256)
def area(width):
    return width * width + 1


def run():
    area.cache_clear()
    return sum(area(width) for width in range(3000))
