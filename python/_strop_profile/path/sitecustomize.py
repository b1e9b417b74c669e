"""First on the path of a command that is profiled: makes the profiler importable, behind everything of the project.

STROP_TOOL_PATH names the folder with the profiler. STROP_HOLD names a file: the program says that it is there and waits
until a sampler that looks from outside is there and the file exists. STROP_TRACEABLE lets that sampler look (Linux with
the security module Yama lets only a parent do so by itself). STROP_AROUND is the profiler that this process starts here
and stops at its end, as JSON: module of _strop_profile, its options, the file to write.
"""

import os
import sys


def _hold(path):
    import time

    with open(path + ".here", "w"):
        pass
    end = time.monotonic() + 60
    while not os.path.exists(path) and time.monotonic() < end:
        time.sleep(0.002)


def _make_traceable():
    try:
        import ctypes

        ctypes.CDLL(None).prctl(0x59616D61, ctypes.c_ulong(-1), 0, 0, 0)  # PR_SET_PTRACER, PR_SET_PTRACER_ANY
    except (ImportError, OSError, AttributeError):
        pass


def _start_around(text):
    import atexit
    import json
    from importlib import import_module

    around = json.loads(text)
    package = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    sys.path.append(package)
    try:
        tool = import_module("_strop_profile." + around["module"]).Around(around["options"])
    finally:
        sys.path.remove(package)

    def end():
        tool.stop()
        notes = tool.save(around["output"]) or {}
        with open(around["output"] + ".json", "w", encoding="ascii") as file:
            json.dump(notes, file)

    atexit.register(end)
    tool.start()


def _enter():
    folder = os.environ.get("STROP_TOOL_PATH")
    if folder and folder not in sys.path:
        sys.path.append(folder)
    if os.environ.pop("STROP_TRACEABLE", None):
        _make_traceable()
    # Only the first Python of a command waits; those that it starts find nothing to wait for.
    hold = os.environ.pop("STROP_HOLD", None)
    if hold:
        _hold(hold)
    around = os.environ.pop("STROP_AROUND", None)
    if around:
        _start_around(around)


_enter()

# The environment's own sitecustomize, if there is one, still has its say.
_here = os.path.dirname(os.path.abspath(__file__))
sys.path[:] = [entry for entry in sys.path if os.path.abspath(entry or ".") != _here]
_self = sys.modules.pop("sitecustomize")
try:
    import sitecustomize  # noqa: F401
except ImportError:
    sys.modules["sitecustomize"] = _self
