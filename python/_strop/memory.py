"""Allocation meters of one iteration: the peak by tracemalloc, the count by counting stubs before the allocators."""

import ctypes
import gc
import mmap
import platform
import struct
import sys
import tracemalloc


def allocation_peak(runner):
    """Bytes that Python's allocators held at most during one iteration, above what they held before it."""
    if tracemalloc.is_tracing():
        return None
    gc.collect()
    tracemalloc.start(1)
    try:
        before = tracemalloc.get_traced_memory()[0]
        tracemalloc.reset_peak()
        answer = runner.once()
        peak = max(0, tracemalloc.get_traced_memory()[1] - before)
    finally:
        tracemalloc.stop()
    runner.answers.note(answer)
    return peak


class _Allocator(ctypes.Structure):
    # PyMemAllocatorEx of the C API: https://docs.python.org/3/c-api/memory.html
    _fields_ = [
        ("ctx", ctypes.c_void_p),
        ("malloc", ctypes.c_void_p),
        ("calloc", ctypes.c_void_p),
        ("realloc", ctypes.c_void_p),
        ("free", ctypes.c_void_p),
    ]


DOMAINS = (0, 1, 2)  # raw, mem, object
COUNTED = ("malloc", "calloc", "realloc")


class AllocationCounter:
    """Counts calls of malloc, calloc and realloc in all three domains, with next to no slowdown.

    No hook of the C API counts allocations and no compiler may be assumed, so each function pointer is replaced by a
    few bytes of machine code that add one to a counter and jump on. Only x86-64 on Linux and macOS; elsewhere, or where
    executable memory is refused, `available` is False.
    """

    def __init__(self):
        self.available = False
        machine = platform.machine().lower()
        if machine not in ("x86_64", "amd64") or sys.platform.startswith("win") or sys.maxsize < 2**32:
            return
        try:
            self._page = mmap.mmap(-1, mmap.PAGESIZE, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
        except (OSError, ValueError, AttributeError):
            return
        self._base = ctypes.addressof(ctypes.c_char.from_buffer(self._page))
        self._original = {}
        self._counting = {}
        position = 64  # the counter stands at the start, on a cache line of its own
        for domain in DOMAINS:
            original = _Allocator()
            ctypes.pythonapi.PyMem_GetAllocator(domain, ctypes.byref(original))
            counting = _Allocator.from_buffer_copy(original)
            for name in COUNTED:
                stub = self._stub(getattr(original, name))
                self._page[position : position + len(stub)] = stub
                setattr(counting, name, self._base + position)
                position += 64
            self._original[domain] = original
            self._counting[domain] = counting
        self.available = True

    def _stub(self, target):
        return (
            b"\xf3\x0f\x1e\xfa"  # endbr64
            + b"\x48\xb8" + struct.pack("<Q", self._base)  # mov rax, counter
            + b"\xf0\x48\xff\x00"  # lock inc qword [rax]
            + b"\x48\xb8" + struct.pack("<Q", target)  # mov rax, target
            + b"\xff\xe0"  # jmp rax
        )

    def _install(self, allocators):
        for domain in DOMAINS:
            ctypes.pythonapi.PyMem_SetAllocator(domain, ctypes.byref(allocators[domain]))

    def _read(self):
        return struct.unpack_from("<Q", self._page, 0)[0]

    def count(self, runner):
        gc.collect()
        self._install(self._counting)
        try:
            before = self._read()
            answer = runner.once()
            counted = self._read() - before
        finally:
            self._install(self._original)
        runner.answers.note(answer)
        return counted


_counter = None


def allocation_count(runner):
    """Allocations of one iteration, or None where they cannot be counted."""
    global _counter
    if _counter is None:
        _counter = AllocationCounter()
    return _counter.count(runner) if _counter.available else None
