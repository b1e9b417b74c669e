"""Answers strop's requests about one workload until it is told to finish."""

import sys

from . import clocks
from .own_code import loaded_code
from .shadow import loaded_elsewhere, loaded_from


class Finished(Exception):
    """Raised out of a held test when strop has gone away: nothing more is to be run."""


def serve(channel, spec, runner):
    """Hold the process at the workload. Returns when strop says `finish`."""
    ready = {
        "ready": True,
        "modules": loaded_from(spec["modules"]),
        "below": loaded_code(spec),
        "elsewhere": loaded_elsewhere(spec["original"], spec["root"]),
        "python": list(sys.version_info[:3]),
        "schedstat": clocks.run_delay_ns() is not None,
        "threads": clocks.thread_count(),
        "setupEachTime": runner.setup_each_time,
        "setsUp": runner.sets_up,
    }
    channel.answer(**ready)
    runner.answers.root = spec["root"]
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
        elif op == "loop":
            channel.answer(**_looping().run(runner, request))
        elif op == "settle":
            channel.answer(asked=_looping().make_traceable())
        elif op == "finish":
            channel.answer(
                peakRss=clocks.peak_rss_bytes(),
                answered=runner.answers.describe(),
                modules=loaded_from(spec["modules"]),
                below=loaded_code(spec),
                elsewhere=loaded_elsewhere(spec["original"], spec["root"]),
            )
            return
        else:
            channel.answer(error="unknown request")


def _looping():
    import os

    # Only for the import: nothing of the project may find strop's own modules by chance.
    shims = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    sys.path.append(shims)
    try:
        from _strop_profile import loop
    finally:
        sys.path.remove(shims)
    return loop


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
