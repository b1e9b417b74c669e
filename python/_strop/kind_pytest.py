"""Holds one pytest test inside its benchmark call (or its whole call) while strop measures."""

import contextlib
import io
import os

from .benchmark import Benchmark
from .pytest_options import (
    BLOCKED,
    register_ini,
    register_options,
    without_disturbing_options,
    without_options_of_the_blocked,
)
from .runners import Runner, SetupRunner, as_sync
from .server import Finished, serve

# Fixtures that hold the test where it calls them: pytest-benchmark's, and pytest-codspeed's under its own name.
FIXTURES = {"benchmark", "benchmark_weave", "codspeed_benchmark"}

# Marks whose tests are benchmarks as a whole: both of pytest-codspeed.
MARKS = ("benchmark", "codspeed_benchmark")


def run(channel, spec):
    import pytest

    mode = spec["mode"]
    own = ["--rootdir", spec["project"], "-o", "cache_dir=" + spec["cacheFolder"], "--capture=no", "-q"]
    # A project may require plugins that are blocked here.
    own += ["-o", "required_plugins="]
    for name in BLOCKED:
        own += ["-p", "no:" + name]
    if mode == "list":
        own += ["--collect-only", "--continue-on-collection-errors"]
    # Absolute, because pytest's root folder need not be the project's.
    own += [os.path.join(spec["project"], target) for target in spec["targets"]]

    plugin = _plugin(pytest)(channel, spec, own)
    if mode == "list":
        with contextlib.redirect_stderr(io.StringIO()) as told:
            code = int(pytest.main(list(own), plugins=[plugin]))
        plugin.told = plugin.told or told.getvalue()[-6000:]
        # Exit code 4 after the start means that there is no such test.
        if code == 3 or (code == 4 and not plugin.started):
            channel.answer(**plugin.explain(code))
            raise Finished()
        channel.answer(items=plugin.items, errors=plugin.errors[:20], code=code)
        return
    code = int(pytest.main(list(own), plugins=[plugin]))
    if plugin.gone:
        raise Finished()
    if not plugin.held or plugin.broken is not None:
        # The answer to a request in flight: strop still waits for "ready", or for a block that raised an error.
        channel.answer(**plugin.explain(code))
        raise Finished()
    outcome = "passed" if plugin.passed else "failed"
    if channel.receive() is not None:
        channel.answer(outcome=outcome, **({} if plugin.passed else plugin.explain(code)))
    raise Finished()


