"""Command-line and ini options of pytest plugins that must not take part in a measurement."""

import os
import re

# Plugins that time, trace, parallelise, reorder, repeat or limit tests.
BLOCKED = (
    "benchmark", "codspeed", "xdist", "xdist.looponfail", "pytest_cov", "randomly", "random_order", "timeout",
    "rerunfailures", "flaky", "memray", "monitor", "profiling", "html", "metadata", "pytest_jsonreport", "sugar",
    "instafail", "reportlog", "stress", "repeat",
)  # fmt: skip

FLAGS = (
    "--benchmark-autosave", "--benchmark-disable", "--benchmark-disable-gc", "--benchmark-enable",
    "--benchmark-only", "--benchmark-quiet", "--benchmark-skip", "--benchmark-verbose", "--codspeed",
)  # fmt: skip
WITH_VALUE = (
    "--benchmark-calibration-precision", "--benchmark-cprofile-loops", "--benchmark-cprofile-top",
    "--benchmark-cprofile-dump", "--benchmark-columns", "--benchmark-compare-fail", "--benchmark-group-by",
    "--benchmark-json", "--benchmark-max-time", "--benchmark-min-rounds", "--benchmark-min-time", "--benchmark-name",
    "--benchmark-netrc", "--benchmark-save", "--benchmark-sort", "--benchmark-storage", "--benchmark-time-unit",
    "--benchmark-timer", "--benchmark-warmup-iterations", "--codspeed-mode", "--codspeed-warmup-time",
    "--codspeed-max-time", "--codspeed-max-rounds",
)  # fmt: skip
MAYBE_VALUE = (
    "--benchmark-compare", "--benchmark-cprofile", "--benchmark-histogram", "--benchmark-save-data",
    "--benchmark-warmup",
)  # fmt: skip

INI = (
    "timeout", "timeout_method", "timeout_func_only", "session_timeout", "rsyncdirs", "rsyncignore",
    "timeout_disable_debugger_detection", "looponfailroots", "reruns", "reruns_delay", "memray", "render_collapsed", "initial_sort",
)  # fmt: skip

# Options that choose, stop or disturb: name -> does a value follow as an argument of its own?
DROPPED = {
    "-n": True, "--numprocesses": True, "--maxprocesses": True, "--dist": True, "--tx": True, "--looponfail": False,
    "-f": False, "-d": False, "-k": True, "-m": True, "-x": False, "--exitfirst": False, "--maxfail": True,
    "--lf": False, "--last-failed": False, "--ff": False, "--failed-first": False, "--nf": False, "--sw": False,
    "--stepwise": False, "--pdb": False, "--trace": False, "--durations": True, "--durations-min": True,
    "--junitxml": True, "--junit-xml": True, "--timeout": True, "--timeout-method": True, "--reruns": True,
    "--reruns-delay": True, "--html": True, "--self-contained-html": False, "--strict": False,
    "--strict-markers": False, "--strict-config": False, "--cov-report": True, "--cov-config": True,
    "--cov-fail-under": True, "--cov-context": True, "--no-cov": False, "--no-cov-on-fail": False,
    "--cov-append": False, "--cov-branch": False, "--cov": None, "--count": True, "--profile-svg": False,
    "--memray": False, "--random-order": False, "--random-order-bucket": True, "--random-order-seed": True,
    "--randomly-seed": True, "--randomly-dont-reorganize": False, "--randomly-dont-reset-seed": False,
    "--json-report": False, "--json-report-file": True, "--report-log": True, "--capture": True, "-s": False,
    "--max-worker-restart": True, "--loadscope-reorder": False, "--no-loadscope-reorder": False, "--px": True,
    "--maxschedchunk": True, "--rsyncdir": True, "--rsyncignore": True, "--testrunuid": True, "--cov-reset": False,
    "--session-timeout": True, "--timeout-disable-debugger-detection": False, "--co": False, "--collect-only": False, "--deselect": True, "--ignore": True, "--ignore-glob": True,
}  # fmt: skip


def register_options(parser):
    group = parser.getgroup("benchmark")
    for names, settings in (
        (FLAGS, {"action": "store_true", "default": False}),
        (WITH_VALUE, {"action": "append", "default": None}),
        (MAYBE_VALUE, {"nargs": "?", "default": None, "const": True}),
    ):
        for name in names:
            try:
                group.addoption(name, **settings)
            except ValueError:
                pass  # the plugin itself is there after all


def register_ini(parser):
    for name in INI:
        try:
            parser.addini(name, "of a plugin that does not take part here")
        except (ValueError, AssertionError):
            pass


class _Word(str):
    """A word that is told from an equal one at another place."""


def without_disturbing_options(args, parser):
    """The project's own options less those that would choose other tests or disturb the measurement."""
    kept = []
    index = 0
    while index < len(args):
        token = args[index]
        index += 1
        name, equals, _ = token.partition("=")
        if name in DROPPED:
            follows = DROPPED[name]
            if not equals and index < len(args) and not args[index].startswith("-"):
                # `--cov` takes an optional value: the next word belongs to it unless it is an option.
                index += 1 if follows is not False else 0
            continue
        if name[:2] in ("-n", "-m", "-k") and len(token) > 2 and not token.startswith("--"):
            continue
        kept.append(_Word(token))
    paths, unknown = _paths_and_unknown(kept, parser)
    # The test to run is named by strop. What follows an option that a conftest will register may be its value.
    return [
        str(word)
        for index, word in enumerate(kept)
        if id(word) not in paths
        or (index > 0 and id(kept[index - 1]) in unknown and not os.path.exists(word.partition("::")[0]))
    ]


def without_options_of_the_blocked(args, parser):
    """The options less those that nobody knows because the plugin that registers them is blocked."""
    words = [_Word(token) for token in args]
    paths, unknown = _paths_and_unknown(words, parser)
    if not unknown:
        return args
    source = _source_of_the_blocked()
    kept = []
    dropped = False
    for word in words:
        if id(word) in unknown:
            dropped = re.search("[\"']" + re.escape(word.partition("=")[0]) + "[\"']", source) is not None
        elif not (dropped and id(word) in paths and not os.path.exists(word.partition("::")[0])):
            dropped = False
        if not dropped:
            kept.append(str(word))
    return kept


def _paths_and_unknown(words, parser):
    """Which words name tests, and which are options that pytest does not know, by their identity. Only pytest's parser
    knows which options take the next word as their value."""
    try:
        known, rest = parser.parse_known_and_unknown_args(words)
    except Exception:
        return set(), set()  # pytest itself will say what is wrong
    named = list(known.file_or_dir) + [word for word in rest if not word.startswith("-")]
    return {id(word) for word in named}, {id(word) for word in rest if word.startswith("-")}


def _source_of_the_blocked():
    """Source of the blocked plugins that are installed: read, since to import one is what must not happen."""
    from importlib import metadata

    texts = []
    for distribution in metadata.distributions():
        for entry in distribution.entry_points:
            if entry.group != "pytest11" or entry.name not in BLOCKED:
                continue
            place = entry.value.partition(":")[0].replace(".", "/")
            for path in (place + ".py", place + "/__init__.py"):
                try:
                    with open(str(distribution.locate_file(path)), encoding="utf-8") as file:
                        texts.append(file.read())
                except (OSError, ValueError):
                    pass
    return "\n".join(texts)
