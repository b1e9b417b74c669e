"""Holds a workload in a program that a profiler starts itself: `drive.py SPEC ANSWERS`, with strop's requests in SPEC.

Plays strop's part of the talk with a worker, and writes to ANSWERS all that the worker would have sent.
"""

import json
import os
import sys


class Script:
    """The channel of a worker whose requests are known beforehand."""

    def __init__(self, requests, path):
        self.requests = iter(requests)
        self.path = path
        self.answers = []

    def receive(self):
        return next(self.requests, None)

    def answer(self, **fields):
        self.answers.append(fields)

    def write(self):
        with open(self.path, "w", encoding="utf-8", errors="backslashreplace") as file:
            json.dump(self.answers, file)


def main():
    path, answers = sys.argv[1:3]
    with open(path, encoding="utf-8") as file:
        spec = json.load(file)
    shims = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    sys.path.insert(0, shims)
    # Before the first line of the project, which must not find strop's own modules by chance.
    from _strop import channel, clocks, runners, server, shadow, worker  # noqa: F401

    sys.path.remove(shims)
    script = Script([spec["loop"], {"op": "finish"}, {"op": "outcome"}], answers)
    try:
        worker.hold(script, spec["hold"])
    finally:
        script.write()


if __name__ == "__main__":
    main()
