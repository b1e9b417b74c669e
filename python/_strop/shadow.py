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


def loaded_from(modules):
    """File (or folder of a namespace package) of every loaded module of the project: `[[name, path], …]`."""
    wanted = tuple(module + "." for module in modules)
    found = []
    for name, module in sorted(sys.modules.items()):
        if not (name + ".").startswith(wanted):
            continue
        file = getattr(module, "__file__", None)
        if not file:
            folders = list(getattr(module, "__path__", None) or [])
            file = folders[0] if folders else None
        if file:
            found.append([name, os.path.realpath(file)])
    return found


def loaded_below(folder):
    """How many loaded modules have their file below a folder."""
    prefix = os.path.realpath(folder) + os.sep
    count = 0
    for module in list(sys.modules.values()):
        file = getattr(module, "__file__", None)
        if isinstance(file, str) and os.path.realpath(file).startswith(prefix):
            count += 1
    return count


def loaded_elsewhere(original, root):
    """Loaded modules whose file lies in the user's own tree though the side has that file too: `[[name, path], …]`."""
    if original is None:
        return []
    prefix = os.path.realpath(original) + os.sep
    found = []
    for name, module in sorted(sys.modules.items()):
        file = getattr(module, "__file__", None)
        if not isinstance(file, str):
            continue
        real = os.path.realpath(file)
        if real.startswith(prefix) and os.path.isfile(os.path.join(root, real[len(prefix) :])):
            found.append([name, real])
    return found[:5]
