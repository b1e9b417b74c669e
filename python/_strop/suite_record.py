"""What became of each test, told to strop while the suite runs, so that a crash loses nothing that was seen before."""

import os

from . import clocks

# The worst of several reports about one test counts: its setup, its call, its teardown, each of its subtests.
RANK = {"passed": 0, "xpassed": 1, "xfailed": 2, "skipped": 3, "failed": 4, "error": 5}

CHUNK = 500
PATIENCE_NS = 1_000_000_000
LONGEST = 400

_pwrite = getattr(os, "pwrite", None)


class Record:
    def __init__(self, channel, spec):
        self._channel = channel
        self._root = spec["root"]
        self._outcomes = {}
        self._changed = {}
        self._notes = {}
        self._not_collected = {}
        self._stood_in = {}
        self._told_ns = clocks.Clock.wall_ns()
        self._running = os.open(spec["running"], os.O_WRONLY | os.O_CREAT, 0o600)

    def _plain(self, text):
        # Where a parameter or a message holds a path of the checkout, both sides must still say the same.
        return str(text).replace(self._root, "<root>")

    def started(self, test):
        """A note on disk: should the process die, strop can tell during which test."""
        if _pwrite is not None:
            line = self._plain(test).encode("utf-8", "backslashreplace")
            _pwrite(self._running, line[:1000].ljust(1000, b"\0"), 0)

    def add(self, test, outcome, message=""):
        test = self._plain(test)
        known = self._outcomes.get(test)
        if known is None or RANK[outcome] > RANK[known]:
            self._outcomes[test] = outcome
            self._changed[test] = [test, outcome, self._plain(message)[:LONGEST]]

    def knows(self, test):
        return self._plain(test) in self._outcomes

    def note(self, test, text):
        """Why a test or a file is left out."""
        self._notes[self._plain(test)] = self._plain(text)[:LONGEST]

    def not_collected(self, file, reason):
        self._not_collected.setdefault(self._plain(file), self._plain(reason)[:LONGEST])

    def stood_in(self, test):
        """The test was served by strop's own `benchmark` fixture."""
        self._stood_in[self._plain(test)] = True

    def tell(self):
        """Sends what is new when it is much, or was long ago."""
        now = clocks.Clock.wall_ns()
        if len(self._changed) >= CHUNK or (self._changed and now - self._told_ns > PATIENCE_NS):
            self._told_ns = now
            self._send()

    def finish(self, **facts):
        while self._changed:
            self._send()
        self._channel.answer(
            tests=[],
            more=False,
            notes=list(self._notes.items()),
            notCollected=list(self._not_collected.items()),
            standIns=list(self._stood_in),
            **facts
        )
        # One more question: an answer that a test slipped in cannot be the last word.
        if self._channel.receive() is not None:
            self._channel.answer(ended=True)

    def _send(self):
        """Answers strop's last request, upon which it asks at once again."""
        tests = list(self._changed)[:CHUNK]
        self._channel.answer(tests=[self._changed.pop(test) for test in tests], more=True)
        if self._channel.receive() is None:
            os._exit(1)
