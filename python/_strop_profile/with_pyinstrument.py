"""pyinstrument around the loop."""

from pyinstrument import Profiler


class Around:
    def __init__(self, options):
        self.profiler = Profiler(interval=options["interval"], async_mode="enabled")

    def start(self):
        self.profiler.start()

    def stop(self):
        self.profiler.stop()

    def save(self, path):
        self.profiler.last_session.save(path)
