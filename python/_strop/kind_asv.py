"""asv benchmarks: `time_*` functions and methods with setup, teardown, setup_cache and params."""

import importlib
import inspect
import itertools
import os
import pkgutil
import re
import sys

from .runners import Runner, SetupRunner, as_sync
from .server import serve

TIMED = re.compile(r"^(Time[A-Z_].+|time_.+)$")


def run(channel, spec):
    folder = os.path.join(spec["project"], spec["benchmarkFolder"])
    parent, package = os.path.split(os.path.normpath(folder))
    sys.path.insert(0, parent)
    if spec["mode"] == "list":
        items, errors = [], []
        for name, path in _modules(folder, package):
            try:
                module = importlib.import_module(name)
            except Exception as error:
                errors.append([os.path.relpath(path, spec["project"]), "%s: %s" % (type(error).__name__, error)])
                continue
            relative = os.path.relpath(path, spec["project"]).replace(os.sep, "/")
            for qualname, function, owner in _timed(module):
                for choice, label in _choices(function, owner):
                    items.append([relative, qualname, choice, label])
        channel.answer(items=items, errors=errors[:20])
        return
    path = os.path.join(spec["project"], spec["file"])
    inner = os.path.splitext(os.path.relpath(path, parent))[0].replace(os.sep, ".")
    module = importlib.import_module(inner)
    serve(channel, spec, _runner(module, spec["qualname"], spec["params"]))


def _modules(folder, package):
    for info in sorted(pkgutil.walk_packages([folder], package + "."), key=lambda found: found.name):
        inner = info.name.split(".")[1:]
        path = os.path.join(folder, *inner)
        yield info.name, os.path.join(path, "__init__.py") if info.ispkg else path + ".py"


def _timed(module):
    for name, value in sorted(vars(module).items()):
        if inspect.isclass(value) and not name.startswith("_") and value.__module__ == module.__name__:
            for method in sorted(dir(value)):
                if TIMED.match(method) and callable(getattr(value, method)):
                    yield name + "." + method, getattr(value, method), value
        elif TIMED.match(name) and inspect.isfunction(value) and value.__module__ == module.__name__:
            yield name, value, None


def _attribute(name, function, owner, default=None):
    if hasattr(function, name):
        return getattr(function, name)
    return getattr(owner, name, default) if owner is not None else default


def _params(function, owner):
    params = _attribute("params", function, owner, [])
    if not params:
        return []
    params = list(params)
    return [list(values) for values in params] if isinstance(params[0], (list, tuple)) else [params]


def _choices(function, owner):
    lists = _params(function, owner)
    for choice in itertools.product(*[range(len(values)) for values in lists]):
        values = [lists[axis][index] for axis, index in enumerate(choice)]
        yield list(choice), "-".join(value if isinstance(value, str) else repr(value) for value in values)


def _runner(module, qualname, choice):
    head, _, method = qualname.partition(".")
    owner = getattr(module, head) if method else None
    instance = owner() if owner is not None else None
    function = getattr(instance, method) if instance is not None else getattr(module, head)
    lists = _params(function, owner)
    values = tuple(lists[axis][index] for axis, index in enumerate(choice))

    sources = [function] + ([instance] if instance is not None else []) + [module]
    cache = next((source.setup_cache for source in sources if hasattr(source, "setup_cache")), None)
    cached = cache() if cache is not None else None
    if cached is not None:
        values = (cached,) + values

    ends = _hooks(sources, "teardown")
    setups = _hooks(sources, "setup")[::-1]

    def prepare(*_args, **_kwargs):
        for setup in setups:
            setup(*values)

    def finish(*_args, **_kwargs):
        for teardown in ends:
            teardown(*values)

    call = as_sync(function)
    if _attribute("number", function, owner, 0) == 1:
        # The author says that one setup serves one call only.
        return SetupRunner(call, values, {}, prepare, finish if ends else None)
    ran = False

    def again():
        nonlocal ran
        if ran:
            finish()
        ran = True
        prepare()

    return Runner(call, values, {}, again if setups or ends else None)


def _hooks(sources, name):
    """As asv does: of the function, its class and its module, whatever the case of their letters."""
    found = []
    for source in sources:
        for attribute in dir(source):
            if attribute.lower() == name:
                found.append(getattr(source, attribute))
                break
    return found
