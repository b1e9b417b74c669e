"""The side's source goes before any installed or editable copy, and the worker tells where modules really came from."""

import os
import sys
from importlib.machinery import PathFinder


class SideFinder:
    """First on `sys.meta_path`: resolves the project's own top-level modules in the side's folders only, whatever
    editable-install hooks stand behind it."""

    def __init__(self, modules, folders):
        # A part of a namespace package is named whole (`zope.interface`): its siblings may well be installed elsewhere.
        self.places = {}
        for module in modules:
            inner = module.split(".")[:-1]
            self.places[module] = [os.path.join(folder, *inner) for folder in folders]

    def find_spec(self, name, path=None, target=None):
        places = self.places.get(name)
        return None if places is None else PathFinder.find_spec(name, places, target)

    def invalidate_caches(self):
        PathFinder.invalidate_caches()


def enter_side(project, source_roots, modules):
    """Make the side importable. `source_roots` may be empty when an environment built for the side holds the modules."""
    os.chdir(project)
    roots = [root for root in source_roots]
    sys.path[:0] = [root for root in roots if root not in sys.path]
    if project not in sys.path:
        sys.path.append(project)
    if roots:
        # The project folder is searched too: scripts and benchmark folders beside the package count as the side's.
        sys.meta_path.insert(0, SideFinder(modules, roots + [project]))


def named_in(module):
    """File of a loaded module and folders of a package, None where it has none. Asks nothing of the module: reading an
    attribute would load a lazy one (importlib.util.LazyLoader), and runs the `__getattr__` of others."""
    try:
        names = object.__getattribute__(module, "__dict__")
        file, folders = names.get("__file__"), list(names.get("__path__") or ())
    except Exception:
        # Anything may stand in sys.modules: an object without a namespace, or a path that cannot be walked.
        return None, []
    return file if isinstance(file, str) else None, folders


def loaded_from(modules):
    """File (or folder of a namespace package) of every loaded module of the project: `[[name, path], …]`."""
    wanted = tuple(module + "." for module in modules)
    found = []
    for name, module in list(sys.modules.items()):
        if (name + ".").startswith(wanted):
            file, folders = named_in(module)
            place = file or next(iter(folders), None)
            if isinstance(place, str):
                found.append([name, os.path.realpath(place)])
    return sorted(found)


def loaded_below(folder):
    """How many loaded modules have their file below a folder."""
    prefix = os.path.realpath(folder) + os.sep
    files = [named_in(module)[0] for module in list(sys.modules.values())]
    return sum(file is not None and os.path.realpath(file).startswith(prefix) for file in files)


def loaded_elsewhere(original, root):
    """Loaded modules whose file lies in the user's own tree though the side has that file too: `[[name, path], …]`."""
    if original is None:
        return []
    prefix = os.path.realpath(original) + os.sep
    found = []
    for name, module in list(sys.modules.items()):
        file = named_in(module)[0]
        if file is None:
            continue
        real = os.path.realpath(file)
        if real.startswith(prefix) and os.path.isfile(os.path.join(root, real[len(prefix) :])):
            found.append([name, real])
    return sorted(found)[:5]
