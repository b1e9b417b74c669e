"""Profiles the project's tests for a limited time, and keeps what was seen even when the time was not enough.

Started as ``python suite.py FILE REPORT SECONDS FINDING RUNNER``, where FINDING is the time to find the tests. Only the
tests themselves are profiled. Writes to REPORT what became of them.
"""
import cProfile
import json
import os
import signal
import sys
import time


# After the time is up, the tests are interrupted once more each time this has passed.
AGAIN_SECONDS = 2


class Watch:
    """Profiles between `start` and `stop`, counts the tests, and knows when the time is up."""

    def __init__(self, seconds, finding):
        self.profile = cProfile.Profile()
        # By name: a test with subtests is one, whatever becomes of each of them.
        self.ended = set()
        self.failed = set()
        self.seconds = seconds
        self.deadline = time.monotonic() + finding
        self.cut = False
        self.alarm(finding)

    def alarm(self, seconds):
        """Interrupts what takes too long by itself; most tests are short, and the time ends between two of them."""
        if hasattr(signal, "SIGALRM"):
            signal.signal(signal.SIGALRM, self.interrupt)
            # Again and again: what is interrupted may wait for its own processes on its way out.
            signal.setitimer(signal.ITIMER_REAL, seconds, AGAIN_SECONDS if seconds else 0)

    def interrupt(self, *_):
        self.cut = True
        raise KeyboardInterrupt

    def start(self):
        self.deadline = time.monotonic() + self.seconds
        self.alarm(self.seconds + 1)
        self.profile.enable()

    def stop(self):
        self.profile.disable()
        self.alarm(0)

    def over(self):
        self.cut = self.cut or time.monotonic() > self.deadline
        return self.cut


def run_pytest(watch, options):
    import pytest

    own = ["-q", "--no-header", "--capture=fd", "-p", "no:cacheprovider", "--continue-on-collection-errors"]
    # A project may require plugins that are blocked here.
    own += ["-o", "required_plugins="]
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
                args[:] = options.without_disturbing_options(args[:given], parser) + own

        def pytest_configure(self, config):
            for marker in ("benchmark", "timeout", "flaky", "xdist_group", "random_order", "limit_memory", "no_cover"):
                config.addinivalue_line("markers", marker + ": known to a plugin that does not take part here")

        def pytest_collection_modifyitems(self, items):
            # Benchmarks repeat one call as often as they like: what they cost says nothing.
            items[:] = [item for item in items if "benchmark" not in getattr(item, "fixturenames", ())]

        @pytest.hookimpl(hookwrapper=True, trylast=True)
        def pytest_runtestloop(self):
            watch.start()
            yield
            watch.stop()

        def pytest_runtest_logreport(self, report):
            if report.failed:
                watch.failed.add(report.nodeid)
            elif report.passed and report.when == "call":
                watch.ended.add(report.nodeid)

        @pytest.hookimpl(trylast=True)
        def pytest_runtest_logfinish(self):
            if watch.over():
                plugin.session.shouldstop = "the time for the profile is up"

        def pytest_sessionstart(self, session):
            self.session = session

    plugin = Plugin()
    return int(pytest.main(list(own), plugins=[plugin]))


def run_unittest(watch, options):
    import unittest

    class Result(unittest.TextTestResult):
        def stopTest(self, test):
            super().stopTest(test)
            watch.ended.add(test.id())
            if watch.over():
                self.stop()

    suite = unittest.defaultTestLoader.discover(os.getcwd())
    watch.start()
    result = unittest.TextTestRunner(resultclass=Result, verbosity=0).run(suite)
    watch.stop()
    watch.failed.update(getattr(test, "test_case", test).id() for test, _ in result.failures + result.errors)
    return 0


def main():
    path, report, seconds, finding, runner = sys.argv[1:6]
    shims = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    sys.path[0] = shims
    from _strop import pytest_options as options

    sys.path[0] = os.getcwd()
    watch = Watch(float(seconds), float(finding))
    code = None
    try:
        code = (run_pytest if runner == "pytest" else run_unittest)(watch, options)
    except KeyboardInterrupt:
        pass
    finally:
        watch.stop()
        if watch.profile.getstats():
            watch.profile.dump_stats(path)
        with open(report, "w", encoding="ascii") as file:
            passed = len(watch.ended - watch.failed)
            json.dump(dict(passed=passed, failed=len(watch.failed), code=code, cut=watch.cut), file)
    # All is said. Whatever the tests have left (pools, threads) would be waited for, by an interpreter that ends.
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)


if __name__ == "__main__":
    main()
