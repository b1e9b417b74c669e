"""Clocks, taken before any project code is imported, so that a patched `time` module changes nothing."""

import os
import sys
import time

try:
    import resource
except ImportError:  # Windows
    resource = None


class Clock:
    """Wall time, CPU time of the process and CPU time of this thread, in ns. Attributes of a class, because freezegun and
    its kin replace the functions of `time` in the names of every module that has been imported."""

    wall_ns = staticmethod(time.perf_counter_ns)
    cpu_ns = staticmethod(time.process_time_ns)
    thread_ns = staticmethod(getattr(time, "thread_time_ns", time.process_time_ns))


_pread = getattr(os, "pread", None)
_listdir = os.listdir
_getrusage = getattr(resource, "getrusage", None)


def _open_schedstat():
    try:
        descriptor = os.open("/proc/self/schedstat", os.O_RDONLY)
        os.pread(descriptor, 100, 0).split()[1]
        return descriptor
    except (OSError, IndexError, AttributeError):
        return -1


_schedstat = _open_schedstat()


def thread_count():
    try:
        return len(_listdir("/proc/self/task"))
    except OSError:
        threading = sys.modules.get("threading")
        return threading.active_count() if threading else 1


def run_delay_ns():
    """Time that this process was ready but waited for a core, over all threads; None where the kernel does not tell."""
    if _schedstat < 0:
        return None
    try:
        tasks = _listdir("/proc/self/task")
        if len(tasks) == 1:
            return int(_pread(_schedstat, 100, 0).split()[1])
        total = 0
        for task in tasks:
            try:
                with open("/proc/self/task/%s/schedstat" % task, "rb") as file:
                    total += int(file.read().split()[1])
            except OSError:
                pass
        return total
    except OSError:
        return None


def switches():
    """Voluntary and involuntary context switches and minor faults so far."""
    if _getrusage is None:
        return 0, 0, 0
    usage = _getrusage(resource.RUSAGE_SELF)
    return usage.ru_nvcsw, usage.ru_nivcsw, usage.ru_minflt


def child_cpu_ns():
    """CPU time of all child processes that ended and were waited for."""
    if _getrusage is None:
        return 0
    usage = _getrusage(resource.RUSAGE_CHILDREN)
    return int((usage.ru_utime + usage.ru_stime) * 1e9)


def peak_rss_bytes():
    """Highest resident size of this process since `reset_peak_rss` (Linux) or since its start; None if unknown."""
    try:
        with open("/proc/self/status", "rb") as file:
            for line in file:
                if line.startswith(b"VmHWM:"):
                    return int(line.split()[1]) * 1024
    except OSError:
        pass
    if _getrusage is None:
        return None
    peak = _getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def pin(core):
    """Keep this process on one core; False where the system cannot or forbids it."""
    try:
        os.sched_setaffinity(0, {core})
        return True
    except (AttributeError, OSError):
        return False


class Stopwatch:
    """One block: wall, CPU, CPU of other threads, run-queue delay and switches between `start` and `stop`."""

    __slots__ = ("_before",)

    def start(self):
        self._before = (switches(), run_delay_ns(), Clock.thread_ns(), Clock.cpu_ns(), Clock.wall_ns())

    def stop(self):
        wall, cpu, own, delay, after = Clock.wall_ns(), Clock.cpu_ns(), Clock.thread_ns(), run_delay_ns(), switches()
        before_switches, before_delay, before_own, before_cpu, before_wall = self._before
        return {
            "wall": wall - before_wall,
            "cpu": cpu - before_cpu,
            "others": max(0, (cpu - before_cpu) - (own - before_own)),
            "delay": None if delay is None or before_delay is None else delay - before_delay,
            "nvcsw": after[0] - before_switches[0],
            "nivcsw": after[1] - before_switches[1],
            "minflt": after[2] - before_switches[2],
        }
