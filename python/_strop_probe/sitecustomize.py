"""Put first on the path of one untimed launch of a command: tells at exit where the project's modules came from."""

import atexit
import json
import os
import sys


def _report():
    path = os.environ.get("STROP_PROVENANCE")
    if not path:
        return
    files = []
    for name, module in list(sys.modules.items()):
        try:
            # Not by getattr: that would load a lazy module, and runs the `__getattr__` of others.
            file = object.__getattribute__(module, "__dict__").get("__file__")
        except Exception:
            continue
        if isinstance(file, str):
            files.append([name, os.path.realpath(file)])
    files.sort()
    try:
        with open(path + ".%d" % os.getpid(), "w", encoding="utf-8", errors="backslashreplace") as out:
            json.dump(files, out)
    except OSError:
        pass


atexit.register(_report)

# The environment's own sitecustomize, if there is one, still has its say.
_here = os.path.dirname(os.path.abspath(__file__))
sys.path[:] = [entry for entry in sys.path if os.path.abspath(entry or ".") != _here]
_self = sys.modules.pop("sitecustomize")
try:
    import sitecustomize  # noqa: F401
except ImportError:
    sys.modules["sitecustomize"] = _self
