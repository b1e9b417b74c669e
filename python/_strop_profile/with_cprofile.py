"""cProfile around the loop."""

import cProfile


class Around:
    def __init__(self, options):
        self.profile = cProfile.Profile()
        self.start = self.profile.enable
        self.stop = self.profile.disable

    def save(self, path):
        self.profile.dump_stats(path)
