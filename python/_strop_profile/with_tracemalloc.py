"""tracemalloc around the loop: a snapshot as near the peak as a second thread can take it, or at the end."""

import threading
import tracemalloc

POLL_SECONDS = 0.005
# A snapshot is dear: one more is taken only when so much more is in use than in the last one.
GROWTH = 1.05


class Around:
    def __init__(self, options):
        self.frames = options["frames"]
        self.at_peak = options["atPeak"]
        self.done = threading.Event()
        self.best = None
        self.best_bytes = 0
        self.peak_bytes = 0
        self.watcher = None

    def start(self):
        tracemalloc.start(self.frames)
        if self.at_peak:
            self.watcher = threading.Thread(target=self.watch, daemon=True)
            self.watcher.start()

    def watch(self):
        while not self.done.wait(POLL_SECONDS):
            used = tracemalloc.get_traced_memory()[0]
            if used > self.best_bytes * GROWTH:
                self.take(used)

    def take(self, used):
        self.best, self.best_bytes = tracemalloc.take_snapshot(), used

    def stop(self):
        self.done.set()
        if self.watcher is not None:
            self.watcher.join()
        used, self.peak_bytes = tracemalloc.get_traced_memory()
        if not self.at_peak or used > self.best_bytes:
            self.take(used)
        tracemalloc.stop()

    def save(self, path):
        own = (__file__, threading.__file__, tracemalloc.__file__)
        self.best.filter_traces([tracemalloc.Filter(False, file) for file in own]).dump(path)
        return {"peakBytes": self.peak_bytes, "seenBytes": self.best_bytes}
