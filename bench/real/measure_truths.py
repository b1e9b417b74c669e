"""Measures the truth of the cases at length and keeps it in a file (a truth belongs to one machine and one Python).

    python measure_truths.py --cache FOLDER --out FILE [--cases ID,ID] [--missing] [--error 0.0025] [--core N]

Run it with the interpreter that the comparison is to use. Prints one line a case and writes the file after each.
"""

import argparse
import json
import pathlib
import platform
import shutil
import subprocess
import sys
import tempfile
import time

import prepare
import truth

HERE = pathlib.Path(__file__).resolve().parent


def export(repository, revision, target):
    """The files of a commit, outside any repository."""
    target.mkdir()
    archive = subprocess.Popen(["git", "archive", revision], cwd=repository, stdout=subprocess.PIPE)
    subprocess.run(["tar", "-x", "-C", str(target)], stdin=archive.stdout, check=True)
    archive.stdout.close()
    if archive.wait() != 0:
        raise RuntimeError(f"{repository}: no commit {revision}")


def measure_case(case, cache, options):
    made = prepare.prepare(case, cache)
    folder = pathlib.Path(tempfile.mkdtemp(prefix="truth-"))
    try:
        old, new = folder / "a", folder / "b"
        export(made["repository"], "HEAD~1", old)
        export(made["repository"], "HEAD", new)
        return truth.measure_truth(
            made["python"],
            str(old),
            str(new),
            case["workload"],
            pairs=options.pairs,
            max_pairs=options.max_pairs,
            error=options.error,
            core=options.core,
        )
    finally:
        shutil.rmtree(folder)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--cache", type=pathlib.Path, required=True)
    parser.add_argument("--out", type=pathlib.Path, required=True)
    parser.add_argument("--cases", default="", help="ids, separated by commas; all when left out")
    parser.add_argument("--missing", action="store_true", help="only cases that the file does not have")
    parser.add_argument("--pairs", type=int, default=24)
    parser.add_argument("--max-pairs", type=int, default=160)
    parser.add_argument("--error", type=float, default=0.0025)
    parser.add_argument("--core", type=int)
    options = parser.parse_args()
    cache = options.cache.resolve()
    wanted = {text for text in options.cases.split(",") if text}
    failed = 0
    for case in json.loads((HERE / "cases.json").read_text(encoding="utf-8")):
        known = json.loads(options.out.read_text(encoding="utf-8")) if options.out.exists() else {}
        if (wanted and case["id"] not in wanted) or (options.missing and case["id"] in known):
            continue
        started = time.monotonic()
        try:
            found = measure_case(case, cache, options)
        except RuntimeError as problem:
            print(f"{case['id']:44} {problem}", flush=True)
            failed += 1
            continue
        print(
            f"{case['id']:44} {(found['ratio'] - 1) * 100:+8.2f} % +-{found['error'] * 100:.2f}"
            f"  {found['oldNs'] / 1000:9.1f} us  {found['pairs']:3} pairs  {time.monotonic() - started:5.0f} s",
            flush=True,
        )
        known[case["id"]] = {**found, "python": platform.python_version(), "date": time.strftime("%Y-%m-%d")}
        options.out.write_text(json.dumps(known, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
