"""memray around the loop."""

import memray


class Around:
    def __init__(self, options):
        more = {}
        if options["aggregate"]:
            more["file_format"] = memray.FileFormat.AGGREGATED_ALLOCATIONS
        self.tracker = memray.Tracker(
            options["path"],
            native_traces=options["native"],
            trace_python_allocators=options["small"],
            **more,
        )

    def start(self):
        self.tracker.__enter__()

    def stop(self):
        self.tracker.__exit__(None, None, None)

    def save(self, path):
        pass
