"""What comes with an import: the submodules that a package loads, and the names of modules of the standard library."""
import ast
import importlib
import importlib.util
import os
import sys

from api_source import top_level

# To import them does something.
NOISY = {"antigravity", "this", "idlelib", "turtledemo"}


def import_base(module, node):
    """The full path of the module after `from`."""
    package = module.path if module.is_init_module else module.path.rpartition(".")[0]
    parts = package.split(".")
    start = parts[: len(parts) + 1 - node.level] if node.level else []
    return ".".join(start + ([node.module] if node.module else []))


class Imports:
    """The modules of one package that run when it is imported, followed through their own imports."""

    def __init__(self, source, package):
        self.source = source
        self.package = package
        self.loaded = set()

    def record(self):
        """``named``: submodules that the package's own source imports by name; ``loaded``: all that it runs."""
        self._follow(self.package)
        path = self.package.path
        below = sorted(each for each in self.loaded if each.rpartition(".")[0] == path)
        return {"named": sorted(self._named()), "loaded": below}

    def _named(self):
        for module, name in self._requests(self.package):
            if name is not None and module == self.package.path and self._find("%s.%s" % (module, name)):
                yield "%s.%s" % (module, name)

    def _follow(self, module):
        if module.path in self.loaded:
            return
        self.loaded.add(module.path)
        for path, name in self._requests(module):
            for wanted in (path, path if name is None else "%s.%s" % (path, name)):
                parts = wanted.split(".")
                for end in range(1, len(parts) + 1):
                    found = self._find(".".join(parts[:end]))
                    if found is not None:
                        self._follow(found)

    def _requests(self, module):
        """Module and name of each `from module import name`; the name is None for `import module`."""
        path = module.filepath[0] if isinstance(module.filepath, list) else module.filepath
        for node in top_level(self.source(str(path)).tree.body):
            if isinstance(node, ast.Import):
                for each in node.names:
                    yield each.name, None
            elif isinstance(node, ast.ImportFrom):
                for each in node.names:
                    yield import_base(module, node), each.name

    def _find(self, path):
        """The module at this path below the package, or the package itself."""
        own = self.package.path
        if path != own and not path.startswith(own + "."):
            return None
        found = self.package
        for part in path[len(own) + 1 :].split(".") if path != own else ():
            found = found.members.get(part)
            if found is None or found.is_alias or not found.is_module:
                return None
        return found


def standard_names(path):
    """What `import *` takes from a module of the standard library; None for every other module."""
    top = path.split(".")[0]
    if top in NOISY or not _is_standard(top):
        return None
    try:
        module = importlib.import_module(path)
    except Exception:
        return None
    return list(getattr(module, "__all__", [name for name in vars(module) if not name.startswith("_")]))


def _is_standard(top):
    if top in sys.builtin_module_names:
        return True
    try:
        origin = getattr(importlib.util.find_spec(top), "origin", None)
    except (ImportError, ValueError, AttributeError):
        return False
    return origin == "frozen" or (origin is not None and origin.startswith(os.path.dirname(os.__file__) + os.sep))
