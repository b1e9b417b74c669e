"""What unittest says about each test, in the words that pytest has for it, under the names that pytest would give."""

import os
import re
import sys
import unittest


def first_line(err):
    lines = [line.strip() for line in str(err[1]).splitlines() if line.strip()]
    return "%s: %s" % (err[0].__name__, lines[0]) if lines else err[0].__name__


class Names:
    def __init__(self, project):
        self.project = project

    def stands_for(self, test):
        """The file of which discovery made a test of its own: one that cannot be loaded, or asks to be skipped."""
        if type(test).__module__ != "unittest.loader":
            return None
        inner = test._testMethodName.replace(".", os.sep)
        for top in sys.path:
            for ending in (".py", os.sep + "__init__.py"):
                path = os.path.join(top, inner + ending)
                if path.startswith(self.project + os.sep) and os.path.exists(path):
                    return self._relative(path)
        return test._testMethodName

    def owners(self, test):
        kind = type(test)
        return ("%s.%s" % (kind.__module__, kind.__qualname__), kind.__module__)

    def of(self, test):
        kind = type(test)
        file = os.path.abspath(getattr(sys.modules.get(kind.__module__), "__file__", None) or "")
        method = getattr(test, "_testMethodName", None)
        if method is None or not file.startswith(self.project + os.sep):
            return test.id()
        return "%s::%s::%s" % (self._relative(file), kind.__qualname__, method)

    def _relative(self, path):
        return os.path.relpath(path, self.project).replace(os.sep, "/")


class Result(unittest.TestResult):
    def __init__(self, record, names):
        super().__init__()
        self.record = record
        self.names = names
        # Class or module whose preparation failed or was skipped -> what became of all its tests.
        self.held_up = {}
        self.bad = False

    def _add(self, test, outcome, message=""):
        if self.names.stands_for(test) is not None:
            return
        self.bad = self.bad or outcome in ("failed", "error")
        phase = re.match(r"(setUp|tearDown)(Class|Module) \((.*)\)$", test.id())
        if isinstance(test, unittest.TestCase) or phase is None:
            self.record.add(self.names.of(test), outcome, message)
        elif phase.group(1) == "setUp":
            self.held_up[phase.group(3)] = (outcome, message)
        else:
            self.record.add("%s.tearDown%s" % (phase.group(3), phase.group(2)), outcome, message)

    def startTest(self, test):
        super().startTest(test)
        self.record.started(self.names.of(test))

    def stopTest(self, test):
        super().stopTest(test)
        self.record.tell()

    def addSuccess(self, test):
        self._add(test, "passed")

    def addFailure(self, test, err):
        self._add(test, "failed", first_line(err))

    def addError(self, test, err):
        self._add(test, "failed" if isinstance(test, unittest.TestCase) else "error", first_line(err))

    def addSubTest(self, test, subtest, err):
        if err is not None:
            self._add(test, "failed", first_line(err))

    def addSkip(self, test, reason):
        # A subtest names the test that it belongs to.
        self._add(getattr(test, "test_case", test), "skipped", reason)

    def addExpectedFailure(self, test, err):
        self._add(test, "xfailed", first_line(err))

    def addUnexpectedSuccess(self, test):
        self._add(test, "failed", "it passes though it is expected to fail")
