"""Makes a git repository of two commits, old and new release, from a case of cases.json.

    python prepare.py CASE_ID --cache FOLDER        prints the repository's path and that of the interpreter, as JSON

Downloads come from pip by name and version: wheels are unpacked as they are, source archives as they were packed. The
workload's files are added to both commits. Everything is kept in the cache folder and made only once.
"""

import argparse
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tarfile
import zipfile

RELEVANT = ("id", "package", "old", "new", "source", "files")
HERE = pathlib.Path(__file__).resolve().parent


def run(*command, **options):
    """A child that must succeed; its output is shown only when it fails."""
    done = subprocess.run([str(part) for part in command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, **options)
    if done.returncode != 0:
        sys.exit(f"failed: {' '.join(map(str, command))}\n{done.stdout.decode(errors='replace')[-3000:]}")


def environment(cache):
    """An environment with the few packages that the measured ones need; made under another name, then moved."""
    name = f"env-{sys.version_info[0]}.{sys.version_info[1]}"
    python = cache / name / "bin" / "python"
    if not (cache / name / "complete").exists():
        shutil.rmtree(cache / name, ignore_errors=True)
        run(sys.executable, "-m", "venv", cache / name)
        run(python, "-m", "pip", "install", "-q", "--disable-pip-version-check", "-r", HERE / "requirements.txt")
        (cache / name / "complete").touch()
    return python


def download(cache, python, package, version, source):
    """The archive of a release, from pip."""
    folder = cache / "files" / f"{package}-{version}-{source}"
    if not (folder.exists() and any(folder.iterdir())):
        partial = folder.with_name(folder.name + ".part")
        shutil.rmtree(partial, ignore_errors=True)
        wanted = ["--only-binary", ":all:"] if source == "wheel" else ["--no-binary", package]
        pip = [python, "-m", "pip", "download", "-q", "--disable-pip-version-check", "--no-deps"]
        run(*pip, *wanted, "-d", partial, f"{package}=={version}")
        partial.rename(folder)
    return next(iter(sorted(folder.iterdir())))


def unpack(archive, target):
    """The files of a wheel, or those of a source archive without the folder around them."""
    target.mkdir(parents=True)
    if archive.suffix in (".whl", ".zip"):
        with zipfile.ZipFile(archive) as file:
            file.extractall(target)
    else:
        with tarfile.open(archive) as file:
            if hasattr(tarfile, "data_filter"):
                file.extractall(target, filter="data")
            else:
                file.extractall(target)
    inside = list(target.iterdir())
    if archive.suffix != ".whl" and len(inside) == 1:
        outer = target.with_name(target.name + ".outer")
        target.rename(outer)
        (outer / inside[0].name).rename(target)
        outer.rmdir()


def commit(repository, tree, files, message):
    """Replaces the work tree by `tree` plus the workload's files and commits it, nothing ignored."""
    for entry in repository.iterdir():
        if entry.name != ".git":
            shutil.rmtree(entry) if entry.is_dir() else entry.unlink()
    for entry in tree.iterdir():
        if entry.name != ".git":
            entry.rename(repository / entry.name)
    for name in files:
        shutil.copy(HERE / "workloads" / name, repository / name)
    who = ["-c", "user.name=bench", "-c", "user.email=bench@localhost", "-c", "core.autocrlf=false"]
    run("git", "add", "-A", "-f", cwd=repository)
    run("git", *who, "commit", "-q", "--no-gpg-sign", "-m", message, cwd=repository)


def prepare(case, cache):
    python = environment(cache)
    repository = cache / "repos" / case["id"]
    made_from = json.dumps([{name: case[name] for name in RELEVANT}, *[(HERE / "workloads" / name).read_text(encoding="utf-8") for name in case["files"]]])
    stamp = cache / "repos" / f"{case['id']}.json"
    if not (stamp.exists() and stamp.read_text(encoding="utf-8") == made_from):
        stamp.unlink(missing_ok=True)
        shutil.rmtree(repository, ignore_errors=True)
        repository.mkdir(parents=True)
        run("git", "init", "-q", cwd=repository)
        for side in ("old", "new"):
            archive = download(cache, python, case["package"], case[side], case["source"])
            tree = cache / "trees" / f"{case['id']}-{side}"
            shutil.rmtree(tree, ignore_errors=True)
            unpack(archive, tree)
            commit(repository, tree, case["files"], f"{case['package']} {case[side]}")
            shutil.rmtree(tree)
        stamp.write_text(made_from, encoding="utf-8")
    return {"repository": str(repository), "python": str(python)}


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("case")
    parser.add_argument("--cache", type=pathlib.Path, required=True)
    options = parser.parse_args()
    cases = {case["id"]: case for case in json.loads((HERE / "cases.json").read_text(encoding="utf-8"))}
    if options.case not in cases:
        sys.exit(f"no case {options.case!r}; there are: {', '.join(cases)}")
    cache = options.cache.resolve()
    os.makedirs(cache, exist_ok=True)
    print(json.dumps(prepare(cases[options.case], cache)))


if __name__ == "__main__":
    main()
