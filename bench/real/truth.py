"""Measures the true effect of a change at length, independently of strop.

Two trees, one workload that exists in both. A pair is two fresh processes with one shared hash seed on one core; inside
a pair the sides take turns, a block of calls each, so that a machine that changes its speed changes it for both. The
pair's value is the median over rounds of ln(tB / tA), in CPU time per call; the result is the trimmed mean over pairs
with its standard error. Each side has its own number of calls a block, because one side may be a hundred times faster.

    python truth.py PATH_A PATH_B module:function [--python EXE] [--pairs 24] [--max-pairs 160] [--error 0.0025] [--core N]

A workload is `module:function` or a pytest node id of a test that uses the `benchmark` fixture. Prints one JSON object.
Linux only; standard library only (pytest must be there for node ids).
"""

import argparse
import json
import math
import os
import random
import statistics
import subprocess
import sys
import time

# Each block starts with caches that the other side has filled. In blocks of 4 ms that alone made 2 % of a change of 0 %.
BLOCK_NS = 20_000_000
ROUNDS = 6
# Two dozen pairs tell their own spread badly: a small effect was once off by six of its standard errors.
SMALL = 0.05
PAIRS_WHEN_SMALL = 80


def serve(call, asks, answers):
    """Calls until a block is long enough, then runs one block for each line that arrives."""

    def block(times):
        started = time.process_time_ns()
        for _ in range(times):
            call()
        return time.process_time_ns() - started

    times = 1
    while True:
        block(times)
        spent = min(block(times), block(times))
        if spent >= BLOCK_NS:
            break
        times = max(times + 1, min(times * 10, math.ceil(times * BLOCK_NS * 1.1 / max(spent, 1))))
    answers.write("ready\n")
    answers.flush()
    for _ in asks:
        answers.write(f"{block(times) / times}\n")
        answers.flush()


class _Done(Exception):
    """The pair is complete: the test is left without its assertions."""


class _Fixture:
    """Stands in for pytest-benchmark's fixture and serves the first call it is given."""

    def __init__(self, asks, answers):
        self._pipes = asks, answers
        self.extra_info = {}
        self.group = None

    def __call__(self, function, *args, **kwargs):
        serve(lambda: function(*args, **kwargs), *self._pipes)
        raise _Done

    def pedantic(self, target, args=(), kwargs=None, setup=None, teardown=None, **_counts):
        if setup is None:
            return self(target, *args, **(kwargs or {}))
        self._serve_with_setup(target, args, kwargs or {}, setup, teardown)
        raise _Done

    def _serve_with_setup(self, target, args, kwargs, setup, teardown):
        asks, answers = self._pipes

        def block(least):
            """As many calls as fill a block, each with its own setup outside the clock."""
            spent = calls = 0
            while spent < least or calls < 3:
                made = setup()
                one_args, one_kwargs = made if made else (args, kwargs)
                started = time.process_time_ns()
                target(*one_args, **one_kwargs)
                spent += time.process_time_ns() - started
                if teardown is not None:
                    teardown(*one_args, **one_kwargs)
                calls += 1
            return spent / calls

        block(BLOCK_NS)
        answers.write("ready\n")
        answers.flush()
        for _ in asks:
            answers.write(f"{block(BLOCK_NS)}\n")
            answers.flush()


def source_roots():
    """Where the modules are: the tree itself, and its folder `src` when there is one."""
    here = os.getcwd()
    inner = os.path.join(here, "src")
    return [inner, here] if os.path.isdir(inner) else [here]


def run_worker(workload):
    """In the measured process: standard input asks, the inherited output answers, prints go nowhere."""
    answers = os.fdopen(os.dup(1), "w")
    asks = os.fdopen(os.dup(0))
    nowhere = os.open(os.devnull, os.O_RDWR)
    os.dup2(nowhere, 0)
    os.dup2(nowhere, 1)
    if "::" not in workload:
        module, _, name = workload.partition(":")
        sys.path[:0] = source_roots()
        function = __import__(module, fromlist=["*"])
        for part in name.split("."):
            function = getattr(function, part)
        serve(function, asks, answers)
        return
    import pytest

    class Plugin:
        @pytest.fixture
        def benchmark(self):
            return _Fixture(asks, answers)

    sys.path[:0] = source_roots()
    arguments = [workload, "-q", "-p", "no:benchmark", "-p", "no:cacheprovider", "-o", "addopts="]
    pytest.main(arguments, plugins=[Plugin()])


