"""Says what the functions of Python source files are called in full, as one JSON document between two marks on stdout.

Started as ``python -I -S qualnames.py MARK FILE...``. The files are parsed and never imported. A profiler records the
line of a function's code, which is that of its first decorator.
"""
import ast
import json
import os
import sys


def _names(path):
    with open(path, "rb") as file:
        left = [(ast.parse(file.read(), path), "")]
    while left:
        node, prefix = left.pop()
        for child in ast.iter_child_nodes(node):
            inner = prefix
            if isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
                name = prefix + child.name
                inner = name + "."
                if not isinstance(child, ast.ClassDef):
                    inner += "<locals>."
                    yield [min([child.lineno] + [one.lineno for one in child.decorator_list]), name]
            left.append((child, inner))


def _main():
    mark = sys.argv[1]
    found = {}
    for path in sys.argv[2:]:
        try:
            found[path] = list(_names(path))
        except (SyntaxError, ValueError, RecursionError, MemoryError, OSError):
            found[path] = []
    out = ("\n" + mark + json.dumps(found) + mark + "\n").encode("ascii")
    while out:
        out = out[os.write(1, out):]


if __name__ == "__main__":
    _main()
