"""`attach_memray.py FOLDER attach|detach …`: memray's own command line, for processes that cannot import memray.

What it puts into the process imports memray there: it gets the folder of the tool, behind everything of the process.
"""

import signal
import subprocess
import sys
import types

PATIENCE = 20


def ask_debugger(command, **named):
    """A debugger waits for a call that a sleeping process never makes, and only one that ends in peace does no harm."""
    debugger = subprocess.Popen(command, stdout=subprocess.PIPE, **named)
    try:
        output = debugger.communicate(timeout=PATIENCE)[0]
    except subprocess.TimeoutExpired:
        debugger.send_signal(signal.SIGINT)
        debugger.communicate()
        sys.exit("found no moment to get in within %d s" % PATIENCE)
    if debugger.returncode:
        raise subprocess.CalledProcessError(debugger.returncode, command, output)
    return output


def main():
    folder, *words = sys.argv[1:]
    # Our own folder stood first.
    sys.path[0] = ""
    sys.path.append(folder)
    from memray.commands import attach
    from memray.commands import main as memray

    attach.subprocess = types.SimpleNamespace(
        check_output=ask_debugger, STDOUT=subprocess.STDOUT, CalledProcessError=subprocess.CalledProcessError
    )
    # The process may end while its time is not over.
    payload = attach.PAYLOAD.replace("thread.daemon = False", "thread.daemon = True")
    literal = repr(folder).replace("{", "{{").replace("}", "}}")
    attach.PAYLOAD = "import sys\nif %s not in sys.path:\n    sys.path.append(%s)\n" % (literal, literal) + payload
    return memray(words)


if __name__ == "__main__":
    sys.exit(main())
