"""pyinstrument around the loop."""

from pyinstrument import Profiler


class Around:
    def __init__(self, options):
        self.profiler = Profiler(interval=options["interval"], async_mode="enabled")
        self.notes = {}

    def begins_within(self):
        """It tells the waiting of a task from that of the event loop by the context in which it was started."""
        self.notes["within"] = 1

    def start(self):
        self.profiler.start()

    def stop(self):
        self.profiler.stop()

    def save(self, path):
        self.profiler.last_session.save(path)
        return self.notes
