"""`attach_memray.py FOLDER attach|detach …`: memray's own command line, for processes that cannot import memray.

What it puts into the process imports memray there: it gets the folder of the tool, behind everything of the process.
"""

import sys


def main():
    folder, *words = sys.argv[1:]
    # Our own folder stood first.
    sys.path[0] = ""
    sys.path.append(folder)
    from memray.commands import attach
    from memray.commands import main as memray

    literal = repr(folder).replace("{", "{{").replace("}", "}}")
    attach.PAYLOAD = "import sys\nif %s not in sys.path:\n    sys.path.append(%s)\n" % (literal, literal) + attach.PAYLOAD
    return memray(words)


if __name__ == "__main__":
    sys.exit(main())
