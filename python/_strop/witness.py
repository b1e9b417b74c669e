"""Deterministic counts that stand beside the time: executed bytecodes (3.12+) and machine instructions (Linux, with counters)."""

import ctypes
import os
import platform
import struct
import sys


def bytecode_count(runner):
    """Bytecode instructions of one iteration, or None before Python 3.12 or when the tool slots are taken."""
    monitoring = getattr(sys, "monitoring", None)
    if monitoring is None:
        return None
    tool = next((slot for slot in (3, 4) if monitoring.get_tool(slot) is None), None)
    if tool is None:
        return None
    count = 0

    def step(code, offset):
        nonlocal count
        count += 1

    event = monitoring.events.INSTRUCTION
    monitoring.use_tool_id(tool, "count")
    try:
        monitoring.register_callback(tool, event, step)
        monitoring.set_events(tool, event)
        answer = runner.once()
    finally:
        monitoring.set_events(tool, 0)
        monitoring.register_callback(tool, event, None)
        monitoring.free_tool_id(tool)
    runner.answers.note(answer)
    return count


SYSCALL = {"x86_64": 298, "aarch64": 241}  # perf_event_open(2)


def instruction_count(runner):
    """User-mode machine instructions of one iteration, or None where the machine has no counters or forbids them."""
    number = SYSCALL.get(platform.machine())
    if number is None or not sys.platform.startswith("linux"):
        return None
    import fcntl

    libc = ctypes.CDLL(None, use_errno=True)
    # struct perf_event_attr, first version (64 bytes): type, size, config, period, sample type, read format, flags …
    flags = 1 | 1 << 5 | 1 << 6  # disabled, exclude_kernel, exclude_hv
    attributes = struct.pack("<IIQQQQQIIQ", 0, 64, 1, 0, 0, 0, flags, 0, 0, 0)
    descriptor = libc.syscall(number, ctypes.c_char_p(attributes), 0, -1, -1, 0)
    if descriptor < 0:
        return None
    try:
        fcntl.ioctl(descriptor, 0x2403, 0)  # PERF_EVENT_IOC_RESET
        fcntl.ioctl(descriptor, 0x2400, 0)  # PERF_EVENT_IOC_ENABLE
        answer = runner.once()
        fcntl.ioctl(descriptor, 0x2401, 0)  # PERF_EVENT_IOC_DISABLE
        runner.answers.note(answer)
        return struct.unpack("<Q", os.read(descriptor, 8))[0] or None
    except OSError:
        return None
    finally:
        os.close(descriptor)
