"""Records the public API of both sides of a comparison, as griffe reads it from the sources, as one JSON file.

Started as ``python -I -S api.py REQUEST OUTPUT``: with nothing of any environment on the path but the standard library
and the folder that holds griffe, which the request names. Code of the project is parsed and never run. What the
differences mean is decided elsewhere.
"""
import json
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))


def main(request_path, output_path):
    with open(request_path, encoding="utf-8") as file:
        request = json.load(file)
    # First, so that griffe is the one of the request; with -I and -S nothing of the project is on the path at all.
    sys.path[:0] = [request["griffe"], HERE]
    import griffe
    from api_side import read_side

    answer = {"griffe": _version(griffe), "python": sys.version.split()[0]}
    wanted = {}
    for label in ("a", "b"):
        side = request["sides"][label]
        answer[label] = read_side(griffe, side["project"], side["roots"], side["modules"], wanted)
        wanted = answer[label]["names"]
    with open(output_path, "w", encoding="utf-8") as file:
        json.dump(answer, file)


def _version(griffe):
    try:
        return griffe.get_version()
    except Exception:
        return getattr(griffe, "__version__", "unknown")


if __name__ == "__main__":
    # Deeply nested expressions are the project's right.
    sys.setrecursionlimit(10_000)
    main(sys.argv[1], sys.argv[2])
