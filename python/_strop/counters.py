"""Tries whether this process may count executed instructions in hardware, and says so between two marks on stdout.

Started as ``python counters.py MARK``. Interface: perf_event_open(2), https://man7.org/linux/man-pages/man2/perf_event_open.2.html
"""

import os
import platform
import sys

_HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:] = [p for p in sys.path if os.path.abspath(p or os.curdir) != _HERE]

SYSCALLS = {"x86_64": 298, "aarch64": 241, "arm64": 241, "ppc64le": 319, "s390x": 331, "riscv64": 241}
TYPE_HARDWARE = 0
COUNT_INSTRUCTIONS = 1
# Bits of the flag word: exclude_kernel, exclude_hv.
FLAGS = 1 << 5 | 1 << 6
# Size of the oldest version of perf_event_attr, which every kernel takes.
ATTR_SIZE = 64


def try_counting():
    number = SYSCALLS.get(platform.machine())
    if number is None:
        return "no system call number known for " + platform.machine()
    try:
        import ctypes
        import struct
    except ImportError as error:
        return "ctypes is missing in this Python (%s)" % error
    attr = struct.pack("=IIQQQQQIIQ", TYPE_HARDWARE, ATTR_SIZE, COUNT_INSTRUCTIONS, 0, 0, 0, FLAGS, 0, 0, 0)
    libc = ctypes.CDLL(None, use_errno=True)
    descriptor = libc.syscall(number, ctypes.c_char_p(attr), 0, -1, -1, ctypes.c_ulong(8))
    if descriptor < 0:
        return "perf_event_open fails: " + os.strerror(ctypes.get_errno())
    try:
        before = struct.unpack("=Q", os.read(descriptor, 8))[0]
        sum(range(10000))
        after = struct.unpack("=Q", os.read(descriptor, 8))[0]
    except OSError as error:
        return "the counter opens but cannot be read: %s" % error
    finally:
        os.close(descriptor)
    # A virtual machine may hand out a counter that stands still.
    return "counted" if after > before else "the counter opens but does not count"


if __name__ == "__main__":
    mark = sys.argv[1]
    os.write(1, ("\n" + mark + try_counting() + mark + "\n").encode("ascii", "replace"))
