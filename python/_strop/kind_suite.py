"""Runs the project's whole test suite and tells what became of each test."""

import importlib.util
import json
import os
import sys
import traceback

from .server import Finished
from .shadow import loaded_elsewhere, loaded_from
from .suite_record import Record

# Variables that choose tests or switch a plugin on, whatever the project's configuration says.
VARIABLES = ("PYTEST_ADDOPTS", "CODSPEED_ENV", "PYTEST_XDIST_AUTO_NUM_WORKERS", "PYTEST_CURRENT_TEST")


def run(channel, spec):
    os.makedirs(spec["reports"], exist_ok=True)
    prepare_environment(spec)
    record = Record(channel, spec)
    facts = run_tests(record, spec)
    elsewhere, own = heard_of_children(spec["reports"])
    modules = loaded_from(spec["modules"])
    record.finish(
        modules=modules,
        elsewhere=loaded_elsewhere(spec["original"], spec["root"]) + elsewhere,
        own=own or bool(modules),
        **facts
    )
    raise Finished()


def run_tests(record, spec):
    if importlib.util.find_spec("pytest") is not None:
        from .suite_pytest import run
    else:
        from .suite_unittest import run
    try:
        return run(record, spec)
    except BaseException as error:
        if isinstance(error, ImportError) and error.name == "pytest":
            raise
        # A test file may end the process while it is loaded.
        problem = "".join(traceback.format_exception(type(error), error, error.__traceback__)[-12:])
        name = "%s: %s" % (type(error).__name__, error)
        return {"runner": run.__module__.rpartition("_")[2], "code": 1, "problem": name + "\n" + problem}


def prepare_environment(spec):
    """What the tests start inherits this: processes of pytest-xdist, scripts of the project."""
    for name in VARIABLES:
        os.environ.pop(name, None)
    shims = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    path = os.path.join(shims, "_strop_suite")
    before = os.environ.get("PYTHONPATH")
    os.environ["PYTHONPATH"] = path + os.pathsep + before if before else path
    side = {name: spec[name] for name in ("project", "root", "original", "sourceRoots", "modules", "reports", "seed")}
    os.environ["STROP_SUITE"] = json.dumps(dict(side, prefix=sys.prefix))


def heard_of_children(folder):
    """Modules that other processes took from the user's own tree, and whether one of them loaded the project at all."""
    elsewhere, own = [], False
    for name in sorted(os.listdir(folder)):
        if name == "own":
            own = True
        elif len(elsewhere) < 5:
            try:
                with open(os.path.join(folder, name), encoding="utf-8") as file:
                    elsewhere += json.load(file)
            except (OSError, ValueError):
                pass  # a process that was killed while it wrote
    return elsewhere[:5], own
