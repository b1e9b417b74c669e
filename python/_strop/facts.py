"""Says what this interpreter is and which tools it could import, as one JSON document between two marks on stdout.

Started as ``python facts.py MARK``. Nothing else that start-up code prints can be mistaken for the answer, since MARK
is fresh for every call. Imports none of the tools, and must still parse and answer on interpreters that strop
refuses (2.7 and later), so that the refusal can name the version.
"""
import os
import sys

# Modules beside this file must not shadow the standard library.
_HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:] = [p for p in sys.path if os.path.abspath(p or os.curdir) != _HERE]

import json  # noqa: E402

# Import name and the name of the distribution that carries the version.
TOOLS = [
    ("pytest", "pytest"),
    ("pytest_benchmark", "pytest-benchmark"),
    ("pytest_codspeed", "pytest-codspeed"),
    ("pytest_memray", "pytest-memray"),
    ("xdist", "pytest-xdist"),
    ("pytest_asyncio", "pytest-asyncio"),
    ("anyio", "anyio"),
    ("hypothesis", "hypothesis"),
    ("tox", "tox"),
    ("nox", "nox"),
    ("asv", "asv"),
    ("asv_runner", "asv-runner"),
    ("pyperf", "pyperf"),
    ("line_profiler", "line-profiler"),
    ("py_spy", "py-spy"),
    ("scalene", "scalene"),
    ("memray", "memray"),
    ("pyinstrument", "pyinstrument"),
    ("viztracer", "viztracer"),
    ("austin", "austin-dist"),
    ("tprof", "tprof"),
    ("yappi", "yappi"),
    ("memory_profiler", "memory-profiler"),
    ("snakeviz", "snakeviz"),
    ("gprof2dot", "gprof2dot"),
    ("flameprof", "flameprof"),
    ("profiling.sampling", None),
    ("Cython", "Cython"),
    ("numpy", "numpy"),
    ("coverage", "coverage"),
    ("pytest_cov", "pytest-cov"),
    ("pip", "pip"),
]


def _present(name):
    import importlib.util

    try:
        parent = name.rpartition(".")[0]
        if parent and importlib.util.find_spec(parent) is None:
            return False
        return importlib.util.find_spec(name) is not None
    except Exception:
        return False


def _version(distribution):
    if distribution is None:
        return None
    try:
        from importlib import metadata

        return metadata.version(distribution)
    except Exception:
        return None


def _tools():
    found = {}
    for name, distribution in TOOLS:
        version = _version(distribution)
        # py-spy is a program without a module: its distribution alone tells that it is there.
        if _present(name) or (version is not None and name in ("py_spy", "austin")):
            found[name] = version or ""
    return found


def _site_packages():
    import site
    import sysconfig

    folders = []
    for call in (site.getsitepackages, lambda: [site.getusersitepackages()] if site.ENABLE_USER_SITE else []):
        try:
            folders.extend(call())
        except Exception:
            pass
    for key in ("purelib", "platlib"):
        folders.append(sysconfig.get_path(key))
    unique = []
    for folder in folders:
        if folder and folder not in unique and os.path.isdir(folder):
            unique.append(folder)
    return unique


def _facts():
    facts = {
        "version": list(sys.version_info[:3]),
        "release": sys.version_info[3],
        "text": sys.version.split()[0],
        "executable": sys.executable or "",
    }
    if sys.version_info < (3, 8):
        return facts
    import platform
    import sysconfig

    gil = getattr(sys, "_is_gil_enabled", None)
    facts.update(
        implementation=sys.implementation.name,
        compiler=platform.python_compiler(),
        prefix=sys.prefix,
        basePrefix=sys.base_prefix,
        platform=sysconfig.get_platform(),
        abi=sysconfig.get_config_var("SOABI") or sys.implementation.cache_tag or "",
        freeThreaded=bool(sysconfig.get_config_var("Py_GIL_DISABLED")),
        gil=True if gil is None else bool(gil()),
        debug=bool(sysconfig.get_config_var("Py_DEBUG")),
        flags=sys.flags.optimize,
        sitePackages=_site_packages(),
        tools=_tools(),
    )
    return facts


def _main():
    mark = sys.argv[1]
    answer = ("\n" + mark + json.dumps(_facts()) + mark + "\n").encode("ascii")
    while answer:
        answer = answer[os.write(1, answer):]


if __name__ == "__main__":
    _main()
