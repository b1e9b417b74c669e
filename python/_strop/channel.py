"""The line to strop: JSON lines over the inherited descriptor 3, moved away so that measured code cannot meet it by chance."""

import json
import os


class Channel:
    """Requests come in, each with a sequence number and a challenge; every answer carries both and the run's nonce.

    A process that the workload forks shares the descriptor: it is closed there at once, so only the worker speaks.
    """

    def __init__(self, descriptor=3):
        # The module socket would cost every worker more to import than all of strop's own.
        self._descriptor = os.dup(descriptor)
        os.close(descriptor)
        os.set_blocking(self._descriptor, True)
        self._file = os.fdopen(self._descriptor, "rb", closefd=False)
        self._write = os.write
        self._dumps = json.dumps
        self._loads = json.loads
        self._pid = os.getpid()
        self._request = {}
        self._nonce = ""
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_child=self._forget)

    def _forget(self):
        try:
            os.close(self._descriptor)
        except OSError:
            pass

    def receive(self):
        """The next request, or None when strop is gone."""
        if os.getpid() != self._pid:
            # A forked child of the workload came back into our loop: it has nothing to say.
            os._exit(0)
        line = self._file.readline()
        if not line:
            return None
        self._request = self._loads(line)
        self._nonce = self._request.get("nonce", self._nonce)
        return self._request

    def answer(self, **fields):
        if os.getpid() != self._pid:
            os._exit(0)
        fields["nonce"] = self._nonce
        fields["seq"] = self._request.get("seq")
        fields["challenge"] = self._request.get("challenge")
        left = self._dumps(fields).encode("utf-8", "backslashreplace") + b"\n"
        while left:
            left = left[self._write(self._descriptor, left) :]
