"""Measures what each commit of the benchmark's project really costs, as one JSON document on stdout.

    python truth.py MODULE PROCESSES LABEL=CHECKOUT ...        the first checkout is the one to compare with

All versions of a module live in one process and run in turns of a few milliseconds, in an order drawn for each round:
whatever the machine does falls on all of them. Each process, with a hash seed of its own, gives one median of log
ratios of CPU time. Bytecodes are counted once (Python 3.12+), exactly.
"""

import importlib
import json
import math
import os
import random
import statistics
import subprocess
import sys
import time

BLOCK_NS = 5_000_000
ROUNDS = 40


def load(module, checkouts):
    """`run` of each checkout: the same names, so what was imported is forgotten in between."""
    runs = {}
    for label, folder in checkouts:
        sys.path.insert(0, folder)
        runs[label] = importlib.import_module(module).run
        assert importlib.import_module(module).__file__.startswith(folder)
        sys.path.remove(folder)
        for name in [name for name in sys.modules if name.partition(".")[0] == module.partition(".")[0]]:
            del sys.modules[name]
        importlib.invalidate_caches()
    return runs


def measure(module, checkouts):
    """One process: the median over rounds of ln(CPU time / CPU time of the first checkout), by label."""
    # The order of loading decides where each version's objects lie: it must not be the same in every process.
    runs = load(module, random.sample(checkouts, len(checkouts)))
    labels = list(runs)
    for run in runs.values():
        run()
    began = time.process_time_ns()
    runs[labels[0]]()
    count = max(1, BLOCK_NS // max(1, time.process_time_ns() - began))
    rounds = []
    for _ in range(ROUNDS):
        random.shuffle(labels)
        spent = {}
        for label in labels:
            run = runs[label]
            began = time.process_time_ns()
            for _ in range(count):
                run()
            spent[label] = time.process_time_ns() - began
        rounds.append(spent)
    first = checkouts[0][0]
    return {
        label: statistics.median(math.log(spent[label] / spent[first]) for spent in rounds) for label in runs
    }


def count_bytecodes(run):
    """Bytecode instructions that one call executes; None before Python 3.12."""
    monitoring = getattr(sys, "monitoring", None)
    if monitoring is None:
        return None
    executed = 0

    def step(code, offset):
        nonlocal executed
        executed += 1

    event = monitoring.events.INSTRUCTION
    monitoring.use_tool_id(3, "count")
    monitoring.register_callback(3, event, step)
    monitoring.set_events(3, event)
    run()
    monitoring.set_events(3, 0)
    monitoring.free_tool_id(3)
    return executed


def main():
    module, processes = sys.argv[1], int(sys.argv[2])
    checkouts = [tuple(word.split("=", 1)) for word in sys.argv[3:]]
    if processes == 0:
        print(json.dumps(measure(module, checkouts)))
        return
    samples = []
    for seed in range(processes):
        command = [sys.executable, __file__, module, "0", *sys.argv[3:]]
        done = subprocess.run(
            command, stdout=subprocess.PIPE, env=dict(os.environ, PYTHONHASHSEED=str(seed)), check=True
        )
        samples.append(json.loads(done.stdout))
    answer = {}
    counts = {label: count_bytecodes(run) for label, run in load(module, checkouts).items()}
    first = counts[checkouts[0][0]]
    for label, _ in checkouts:
        values = [sample[label] for sample in samples]
        error = statistics.stdev(values) / math.sqrt(len(values)) if len(values) > 1 else None
        answer[label] = {
            "cpuRatio": math.exp(statistics.mean(values)),
            "standardError": error,
            "bytecodeRatio": counts[label] / first if first else None,
        }
    print(json.dumps(answer))


if __name__ == "__main__":
    main()
