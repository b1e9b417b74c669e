"""The whole suite by unittest's own discovery, where the interpreter has no pytest."""

import os
import re
import unittest

from .suite_result import Names, Result

OMITTED = ("node_modules", "build", "dist", "site-packages", "__pycache__")
# Two patterns that never meet, so that no file is loaded twice.
PATTERNS = ("test*.py", "[!t]*_test.py")
TEST_FILE = re.compile(r"test.*\.py$|[^t].*_test\.py$")
NEEDS_PYTEST = re.compile(r"^(?:import|from)[ \t]+pytest\b|^(?:async[ \t]+)?def[ \t]+test_(?!suite\b)", re.MULTILINE)


def run(record, spec):
    project = spec["project"]
    files = list(test_files(project))
    names = Names(project)
    suites = [
        unittest.TestLoader().discover(top, pattern=pattern, top_level_dir=top)
        for top in tops(files, project)
        for pattern in PATTERNS
    ]
    tests = collect(record, names, suites)
    if not tests and any(needs_pytest(file) for file in files):
        raise ModuleNotFoundError("No module named 'pytest'", name="pytest")
    result = Result(record, names)
    known = [(names.of(test), names.owners(test)) for test in tests]
    for suite in suites:
        suite.run(result)
    for name, owners in known:
        if not record.knows(name):
            # Its class or module could not be set up, which is reported once for all of them.
            held = [result.held_up[owner] for owner in owners if owner in result.held_up]
            record.add(name, *(held[0] if held else ("error", "it was not run")))
    return {"runner": "unittest", "code": 1 if result.bad else 0, "problem": None}


def collect(record, names, suites):
    tests = []
    for test in flatten(suites):
        file = names.stands_for(test)
        if file is None:
            tests.append(test)
            continue
        # Discovery puts a test that raises the error in the place of a module that cannot be imported.
        error = getattr(test, "_exception", None)
        if error is None:
            record.note(file, "the file asks to be skipped")
            continue
        if "No module named 'pytest'" in str(error):
            raise ModuleNotFoundError("No module named 'pytest'", name="pytest")
        record.not_collected(file, last_line(error))
    return tests


def test_files(project):
    for folder, folders, names in os.walk(project):
        folders[:] = sorted(
            name
            for name in folders
            if not name.startswith(".")
            and name not in OMITTED
            and not os.path.exists(os.path.join(folder, name, "pyvenv.cfg"))
        )
        for name in sorted(names):
            if TEST_FILE.match(name):
                yield os.path.join(folder, name)


def tops(files, project):
    """Folders from which discovery reaches all test files: it goes down through packages only."""
    found = set()
    for file in files:
        folder = os.path.dirname(file)
        while folder != project and os.path.exists(os.path.join(folder, "__init__.py")):
            folder = os.path.dirname(folder)
        found.add(folder)
    return sorted(found)


def needs_pytest(file):
    with open(file, encoding="utf-8", errors="replace") as text:
        return NEEDS_PYTEST.search(text.read()) is not None


def flatten(tests):
    for test in tests:
        if isinstance(test, unittest.TestSuite):
            yield from flatten(test)
        elif test is not None:
            yield test


def last_line(error):
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[-1] if lines else "it cannot be loaded"
