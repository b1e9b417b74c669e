"""Says what the functions of Python source files are called in full, as one JSON document between two marks on stdout.

Started as ``python -I -S qualnames.py MARK FILE...``. The files are parsed and never imported. A profiler records the
line of a function's code, which is that of its first decorator. A third value says whether calls are resumed: those of
generators and coroutines count again each time.
"""
import ast
import json
import os
import sys


def _names(path):
    with open(path, "rb") as file:
        left = [(ast.parse(file.read(), path), "", None)]
    found = []
    while left:
        node, prefix, function = left.pop()
        for child in ast.iter_child_nodes(node):
            inner, within = prefix, function
            if isinstance(child, ast.Lambda):
                within = None
            elif isinstance(child, (ast.Yield, ast.YieldFrom)) and function is not None:
                function[2] = True
            if isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
                name = prefix + child.name
                inner = name + "."
                if not isinstance(child, ast.ClassDef):
                    inner += "<locals>."
                    line = min([child.lineno] + [one.lineno for one in child.decorator_list])
                    within = [line, name, isinstance(child, ast.AsyncFunctionDef)]
                    found.append(within)
            left.append((child, inner, within))
    return found


def _main():
    mark = sys.argv[1]
    found = {}
    for path in sys.argv[2:]:
        try:
            found[path] = _names(path)
        except (SyntaxError, ValueError, RecursionError, MemoryError, OSError):
            found[path] = []
    out = ("\n" + mark + json.dumps(found) + mark + "\n").encode("ascii")
    while out:
        out = out[os.write(1, out):]


if __name__ == "__main__":
    _main()
