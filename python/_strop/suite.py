"""Profiles the project's tests for a limited time, and keeps what was seen even when the time was not enough.

Started as ``python suite.py FILE REPORT SECONDS RUNNER``. Only the tests are profiled, not how they are found. Writes to
REPORT what became of them.
"""
import cProfile
import json
import os
import signal
import sys
import time


class Tally:
    """How many tests ran and how they ended; over once the time is up."""

    def __init__(self, seconds):
        self.deadline = time.monotonic() + seconds
        self.counts = {"passed": 0, "failed": 0}
        self.cut = False

    def over(self):
        self.cut = self.cut or time.monotonic() > self.deadline
        return self.cut


def run_pytest(tally, options, profile):
    import pytest

    own = ["-q", "--no-header", "--capture=fd", "-p", "no:cacheprovider", "--continue-on-collection-errors"]
    for name in options.BLOCKED:
        own += ["-p", "no:" + name]

    class Plugin:
        def pytest_addhooks(self, pluginmanager):
            # Projects implement hooks of the plugins that are blocked here: unknown hooks are no error then.
            pluginmanager.check_pending = lambda: None

        def pytest_addoption(self, parser):
            options.register_options(parser)
            options.register_ini(parser)

        @pytest.hookimpl(tryfirst=True)
        def pytest_load_initial_conftests(self, early_config, parser, args):
            given = len(args) - len(own)
            if args[given:] == own:
                args[:] = options.without_disturbing_options(args[:given]) + own

        def pytest_configure(self, config):
            for marker in ("benchmark", "timeout", "flaky", "xdist_group", "random_order", "limit_memory", "no_cover"):
                config.addinivalue_line("markers", marker + ": known to a plugin that does not take part here")

        def pytest_collection_modifyitems(self, items):
            # Benchmarks repeat one call as often as they like: what they cost says nothing.
            items[:] = [item for item in items if "benchmark" not in getattr(item, "fixturenames", ())]

        @pytest.hookimpl(hookwrapper=True, trylast=True)
        def pytest_runtestloop(self):
            profile.enable()
            yield
            profile.disable()

        def pytest_runtest_logreport(self, report):
            if report.failed:
                tally.counts["failed"] += 1
            elif report.passed and report.when == "call":
                tally.counts["passed"] += 1

        @pytest.hookimpl(trylast=True)
        def pytest_runtest_logfinish(self):
            if tally.over():
                plugin.session.shouldstop = "the time for the profile is up"

        def pytest_sessionstart(self, session):
            self.session = session

    plugin = Plugin()
    return int(pytest.main(own, plugins=[plugin]))


def run_unittest(tally, options, profile):
    import unittest

    class Result(unittest.TextTestResult):
        def stopTest(self, test):
            super().stopTest(test)
            if tally.over():
                self.stop()

    suite = unittest.defaultTestLoader.discover(os.getcwd())
    profile.enable()
    result = unittest.TextTestRunner(resultclass=Result, verbosity=0).run(suite)
    profile.disable()
    failed = len(result.failures) + len(result.errors)
    tally.counts.update(failed=failed, passed=result.testsRun - failed)
    return 0


def main():
    path, report, seconds, runner = sys.argv[1:5]
    shims = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    sys.path[0] = shims
    from _strop import pytest_options as options

    sys.path[0] = os.getcwd()
    tally = Tally(float(seconds))

    def interrupt(*_):
        tally.cut = True
        raise KeyboardInterrupt

    if hasattr(signal, "SIGALRM"):
        # For one long test, or a collection without end: what ends by itself between two tests does so before.
        signal.signal(signal.SIGALRM, interrupt)
        signal.setitimer(signal.ITIMER_REAL, float(seconds) + 1)
    code = None
    profile = cProfile.Profile()
    try:
        code = (run_pytest if runner == "pytest" else run_unittest)(tally, options, profile)
    except KeyboardInterrupt:
        pass
    finally:
        if hasattr(signal, "SIGALRM"):
            signal.setitimer(signal.ITIMER_REAL, 0)
        profile.disable()
        if profile.getstats():
            profile.dump_stats(path)
        with open(report, "w", encoding="ascii") as file:
            json.dump(dict(tally.counts, code=code, cut=tally.cut), file)


if __name__ == "__main__":
    main()
