"""line_profiler around the loop, on functions that are named by where they are defined; their source stays as it is."""

import gc
import os
import types
from importlib import import_module

from line_profiler import LineProfiler


class Around:
    def __init__(self, options):
        self.profiler = LineProfiler()
        self.notes = {"found": 0}
        watched = set()
        for index, place in enumerate(options["functions"]):
            found = by_name(place) if place.get("module") else by_place(place) or around_place(place)
            if not found:
                self.notes["missing%d" % index] = 1
            for function in found:
                # Two comprehensions may lie in one function.
                if function not in watched:
                    self.profiler.add_function(function)
                watched.add(function)
            self.notes["found"] += len(found)

    def start(self):
        self.profiler.enable_by_count()

    def stop(self):
        self.profiler.disable_by_count()

    def save(self, path):
        self.profiler.dump_stats(path)
        return self.notes


def by_name(place):
    """`module` and `qualname`, as people write them."""
    try:
        target = import_module(place["module"])
        for part in place["qualname"].split("."):
            target = getattr(target, part)
    except (ImportError, AttributeError):
        return []
    return functions_in(target)


def functions_in(target):
    if isinstance(target, type):
        return [each for value in vars(target).values() for each in functions_in(value)]
    if isinstance(target, (classmethod, staticmethod)):
        return functions_in(target.__func__)
    if isinstance(target, property):
        return [each for part in (target.fget, target.fset) if part for each in functions_in(part)]
    target = getattr(target, "__wrapped__", target)
    target = getattr(target, "__func__", target)
    return [target] if isinstance(target, types.FunctionType) else []


def by_place(place):
    """`file`, `name` and perhaps the first `line`, as a profiler saw them: methods and closures are found, too."""
    return [each for each in functions_of(place) if is_at(each.__code__, place)]


def around_place(place):
    """Generator expressions, and closures that are made anew at each call, are no objects yet: the functions around them."""
    return [each for each in functions_of(place) if holds(each.__code__, place)]


def functions_of(place):
    file = os.path.realpath(place["file"])
    seen = {}
    for each in gc.get_objects():
        if isinstance(each, types.FunctionType) and os.path.realpath(each.__code__.co_filename) == file:
            seen[each.__code__] = each
    return list(seen.values())


def is_at(code, place):
    outer, _, name = place["name"].rpartition(".<locals>.")
    if code.co_name != name.rpartition(".")[2] or place.get("line") not in (None, code.co_firstlineno):
        return False
    # Qualified names came with Python 3.11: many lambdas lie in one file.
    own = getattr(code, "co_qualname", None)
    return not outer or own is None or own == place["name"]


def holds(code, place):
    inner = [each for each in code.co_consts if isinstance(each, types.CodeType)]
    return any(is_at(each, place) or holds(each, place) for each in inner)
