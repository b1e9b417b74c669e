from yard.parser import run


def test_parser(benchmark):
    benchmark(run)
