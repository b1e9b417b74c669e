"""Answers strop's requests about one workload until it is told to finish."""

import sys

from . import clocks
from .shadow import loaded_below, loaded_elsewhere, loaded_from


class Finished(Exception):
    """Raised out of a held test when strop has gone away: nothing more is to be run."""


def profile(runner, request):
    import cProfile

    profiler = cProfile.Profile()
    limit = request["seconds"] * 1_000_000_000
    began = clocks.wall_ns()
    cpu = clocks.cpu_ns()
    loops = 0
    while loops == 0 or (clocks.wall_ns() - began < limit and loops < request["loops"]):
        profiler.enable()
        try:
            runner.once()
        finally:
            profiler.disable()
        loops += 1
    spent = {"loops": loops, "wall": clocks.wall_ns() - began, "cpu": clocks.cpu_ns() - cpu}
    profiler.dump_stats(request["path"])
    return spent


def serve(channel, spec, runner):
    """Hold the process at the workload. Returns when strop says `finish`."""
    ready = {
        "ready": True,
        "modules": loaded_from(spec["modules"]),
        "below": loaded_below(spec["root"]),
        "elsewhere": loaded_elsewhere(spec["original"], spec["root"]),
        "python": list(sys.version_info[:3]),
        "schedstat": clocks.run_delay_ns() is not None,
        "threads": clocks.thread_count(),
        "setupEachTime": runner.setup_each_time,
        "setsUp": runner.sets_up,
    }
    channel.answer(**ready)
    while True:
        request = channel.receive()
        if request is None:
            raise Finished()
        op = request["op"]
        if op == "block":
            children = clocks.child_cpu_ns()
            record = runner.block(request["n"])
            record["children"] = clocks.child_cpu_ns() - children
            record["threads"] = clocks.thread_count()
            channel.answer(**record)
        elif op == "pin":
            channel.answer(pinned=clocks.pin(request["core"]))
        elif op == "memory":
            channel.answer(**_memory(runner, request))
        elif op == "profile":
            channel.answer(**profile(runner, request))
        elif op == "finish":
            channel.answer(
                peakRss=clocks.peak_rss_bytes(),
                modules=loaded_from(spec["modules"]),
                below=loaded_below(spec["root"]),
                elsewhere=loaded_elsewhere(spec["original"], spec["root"]),
            )
            return
        else:
            channel.answer(error="unknown request")


def _memory(runner, request):
    from . import memory, witness

    # Read first: a traced iteration holds more than the program itself.
    answer = {"peakRss": clocks.peak_rss_bytes()}
    for name, meter in (
        ("allocations", memory.allocation_count),
        ("instructions", witness.instruction_count),
        ("peak", memory.allocation_peak),
        ("bytecodes", witness.bytecode_count),
    ):
        if name in request["meters"]:
            answer[name] = meter(runner)
    return answer
