"""The `benchmark` fixture: the interface of pytest-benchmark's and pytest-codspeed's, without their timing."""

from .runners import Runner, SetupRunner, as_sync


class AlreadyUsed(Exception):
    """A test may call its benchmark once: the second call would be another workload under the same name."""


class Figures(dict):
    """What tests read from `benchmark.stats` after the call: each figure as key and as attribute, in seconds."""

    def __getattr__(self, name):
        try:
            return self[name]
        except KeyError:
            raise AttributeError(name)

    @property
    def stats(self):
        return self

    def as_dict(self):
        return dict(self)


class Benchmark:
    """One test's benchmark. The first call is the workload: it is held, measured, then called once more for its result."""

    disabled = False
    enabled = True

    def __init__(self, node, hold):
        marker = node.get_closest_marker("benchmark")
        self._hold = hold
        self._used = False
        self._undo = []
        self.options = dict(marker.kwargs) if marker else {}
        self.group = self.options.get("group")
        self.name = node.name
        self.fullname = node.nodeid
        callspec = getattr(node, "callspec", None)
        self.param = callspec.id if callspec else None
        self.params = callspec.params if callspec else None
        self.extra_info = {}
        self.stats = None

    def _measure(self, runner):
        if self._used:
            raise AlreadyUsed("this test has called its benchmark already")
        self._used = True
        self._hold(_Recorded(runner, self))
        return runner.once()

    def __call__(self, function_to_benchmark, *args, **kwargs):
        return self._measure(Runner(as_sync(function_to_benchmark), args, kwargs))

    def pedantic(
        self, target, args=(), kwargs=None, setup=None, teardown=None, rounds=1, warmup_rounds=0, iterations=1
    ):
        # Rounds and iterations are strop's to choose: it calibrates blocks on both sides alike.
        if setup is None and teardown is None:
            return self._measure(Runner(as_sync(target), args, kwargs))
        return self._measure(SetupRunner(as_sync(target), args, kwargs, setup, teardown))

    def weave(self, target, **options):
        """Measures a function where the program itself calls it; needs aspectlib, as with pytest-benchmark."""
        import aspectlib

        def aspect(function):
            def woven(*args, **kwargs):
                return self(function, *args, **kwargs)

            return woven

        self._undo.append(aspectlib.weave(target, aspect, **options).rollback)

    patch = weave


class _Recorded:
    """Passes everything to the runner and keeps the figures that the test may read afterwards."""

    def __init__(self, runner, benchmark):
        self._runner = runner
        self._benchmark = benchmark
        self.once = runner.once
        self.loop = runner.loop
        self.setup_each_time = runner.setup_each_time
        self.sets_up = runner.sets_up
        self.answers = runner.answers

    def block(self, count):
        record = self._runner.block(count)
        seconds = record["wall"] / count / 1e9
        self._benchmark.stats = Figures(
            min=seconds, max=seconds, mean=seconds, median=seconds, stddev=0.0, rounds=1, iterations=count,
            total=record["wall"] / 1e9, ops=1 / seconds if seconds else 0.0, data=[seconds], sorted_data=[seconds],
            q1=seconds, q3=seconds, iqr=0.0, ld15iqr=seconds, hd15iqr=seconds, ops_uncertainty=0.0,
            outliers="0;0", stddev_outliers=0, iqr_outliers=0,
        )  # fmt: skip
        return record
