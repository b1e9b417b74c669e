"""Which loaded modules are code of the side, and not the yardstick that both sides share."""

import os
import sys

from .shadow import named_in


def _measures(file):
    """What pytest takes for tests and their support, wherever it stands."""
    stem, extension = os.path.splitext(os.path.basename(file))
    is_test = stem.startswith("test_") or stem.endswith(("_test", "_tests")) or stem in ("test", "tests", "conftest")
    return extension == ".py" and is_test


def loaded_code(spec):
    """How many loaded modules have their file below the side's root and measure nothing themselves. A test is loaded from
    the side's folder even where all that it calls comes from an installed copy."""
    prefix = os.path.realpath(spec["root"]) + os.sep
    folder = _benchmark_folder(spec)
    count = 0
    for module in list(sys.modules.values()):
        file = named_in(module)[0]
        if file is None:
            continue
        real = os.path.realpath(file)
        if not real.startswith(prefix) or _measures(real):
            continue
        if folder is None or not (real + os.sep).startswith(folder + os.sep):
            count += 1
    return count


def _benchmark_folder(spec):
    """Folder of the benchmark where everything in it serves to measure; None where the project's own code lies there."""
    file = spec.get("file")
    if not file:
        return None
    folder = os.path.realpath(os.path.join(spec["project"], os.path.dirname(file)))
    if not spec["modules"]:
        # The project's code may lie anywhere.
        return os.path.realpath(os.path.join(spec["project"], file))
    roots = [os.path.realpath(root) for root in spec["sourceRoots"] + [spec["project"]]]
    if folder in roots:
        # The file itself, at least.
        return os.path.realpath(os.path.join(spec["project"], file))
    for root in roots:
        for module in spec["modules"]:
            place = os.path.join(root, *module.split("."))
            if (folder + os.sep).startswith(place + os.sep):
                return os.path.realpath(os.path.join(spec["project"], file))
    return folder
