"""Options of pytest and its plugins that would end a run early, choose by history, or write where others read."""

# Name in `config.option` -> value that makes it harmless. What the project's configuration selects by `-m`, `-k`,
# `--ignore` and `--deselect` stays: the suite is what `pytest` runs there.
SETTLED = {
    "maxfail": 0,
    "continue_on_collection_errors": True,
    "lf": False,
    "failedfirst": False,
    "newfirst": False,
    "stepwise": False,
    "stepwise_skip": False,
    "usepdb": False,
    "trace": False,
    "collectonly": False,
    "setuponly": False,
    "setupplan": False,
    "xmlpath": None,
    "basetemp": None,
    "pastebin": None,
    # pytest-cov: where coverage was not started, processes of pytest-xdist must not start it either.
    "cov_source": [],
    # pytest-xdist, pytest-html, pytest-testmon, pytest-picked, pytest-split
    "looponfail": False,
    "htmlpath": None,
    "testmon": False,
    "picked": None,
    "splits": None,
    "group": None,
    # Snapshots are compared, never renewed: syrupy, pytest-regressions.
    "update_snapshots": False,
    "force_regen": False,
    "regen_all": False,
    # Benchmarks run once, as ordinary tests: pytest-benchmark, pytest-codspeed.
    "benchmark_disable": True,
    "benchmark_enable": False,
    "benchmark_only": False,
    "benchmark_skip": False,
    "benchmark_autosave": False,
    "benchmark_save": None,
    "benchmark_json": None,
    "benchmark_compare": [],
    "benchmark_compare_fail": [],
    "benchmark_histogram": [],
    "benchmark_cprofile": None,
    "benchmark_cprofile_dump": [],
    "codspeed": False,
}

# The same order on both sides: pytest-randomly, pytest-random-order.
SEEDS = {"randomly_seed": int, "random_order_seed": str}

# Variables that choose tests or switch a plugin on, whatever the project's configuration says.
VARIABLES = ("PYTEST_ADDOPTS", "CODSPEED_ENV", "PYTEST_XDIST_AUTO_NUM_WORKERS", "PYTEST_CURRENT_TEST")


def settle(option, seed):
    for name, value in SETTLED.items():
        if hasattr(option, name):
            setattr(option, name, value)
    for name, kind in SEEDS.items():
        if hasattr(option, name):
            setattr(option, name, kind(seed))