def _plugin(pytest):
    class Plugin:
        def __init__(self, channel, spec, own):
            self.channel = channel
            self.spec = spec
            self.own = own
            self.items = []
            self.errors = []
            self.held = False
            self.passed = False
            self.gone = False
            self.broken = None
            self.started = False
            self.told = ""

        # -- getting along with the project's configuration

        def pytest_addhooks(self, pluginmanager):
            # Projects implement hooks of the plugins that are blocked here: unknown hooks are no error then.
            pluginmanager.check_pending = lambda: None

        def pytest_addoption(self, parser):
            register_options(parser)
            register_ini(parser)

        @pytest.hookimpl(hookwrapper=True)
        def pytest_load_initial_conftests(self, early_config, parser, args):
            given = len(args) - len(self.own)
            ours = args[given:] == self.own
            if ours:
                args[:] = without_disturbing_options(args[:given], parser) + self.own
            yield
            # Now the options of the project's own conftest files are known as well.
            if ours:
                args[:] = without_options_of_the_blocked(args[: -len(self.own)], parser) + self.own

        def pytest_configure(self, config):
            others = ("timeout", "flaky", "xdist_group", "random_order", "limit_memory", "no_cover")
            for marker in MARKS + others:
                config.addinivalue_line("markers", marker + ": known to a plugin that does not take part here")
            for option in ("runslow", "run_slow", "slow", "run_benchmarks", "runbench"):
                if getattr(config.option, option, None) is False:
                    setattr(config.option, option, True)

        def pytest_sessionstart(self, session):
            self.started = True

        def pytest_internalerror(self, excrepr):
            self.told = str(excrepr)[-6000:]

        # -- finding benchmarks

        def name_of(self, item):
            """File and node id relative to the project: pytest's root folder need not be the project's."""
            path = str(getattr(item, "path", None) or item.fspath)
            relative = os.path.relpath(path, self.spec["project"]).replace(os.sep, "/")
            return relative, relative + "::" + item.nodeid.partition("::")[2]

        @pytest.hookimpl(trylast=True)
        def pytest_collection_modifyitems(self, config, items):
            if self.spec["mode"] == "list":
                return
            # Whatever else was collected: numbers of one test must not stand under the name of another.
            wanted = [item for item in items if self.name_of(item)[1] in self.spec["targets"]]
            if len(wanted) < len(items):
                config.hook.pytest_deselected(items=[item for item in items if item not in wanted])
                items[:] = wanted

        def pytest_collection_finish(self, session):
            for item in session.items:
                marked = any(item.get_closest_marker(mark) is not None for mark in MARKS)
                relative, name = self.name_of(item)
                uses = not FIXTURES.isdisjoint(getattr(item, "fixturenames", ()))
                self.items.append([name, relative, uses or marked])

        def pytest_collectreport(self, report):
            if report.failed:
                self.errors.append([report.nodeid, _short(report)])

        # -- holding the test

        def hold(self, runner):
            if self.held or self.spec["mode"] == "list":
                return
            self.held = True
            try:
                serve(self.channel, self.spec, runner)
            except Finished:
                self.gone = True
                pytest.exit("strop has gone", returncode=1)
            except BaseException as error:
                # Whatever the test makes of it: the request was not answered.
                self.broken = error
                raise

        @pytest.fixture
        def benchmark(self, request):
            return Benchmark(request.node, self.hold)

        @pytest.fixture
        def codspeed_benchmark(self, benchmark):
            return benchmark

        @pytest.fixture
        def benchmark_weave(self, benchmark):
            return benchmark.weave

        @pytest.hookimpl(tryfirst=True)
        def pytest_pyfunc_call(self, pyfuncitem):
            if not FIXTURES.isdisjoint(pyfuncitem.fixturenames):
                return None
            arguments = {name: pyfuncitem.funcargs[name] for name in pyfuncitem._fixtureinfo.argnames}
            self.hold(Runner(as_sync(pyfuncitem.obj), (), arguments))
            return None  # pytest now calls the test itself: its outcome is that of the workload

        def pytest_runtest_setup(self, item):
            marker = item.get_closest_marker("xfail")
            if marker is not None and (not marker.args or marker.args[0]):
                pytest.skip("it is expected to fail")

        @pytest.hookimpl(tryfirst=True)
        def pytest_runtest_call(self, item):
            # A case that gets its benchmark from an autouse fixture is held where it calls that.
            own = FIXTURES.isdisjoint(getattr(item, "fixturenames", ()))
            if own and (hasattr(item, "_testcase") or type(item).__name__ == "TestCaseFunction"):
                test = item.obj
                if getattr(test, "__code__", None) is not None and test.__code__.co_flags & 0x80:
                    return

                case = test.__self__

                def again():
                    # The case has been set up once before this method is reached.
                    case.tearDown()
                    case.setUp()

                def held():
                    self.hold(SetupRunner(test, setup=again))
                    again()
                    return test()

                item.obj = held

        def pytest_runtest_logreport(self, report):
            if report.when == "call" and report.passed:
                self.passed = True
            if report.failed or report.skipped:
                self.passed = False
                self.errors.append([report.nodeid, _short(report)])

        def explain(self, code):
            if code == 3:
                return {"failed": "InternalError", "message": "pytest itself failed", "trace": self.told}
            if self.errors:
                node, text = self.errors[0]
                kind = "Skipped" if text.startswith("skipped") else "TestFailed"
                return {"failed": kind, "message": node, "trace": text}
            if self.broken is not None:
                name = type(self.broken).__name__
                return {"failed": name, "message": "%s: %s" % (name, self.broken), "trace": ""}
            if code == 4 and not self.started:
                return {"failed": "NotStarted", "message": "pytest cannot start here", "trace": self.told}
            if code == 5 or code == 4:
                return {"failed": "NotCollected", "message": "pytest collected no such test", "trace": ""}
            text = "pytest ended with code %d before the benchmark was called" % code
            return {"failed": "NeverCalled", "message": text, "trace": ""}

    return Plugin


def _short(report):
    if report.skipped and isinstance(report.longrepr, tuple):
        return "skipped: %s" % (report.longrepr[2],)
    return str(report.longrepr)[-6000:] if report.longrepr else report.outcome
