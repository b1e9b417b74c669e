from yard.lookups import run


def test_lookups(benchmark):
    benchmark(run)
