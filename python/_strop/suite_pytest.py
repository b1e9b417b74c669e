"""The whole suite as pytest runs it by the project's configuration, with the project's own plugins."""

import os
import sys

# Written onto a test that got a fixture of strop's; reports carry it to the controlling process of pytest-xdist.
STOOD_IN = "strop: stand-in for the benchmark fixture"


def run(record, spec):
    import pytest

    plugin = _plugin(pytest)(record, spec)
    # Left to pytest to import: of a plugin that is there already it warns, and a project may make warnings errors.
    own = ["-p", "_strop.suite_options", "-o", "cache_dir=" + spec["cacheFolder"]] + spec["options"]
    code = int(pytest.main(own, plugins=[plugin]))
    if code == 4:
        # pytest has said on stderr what is wrong. Ending here lets strop read all of it.
        sys.stderr.flush()
        os._exit(code)
    problem = None
    if code in (2, 3):
        problem = plugin.problem or "pytest ended with code %d before its end" % code
    return {"runner": "pytest", "code": code, "problem": problem}


def _plugin(pytest):
    class Plugin:
        def __init__(self, record, spec):
            self.record = record
            self.spec = spec
            self.problem = None
            self.paths = {}
            self.rootdir = spec["project"]

        @pytest.hookimpl(tryfirst=True)
        def pytest_configure(self, config):
            self.rootdir = str(getattr(config, "rootpath", None) or config.rootdir)

        def name(self, nodeid):
            """pytest's ids are relative to its root folder, which need not be the project's."""
            path, colons, rest = nodeid.partition("::")
            known = self.paths.get(path)
            if known is None:
                known = os.path.relpath(os.path.join(self.rootdir, path), self.spec["project"])
                known = self.paths[path] = known.replace(os.sep, "/")
            return known + colons + rest

        def pytest_collectreport(self, report):
            if report.failed:
                self.record.not_collected(self.name(report.nodeid), first_line(report))
            elif report.skipped:
                self.record.note(self.name(report.nodeid), first_line(report))

        def pytest_deselected(self, items):
            for item in items:
                self.record.note(self.name(item.nodeid), "deselected by an option")

        def pytest_runtest_logstart(self, nodeid):
            self.record.started(self.name(nodeid))

        @pytest.hookimpl(trylast=True)
        def pytest_runtest_logreport(self, report):
            if any(name == STOOD_IN for name, _ in report.user_properties):
                self.record.stood_in(self.name(report.nodeid))
            outcome = outcome_of(report)
            if outcome is not None:
                self.record.add(self.name(report.nodeid), outcome, "" if outcome == "passed" else first_line(report))

        def pytest_runtest_logfinish(self):
            self.record.tell()

        def pytest_internalerror(self, excrepr):
            self.problem = "pytest broke down: " + str(excrepr)[-4000:]

        def pytest_keyboard_interrupt(self, excinfo):
            self.problem = "pytest was stopped: %s" % (excinfo.value or type(excinfo.value).__name__,)

    return Plugin


def outcome_of(report):
    """What one report says about its test; None when it says nothing yet."""
    expected = hasattr(report, "wasxfail")
    if report.outcome == "failed":
        # A crashed process of pytest-xdist reports `???` as the phase.
        return "error" if report.when in ("setup", "teardown") else "failed"
    if report.outcome == "skipped":
        return "xfailed" if expected else "skipped"
    if report.outcome == "passed" and report.when == "call":
        return "xpassed" if expected else "passed"
    return None  # a passed setup or teardown, or a run that pytest-rerunfailures repeats


def first_line(report):
    if report.skipped and hasattr(report, "wasxfail"):
        return str(report.wasxfail)
    longrepr = report.longrepr
    if isinstance(longrepr, tuple):
        return str(longrepr[-1])
    crash = getattr(longrepr, "reprcrash", None)
    text = str(crash.message if crash is not None else longrepr or "")
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    marked = [line[1:].strip() for line in lines if line.startswith("E ")]
    if crash is None and marked:
        return marked[0]
    return (lines[0] if crash is not None else lines[-1]) if lines else ""
