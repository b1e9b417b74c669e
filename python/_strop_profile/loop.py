"""Repeats a held workload for a chosen time, alone for a sampler that watches, or with a profiler around it."""

import gc
import sys
from importlib import import_module
from time import perf_counter_ns, process_time_ns

CHUNK_NS = 10_000_000
BARE_NS = 50_000_000


def run(runner, request):
    """Answers how often the workload ran, and for how long. At least one whole call is recorded, however long it is."""
    around = request["around"]
    tool = None
    bare = None
    loop = getattr(runner, "loop", None)
    if around is not None:
        if around["folder"] and around["folder"] not in sys.path:
            # Behind everything of the project, whose own versions win.
            sys.path.append(around["folder"])
        tool = import_module("." + around["module"], __package__).Around(around["options"])
        bare = time_bare(runner, loop)
        gc.collect()
    began, cpu = perf_counter_ns(), process_time_ns()
    end = began + request["seconds"] * 1e9
    within = runner.within() if hasattr(tool, "begins_within") and hasattr(runner, "within") else None
    if within is not None:
        tool.begins_within()
        run_on_loop, call = within
        loops = run_on_loop(repeat_within(tool, call, end, request["loops"]))
    else:
        if tool is not None:
            tool.start()
        try:
            loops = repeat(runner, loop, end, request["loops"])
        finally:
            if tool is not None:
                tool.stop()
    spent = {"loops": loops, "wall": perf_counter_ns() - began, "cpu": process_time_ns() - cpu, "bare": bare}
    if tool is not None:
        spent["notes"] = tool.save(around["output"]) or {}
    return spent


def time_bare(runner, loop):
    """CPU time of one call without the profiler. The first call also imports and fills caches, so it only counts alone."""
    began, cpu = perf_counter_ns(), process_time_ns()
    runner.once()
    spent = process_time_ns() - cpu
    if perf_counter_ns() - began > BARE_NS:
        return spent
    cpu = process_time_ns()
    calls = repeat(runner, loop, perf_counter_ns() + BARE_NS, 1_000_000)
    return (process_time_ns() - cpu) / calls


def repeat(runner, loop, end, most):
    """Between two looks at the clock pass some milliseconds, so that looking is no part of a short workload.

    Nothing of the builtins is called here except clocks: a tracer would take it for the workload.
    """
    began = perf_counter_ns()
    runner.once()
    done, size = 1, 1
    while done < most and perf_counter_ns() < end:
        spent = perf_counter_ns() - began
        if spent * 2 < CHUNK_NS:
            size *= 2
        elif spent > CHUNK_NS and size > 1:
            size //= 2
        if size > most - done:
            size = most - done
        began = perf_counter_ns()
        if loop is not None:
            loop(size)
        else:
            for _ in range(size):
                runner.once()
        done += size
    return done


async def repeat_within(tool, call, end, most):
    """Begins and ends in the task that awaits the workload: from outside, its waiting cannot be told from the loop's."""
    done = 0
    tool.start()
    try:
        while done == 0 or (done < most and perf_counter_ns() < end):
            await call()
            done += 1
    finally:
        tool.stop()
    return done


def make_traceable():
    """Lets a sampler look that is no parent of this process; the security module Yama of Linux asks for that."""
    try:
        import ctypes

        # PR_SET_PTRACER, PR_SET_PTRACER_ANY
        return ctypes.CDLL(None).prctl(0x59616D61, ctypes.c_ulong(-1), 0, 0, 0) == 0
    except (ImportError, OSError, AttributeError):
        return False
