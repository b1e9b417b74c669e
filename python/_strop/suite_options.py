"""Options of pytest and its plugins that would end a run early, choose by history, or write where others read.

A plugin of its own, named on the command line: processes of pytest-xdist read the project's options anew.
"""

import glob
import json
import os

import pytest

from .benchmark import Benchmark
from .suite_pytest import STOOD_IN

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
    # pytest-cov: coverage slows the tests down, and a missed threshold fails the run.
    "no_cov": True,
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


@pytest.hookimpl(hookwrapper=True, tryfirst=True)
def pytest_load_initial_conftests(early_config):
    # pytest-cov starts right here, too early for what is settled below.
    if hasattr(early_config.known_args_namespace, "no_cov"):
        early_config.known_args_namespace.no_cov = True
    yield


@pytest.hookimpl(hookwrapper=True, tryfirst=True)
def pytest_cmdline_main(config):
    # After all options were read and before any plugin acts on them.
    for name, value in SETTLED.items():
        # The temporary folder of a process of pytest-xdist was chosen by the controlling one.
        if hasattr(config.option, name) and not (name == "basetemp" and hasattr(config, "workerinput")):
            setattr(config.option, name, value)
    seed = json.loads(os.environ["STROP_SUITE"])["seed"]
    for name, kind in SEEDS.items():
        if hasattr(config.option, name):
            setattr(config.option, name, kind(seed))
    yield


# The fixtures of pytest-benchmark and pytest-codspeed for a project that has neither, although strop measures its
# benchmarks: they run once, as ordinary tests, so that what they assert counts. This plugin is registered before all
# others, and of two plugins pytest takes the fixture of the later one: whatever the project has is used instead.


@pytest.fixture
def benchmark(request):
    request.node.user_properties.append((STOOD_IN, True))
    return Benchmark(request.node, lambda recorded: None)


@pytest.fixture
def codspeed_benchmark(request, benchmark):
    request.node.user_properties.append((STOOD_IN, True))
    return benchmark


@pytest.fixture
def benchmark_weave(benchmark):
    return benchmark.weave


def pytest_configure(config):
    for marker in ("benchmark", "codspeed_benchmark"):
        config.addinivalue_line("markers", marker + ": known to a plugin that strop stands in for")
    # A project whose tests are one script beside it hands that to pytest by name, in its tox.ini or from memory.
    if not config.getini("testpaths"):
        path = os.path.join(json.loads(os.environ["STROP_SUITE"])["project"], "tests.py")
        if defines_tests(path):
            config.addinivalue_line("python_files", glob.escape(path))


def defines_tests(path):
    """A script that only starts tests does so when it is imported: that is nothing to collect."""
    try:
        with open(path, "rb") as file:
            return b"def test" in file.read()
    except OSError:
        return False
