"""Gives every measuring process another layout of its heap."""

import os
import struct
import sys

# Python's small objects come in sizes of 16 bytes up to 512, each from pools of its own.
STEP = 16
LARGEST_SMALL = 512
POOL = 16384 if sys.version_info >= (3, 10) else 4096
# Of a bytes object without a byte in it.
HEAD = sys.getsizeof(b"", 33)
# What is larger comes from the C library, which aligns to 16 bytes, too.
PAGE = 4096

_held = []


def shuffle():
    """Puts objects of random number and size before everything that follows, and holds them.

    Where the code and the data of a workload lie decides which of them share cache lines and sets. That follows from all
    that was allocated before, which two versions of a project do differently even where they run the same code: a constant
    1 % between them, the same in each pair of processes, that no number of pairs averages out. Now it differs from process
    to process, and is noise like any other.
    """
    sizes = range(STEP, LARGEST_SMALL + STEP, STEP)
    draws = struct.unpack(f"<{len(sizes) + 1}I", os.urandom(4 * (len(sizes) + 1)))
    for size, draw in zip(sizes, draws):
        count = draw % (POOL // size)
        if size > HEAD:
            _held.extend([bytes(size - HEAD) for _ in range(count)])
        else:
            _held.extend([object() if size == STEP else float(number) for number in range(count)])
    _held.append(bytes(LARGEST_SMALL + STEP * (draws[-1] % (PAGE // STEP))))
