"""Runs benchmarks with the project's own pytest-benchmark, which saves them, and tells strop about each test."""

import importlib.util
import os

from .pytest_options import (
    BLOCKED, FLAGS, MAYBE_VALUE, WITH_VALUE, register_ini, without_disturbing_options,
)  # fmt: skip
from .server import Finished
from .shadow import loaded_below, loaded_elsewhere, loaded_from

OWN_FLAGS = ["--benchmark-only", "--benchmark-enable", "--continue-on-collection-errors"]

# What the project asks of pytest-benchmark besides measuring, as it is when nobody asks.
NO_EXTRAS = {
    "benchmark_autosave": None, "benchmark_compare": [], "benchmark_compare_fail": None, "benchmark_csv": [],
    "benchmark_cprofile": None, "benchmark_cprofile_dump": [], "benchmark_disable": False, "benchmark_histogram": [],
    "benchmark_json": None, "benchmark_quiet": False, "benchmark_skip": False,
}  # fmt: skip


def run(channel, spec):
    for name in ("pytest", "pytest_benchmark"):
        if importlib.util.find_spec(name) is None:
            channel.answer(step="absent", module=name)
            raise Finished()
    import pytest

    own = ["--rootdir", spec["rootdir"], "-o", "cache_dir=" + spec["cacheFolder"], "-q", "-p", "benchmark"]
    for name in BLOCKED:
        own += [] if name == "benchmark" else ["-p", "no:" + name]
    own += OWN_FLAGS + (["--benchmark-disable-gc"] if spec["disableGc"] else [])
    own += ["--benchmark-storage", "file://" + spec["storage"], "--benchmark-save", spec["name"]]
    own += [os.path.join(spec["project"], target) for target in spec["targets"]]

    plugin = _plugin(pytest)(channel, spec, own)
    code = int(pytest.main(list(own), plugins=[plugin]))
    if plugin.gone:
        raise Finished()
    channel.answer(
        step="end",
        code=code,
        failed=plugin.failed,
        modules=loaded_from(spec["modules"]),
        below=loaded_below(spec["root"]),
        elsewhere=loaded_elsewhere(spec["original"], spec["root"]),
    )
    raise Finished()


def _plugin(pytest):
    class Plugin:
        def __init__(self, channel, spec, own):
            self.channel = channel
            self.spec = spec
            self.own = own
            self.failed = []
            self.gone = False

        def tell(self, **fields):
            self.channel.answer(**fields)
            if self.channel.receive() is None:
                self.gone = True
                pytest.exit("strop has gone", returncode=1)

        # -- getting along with the project's configuration

        def pytest_addhooks(self, pluginmanager):
            # Projects implement hooks of the plugins that are blocked here: unknown hooks are no error then.
            pluginmanager.check_pending = lambda: None

        def pytest_addoption(self, parser):
            group = parser.getgroup("codspeed")
            for names, settings in (
                (FLAGS, {"action": "store_true", "default": False}),
                (WITH_VALUE, {"action": "append", "default": None}),
                (MAYBE_VALUE, {"nargs": "?", "default": None, "const": True}),
            ):
                for name in names:
                    if name.startswith("--codspeed"):
                        group.addoption(name, **settings)
            register_ini(parser)

        @pytest.hookimpl(tryfirst=True)
        def pytest_load_initial_conftests(self, early_config, parser, args):
            given = len(args) - len(self.own)
            if args[given:] == self.own:
                args[:] = _without_json(without_disturbing_options(args[:given], parser)) + self.own

        @pytest.hookimpl(tryfirst=True)
        def pytest_configure(self, config):
            for marker in ("timeout", "flaky", "xdist_group", "random_order", "limit_memory", "no_cover"):
                config.addinivalue_line("markers", marker + ": known to a plugin that does not take part here")
            for option in ("runslow", "run_slow", "slow", "run_benchmarks", "runbench"):
                if getattr(config.option, option, None) is False:
                    setattr(config.option, option, True)
            # pytest-benchmark reads its options as the last of all plugins.
            for option, value in NO_EXTRAS.items():
                if hasattr(config.option, option):
                    setattr(config.option, option, value)

        # -- the run

        @pytest.hookimpl(tryfirst=True)
        def pytest_collection_modifyitems(self, items):
            only = self.spec["only"]
            if only is not None:
                items[:] = [item for item in items if item.nodeid in only]

        def pytest_collection_finish(self, session):
            names = ("benchmark", "benchmark_weave")
            fixtures = [getattr(item, "fixturenames", ()) for item in session.items]
            self.tell(step="collected", count=sum(any(name in used for name in names) for used in fixtures))

        def pytest_collectreport(self, report):
            if report.failed:
                self.failed.append([report.nodeid, str(report.longrepr)[-6000:]])

        def pytest_runtest_logreport(self, report):
            if report.failed:
                self.failed.append([report.nodeid, str(report.longrepr)[-6000:]])

        def pytest_runtest_logfinish(self, nodeid, location):
            self.tell(step="done", id=nodeid)

        @pytest.hookimpl(tryfirst=True)
        def pytest_benchmark_generate_commit_info(self, config):
            # A checkout is no repository: strop knows what pytest-benchmark would have asked git.
            info = dict(self.spec["commit"])
            info["project"] = getattr(config.option, "benchmark_project_name", None) or info["project"]
            return info

    return Plugin


def _without_json(args):
    """A report is opened, and so emptied, as soon as its option is read."""
    kept = []
    for word in args:
        if kept and kept[-1] == "--benchmark-json":
            kept.pop()
        elif not word.startswith("--benchmark-json="):
            kept.append(word)
    return kept
