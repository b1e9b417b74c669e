"""Put on the path of every Python that the tests start: it, too, takes the project's modules from the side."""

import os
import sys

_here = os.path.dirname(os.path.abspath(__file__))


class _Shims:
    """Finds strop's own package: its folder must not get onto the path of the tests."""

    def find_spec(self, name, path=None, target=None):
        if name != "_strop":
            return None
        from importlib.util import spec_from_file_location

        folder = os.path.join(os.path.dirname(_here), name)
        return spec_from_file_location(
            name, os.path.join(folder, "__init__.py"), submodule_search_locations=[folder]
        )


def _read_side():
    import json

    side = json.loads(os.environ["STROP_SUITE"])
    # An environment that a test made for itself need not have the project at all.
    return side if sys.prefix == side["prefix"] else None


def _leave_path(side):
    """The source roots stand where this folder stood: as early as PYTHONPATH puts them, and no earlier."""
    kept = []
    for entry in sys.path:
        if os.path.abspath(entry or ".") != _here:
            kept.append(entry)
        elif side is not None:
            kept += [root for root in side["sourceRoots"] if root not in sys.path]
    sys.path[:] = kept


def _enter(side):
    sys.meta_path.append(_Shims())
    from _strop import shadow

    roots = side["sourceRoots"]
    if roots:
        sys.meta_path.insert(0, shadow.SideFinder(side["modules"], roots + [side["project"]]))

    def report():
        import json

        try:
            elsewhere = shadow.loaded_elsewhere(side["original"], side["root"])
            if elsewhere:
                with open(os.path.join(side["reports"], "elsewhere.%d" % os.getpid()), "w") as out:
                    json.dump(elsewhere, out)
            own = os.path.join(side["reports"], "own")
            if not os.path.exists(own) and shadow.loaded_from(side["modules"]):
                open(own, "w").close()
        except Exception:
            pass  # the tests are about the project, and must not fail because of this

    import atexit

    atexit.register(report)


try:
    _side = _read_side()
except Exception:
    _side = None
_leave_path(_side)

# The environment's own sitecustomize, if there is one, has its say first: it may well install an import hook.
_self = sys.modules.pop("sitecustomize")
try:
    import sitecustomize  # noqa: F401
except ImportError:
    sys.modules["sitecustomize"] = _self

if _side is not None:
    try:
        _enter(_side)
    except Exception:
        pass
