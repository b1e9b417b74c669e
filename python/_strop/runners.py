"""What one iteration is, for each kind of workload: a runner offers `block(n)` and `once()`."""

import os
from collections import deque
from itertools import repeat

from .answers import Answers
from .clocks import Clock, Stopwatch

CHUNKS = 3

# Share of a block that runs before the clock starts: the other side has just had the core and its caches. One call at
# least, except in blocks of so few calls that it would be dear; it is then a small part of a block anyway.
LEAD = 0.1
FEWEST_WITH_LEAD = 4


def _lead(count):
    return max(int(count * LEAD), 1) if count >= FEWEST_WITH_LEAD else 0


class _Turns:
    """Turns of the loops in progress. A process that the workload forks and lets come back would go through the rest of
    the loop as well, forking again at every turn: in a child the turns are used up, and the block ends the process."""

    def __init__(self):
        self.current = repeat(None, 0)
        self.forked = False
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_child=self._use_up)

    def _use_up(self):
        self.forked = True
        deque(self.current, maxlen=0)

    def take(self, count):
        self.current = repeat(None, count)
        return self.current

    def leave_if_forked(self):
        if self.forked:
            os._exit(0)


_turns = _Turns()


class Runner:
    """Calls a function n times with the same arguments. The loop is cut into a few chunks: the fastest one is kept
    beside the total, as a figure that interruptions touch less."""

    setup_each_time = False

    def __init__(self, function, args=(), kwargs=None, before_block=None):
        # Whoever calls `once` tells it the answer, when nothing is measured any more.
        self.answers = Answers()
        # Work beside the measured calls is legitimate then, and shows in the totals only.
        self.sets_up = before_block is not None
        self.function = function
        self.args = args
        self.kwargs = kwargs or {}
        self.before_block = before_block

    def loop(self, count):
        function, args, kwargs = self.function, self.args, self.kwargs
        turns = _turns.take(count)
        if kwargs:
            for _ in turns:
                function(*args, **kwargs)
        elif args:
            for _ in turns:
                function(*args)
        else:
            for _ in turns:
                function()
        _turns.leave_if_forked()

    def once(self):
        if self.before_block:
            self.before_block()
        result = self.function(*self.args, **self.kwargs)
        _turns.leave_if_forked()
        return result

    def within(self):
        """For who has to begin inside of the task: what runs a coroutine on the event loop of the workload, and a function
        that gives one call to await. None where the workload is no coroutine, or has to be prepared before each call."""
        function = getattr(self.function, "awaited", None)
        if function is None or self.setup_each_time or self.before_block:
            return None
        return self.function.run, lambda: function(*self.args, **self.kwargs)

    def block(self, count):
        wall_ns, cpu_ns = Clock.wall_ns, Clock.cpu_ns
        began_wall, began_cpu = wall_ns(), cpu_ns()
        if self.before_block:
            self.before_block()
        chunks = min(CHUNKS, count)
        share, extra = divmod(count, chunks)
        fastest = None
        if _lead(count):
            self.loop(_lead(count))
        watch = Stopwatch()
        watch.start()
        for index in range(chunks):
            size = share + (1 if index < extra else 0)
            began = cpu_ns()
            self.loop(size)
            spent = (cpu_ns() - began) / size
            if fastest is None or spent < fastest:
                fastest = spent
        record = watch.stop()
        record["total"] = wall_ns() - began_wall
        record["cpuTotal"] = cpu_ns() - began_cpu
        record["min"] = fastest
        return record


class StatementRunner(Runner):
    """A statement whose names are fast locals, as in timeit: setup and loop live in one generator."""

    def __init__(self, statement, setup):
        lines = ["def _make():"]
        lines += ["    " + line for line in setup.splitlines()] or []
        lines += ["    _it = yield", "    while True:", "        for _ in _it:"]
        lines += ["            " + line for line in statement.splitlines()]
        lines += ["        _it = yield"]
        scope = {"__name__": "__main__"}
        compile(setup, "<setup>", "exec")
        compile(statement, "<statement>", "exec")
        exec(compile("\n".join(lines), "<statement>", "exec"), scope)
        self._generator = scope["_make"]()
        next(self._generator)
        Runner.__init__(self, self._once)

    def _once(self):
        self.loop(1)

    def loop(self, count):
        self._generator.send(_turns.take(count))
        _turns.leave_if_forked()


class SetupRunner(Runner):
    """Setup and teardown around every call, outside the measured time (`pedantic(setup=…)`, asv's `number = 1`)."""

    setup_each_time = True

    def __init__(self, function, args=(), kwargs=None, setup=None, teardown=None):
        Runner.__init__(self, function, args, kwargs)
        self.sets_up = True
        self.setup = setup
        self.teardown = teardown

    def _prepare(self):
        if self.setup:
            prepared = self.setup()
            if prepared is not None:
                return prepared
        return self.args, self.kwargs

    def once(self):
        args, kwargs = self._prepare()
        result = self.function(*args, **kwargs)
        if self.teardown:
            self.teardown(*args, **kwargs)
        _turns.leave_if_forked()
        return result

    def loop(self, count):
        for _ in _turns.take(count):
            self.once()
        _turns.leave_if_forked()

    def block(self, count):
        function = self.function
        wall_ns, cpu_ns = Clock.wall_ns, Clock.cpu_ns
        wall = cpu = 0
        fastest = None
        watch = Stopwatch()
        watch.start()
        for _ in _turns.take(count):
            args, kwargs = self._prepare()
            # Two clocks only: everything else would cost more than many a function. The cheap one stands inside.
            began_cpu = cpu_ns()
            began_wall = wall_ns()
            function(*args, **kwargs)
            wall += wall_ns() - began_wall
            spent = cpu_ns() - began_cpu
            cpu += spent
            if fastest is None or spent < fastest:
                fastest = spent
            if self.teardown:
                self.teardown(*args, **kwargs)
        _turns.leave_if_forked()
        record = watch.stop()
        record.update(total=record["wall"], cpuTotal=record["cpu"], wall=wall, cpu=cpu, min=fastest)
        if record["delay"] is not None:
            # Waiting for a core falls on setup and call alike: only the call's share of it is taken off its wall time.
            record["delay"] = int(record["delay"] * wall / record["total"]) if record["total"] else 0
        return record


def _is_async(function):
    # The module inspect would double what a worker costs to start.
    inner = getattr(function, "func", function)  # functools.partial
    inner = getattr(inner, "__func__", inner)
    return bool(getattr(getattr(inner, "__code__", None), "co_flags", 0) & 0x80)  # CO_COROUTINE


def as_sync(function):
    """A coroutine function becomes a plain one that runs on one event loop, made once."""
    if not _is_async(function):
        return function
    import asyncio

    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    run = loop.run_until_complete

    def call(*args, **kwargs):
        return run(function(*args, **kwargs))

    call.awaited, call.run = function, run
    return call
