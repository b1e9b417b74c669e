"""One side: loads its modules with griffe and collects every public name with the object behind it."""
import ast
import logging
import os

from api_record import Recorder

# Modules that nobody imports from an installed package.
ASIDE = {"tests", "test", "conftest", "__main__"}
# At the top of a project also these.
ASIDE_AT_TOP = {"setup", "noxfile", "fabfile", "docs", "doc", "examples", "example", "asv_bench", "benchmarks"}
COMPILED = (".so", ".pyd")


def _is_aside(name):
    return name in ASIDE or name.startswith("test_")


def _is_tests(module):
    """Whether a module with an open name (`benchmarks`, `x_test`) is one of tests or benchmarks."""
    if not (module.name == "benchmarks" or module.name.endswith("_test")):
        return False
    return any(name.startswith(("test_", "bench_", "Test")) for name in module.members)


def _is_private(name):
    return name.startswith("_") and not (name.startswith("__") and name.endswith("__"))


def read_side(griffe, project, roots, modules, wanted):
    """``wanted``: the public paths of the other side, which count as public here wherever they come from."""
    logging.getLogger("griffe").setLevel(logging.CRITICAL)
    recorder = Recorder(griffe, project, wanted)

    class Loader(griffe.GriffeLoader):
        def expand_exports(self, module, seen=None):
            # Before griffe expands `import *`, which takes what is in there.
            super().expand_exports(module, seen)
            if seen is None:
                _complete_exports(recorder, module)

    loader = Loader(search_paths=roots, allow_inspection=False)
    unread, loaded = {}, []
    for name in modules:
        if name in ASIDE_AT_TOP or _is_aside(name) or name.endswith("_test") or _is_private(name):
            continue
        try:
            loaded.append((name, loader.load(name, try_relative_path=False)))
        except Exception as error:
            unread[name] = {"file": None, "why": str(error) or type(error).__name__}
    loader.resolve_aliases(implicit=True, external=False)

    recorder.modules = [module for _, module in loaded]
    seen = set()
    for _, module in loaded:
        _walk(recorder, module, True, seen)
    for name, _ in loaded:
        unread.pop(name, None)
    for name in [name for name, _ in loaded] + list(unread):
        for module, path, why in _unread_files(roots, name, seen):
            unread[module] = {"file": os.path.relpath(path, project), "why": why}
    return {
        "names": recorder.names,
        "objects": recorder.objects,
        "exports": recorder.exports,
        "dynamic": recorder.dynamic,
        "ghosts": sorted(recorder.ghosts),
        "imported": recorder.imported,
        "also": recorder.also,
        "unread": unread,
    }


def _complete_exports(recorder, module):
    """Gives griffe each `__all__` that it cannot read by itself."""
    exports = recorder.written_exports(module)
    if exports is not None:
        module.exports = exports
    for member in list(module.members.values()):
        if not member.is_alias and member.is_module:
            _complete_exports(recorder, member)


def _walk(recorder, module, public, seen):
    """Records a module and those below it; ``seen`` gets the files that were read, also of private modules."""
    paths = module.filepath if isinstance(module.filepath, list) else [module.filepath]
    for path in paths:
        seen.add(os.path.realpath(str(path)))
    if public:
        recorder.module(module)
    for name, member in list(module.members.items()):
        if member.is_alias or not member.is_module:
            continue
        hidden = _is_private(name) or _is_aside(name) or _is_tests(member)
        _walk(recorder, member, public and not hidden, seen)


def _unread_files(roots, name, seen):
    """Files of a top-level module that griffe did not load, with the reason. The first root that has it counts."""
    for root in roots:
        folder = os.path.join(root, name)
        files = [
            os.path.join(root, entry)
            for entry in _entries(root)
            if entry.split(".")[0] == name and os.path.isfile(os.path.join(root, entry))
        ]
        if os.path.isdir(folder):
            for top, folders, entries in os.walk(folder):
                folders[:] = [each for each in folders if each.isidentifier() and not _hidden(each)]
                files += [os.path.join(top, entry) for entry in entries]
        found = {}
        for path in sorted(files):
            module = _module_of(root, path)
            if module is not None:
                found.setdefault(module, []).append(path)
        for module, paths in found.items():
            # One of a source, a stub and a compiled module is enough.
            if any(os.path.realpath(path) in seen for path in paths):
                continue
            yield (module, paths[0], _why_unread(paths[0]))
        if found:
            return


def _entries(root):
    try:
        return os.listdir(root)
    except OSError:
        return []


def _hidden(name):
    return name == "__pycache__" or _is_aside(name) or _is_private(name)


def _module_of(root, path):
    """The dotted name of a source, a stub or a compiled module; None for other files and private modules."""
    parts = os.path.relpath(path, root).split(os.sep)
    stem, dot, rest = parts[-1].partition(".")
    if not stem.isidentifier() or not (rest in ("py", "pyi", "pyx") or ("." + rest).endswith(COMPILED)):
        return None
    if any(_hidden(part) for part in parts[:-1] + [stem]):
        return None
    return ".".join(parts[:-1] if stem == "__init__" else parts[:-1] + [stem]) or None


def _why_unread(path):
    if not path.endswith((".py", ".pyi")):
        return "it is compiled and has no stub"
    try:
        with open(path, "rb") as file:
            ast.parse(file.read(), path)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        line = getattr(error, "lineno", None)
        reason = getattr(error, "msg", None) or str(error) or type(error).__name__
        return reason if line is None else "%s in line %d" % (reason, line)
    except OSError as error:
        return error.strerror or str(error)
    return "its folder has no __init__.py"