def start_side(python, tree, workload, seed, core):
    environment = dict(os.environ, PYTHONHASHSEED=str(seed))
    environment.pop("PYTHONPATH", None)
    command = [python, "-W", "ignore", os.path.abspath(__file__), "--worker", workload]
    if core is not None:
        command = ["taskset", "-c", str(core), *command]
    return subprocess.Popen(
        command, cwd=tree, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def read_line(side):
    line = side.stdout.readline()
    if not line:
        raise RuntimeError("a worker ended early: " + side.stderr.read()[-2000:])
    return line


def measure_pair(python, tree_a, tree_b, workload, core):
    """One pair; returns the median log ratio and the median times per call of both sides, in ns."""
    seed = random.randrange(1, 2**32)
    trees = [tree_a, tree_b]
    sides = [None, None]
    try:
        for index in random.sample((0, 1), 2):
            sides[index] = start_side(python, trees[index], workload, seed, core)
            read_line(sides[index])
        logs, times = [], ([], [])
        order = random.sample((0, 1), 2)
        for _ in range(ROUNDS):
            spent = [0.0, 0.0]
            for index in order:
                sides[index].stdin.write("go\n")
                sides[index].stdin.flush()
                spent[index] = float(read_line(sides[index]))
                times[index].append(spent[index])
            logs.append(math.log(spent[1] / spent[0]))
            order.reverse()
        return statistics.median(logs), statistics.median(times[0]), statistics.median(times[1])
    finally:
        for side in sides:
            if side is not None:
                side.kill()
                side.communicate()


def trimmed(values, share=0.15):
    """Trimmed mean and its standard error (winsorised variance, after Yuen 1974)."""
    ordered = sorted(values)
    count = len(ordered)
    cut = int(share * count)
    kept = ordered[cut : count - cut]
    winsorised = [kept[0]] * cut + kept + [kept[-1]] * cut
    error = statistics.stdev(winsorised) / ((1 - 2 * cut / count) * math.sqrt(count))
    return statistics.fmean(kept), error


def measure_truth(python, tree_a, tree_b, workload, pairs=24, max_pairs=160, error=0.0025, core=None):
    """Pairs until the standard error is small enough, absolutely or beside the effect; least and most pairs are given."""
    values, old, new = [], [], []
    while True:
        value, time_a, time_b = measure_pair(python, tree_a, tree_b, workload, core)
        values.append(value)
        old.append(time_a)
        new.append(time_b)
        if len(values) < pairs:
            continue
        mean, spread = trimmed(values)
        if abs(mean) < SMALL and len(values) < min(PAIRS_WHEN_SMALL, max_pairs):
            continue
        if spread <= max(error, abs(mean) / 12) or len(values) >= max_pairs:
            return {
                "ratio": round(math.exp(mean), 5),
                "error": round(spread * math.exp(mean), 5),
                "pairs": len(values),
                "oldNs": round(statistics.median(old)),
                "newNs": round(statistics.median(new)),
            }


def main():
    if sys.argv[1:2] == ["--worker"]:
        run_worker(sys.argv[2])
        return
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("tree_a")
    parser.add_argument("tree_b")
    parser.add_argument("workload")
    parser.add_argument("--python", default=sys.executable)
    parser.add_argument("--pairs", type=int, default=24)
    parser.add_argument("--max-pairs", type=int, default=160)
    parser.add_argument("--error", type=float, default=0.0025, help="standard error to reach, of the log ratio")
    parser.add_argument("--core", type=int, help="pin both sides to this core")
    options = parser.parse_args()
    result = measure_truth(
        options.python,
        options.tree_a,
        options.tree_b,
        options.workload,
        options.pairs,
        options.max_pairs,
        options.error,
        options.core,
    )
    version = subprocess.run(
        [options.python, "-c", "import platform; print(platform.python_version())"], stdout=subprocess.PIPE, text=True
    ).stdout.strip()
    print(json.dumps({**result, "python": version, "date": time.strftime("%Y-%m-%d")}))


if __name__ == "__main__":
    main()
