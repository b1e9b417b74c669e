"""Records what a Python source file defines, as one JSON document between two marks on stdout.

Started as ``python -I -S signature.py MARK FILE``. The file is parsed and never imported, so nothing of the project
runs. What a name stands for in the end is decided by the reader of the document: here everything is written down in
the order of the file, also what stands inside ``if`` and ``try``.
"""
import ast
import json
import os
import sys

LONGEST_VALUE = 300


def _text(node):
    return None if node is None else ast.unparse(node)


def _parameters(arguments):
    found = []

    def add(argument, kind, default=None):
        found.append(
            {
                "name": argument.arg,
                "kind": kind,
                "annotation": _text(argument.annotation),
                "default": _text(default),
            }
        )

    plain = [(a, "positional-only") for a in arguments.posonlyargs] + [(a, "positional") for a in arguments.args]
    missing = len(plain) - len(arguments.defaults)
    for index, (argument, kind) in enumerate(plain):
        add(argument, kind, arguments.defaults[index - missing] if index >= missing else None)
    if arguments.vararg:
        add(arguments.vararg, "var-positional")
    for argument, default in zip(arguments.kwonlyargs, arguments.kw_defaults):
        add(argument, "keyword-only", default)
    if arguments.kwarg:
        add(arguments.kwarg, "var-keyword")
    return found


def _yields(body):
    """Whether the function itself yields, and not one defined inside of it."""
    left = list(body)
    while left:
        node = left.pop()
        if isinstance(node, (ast.Yield, ast.YieldFrom)):
            return True
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)):
            left.extend(ast.iter_child_nodes(node))
    return False


def _function(name, node, arguments, body):
    return {
        "kind": "function",
        "name": name,
        "line": node.lineno,
        "async": isinstance(node, ast.AsyncFunctionDef),
        "generator": _yields(body),
        "decorators": [_text(decorator) for decorator in getattr(node, "decorator_list", [])],
        "returns": _text(getattr(node, "returns", None)),
        "parameters": _parameters(arguments),
    }


def _value(name, node, value, annotation=None):
    # Comparing the classes by name also covers nodes that older versions do not have.
    plain = type(value).__name__ in ("Constant", "List", "Tuple", "Dict", "Set", "JoinedStr", "ListComp", "DictComp")
    text = _text(value)
    return {
        "kind": "value",
        "name": name,
        "line": node.lineno,
        "annotation": _text(annotation),
        "value": text if text is None or len(text) <= LONGEST_VALUE else text[:LONGEST_VALUE],
        "plain": plain,
    }


def _record(node):
    """What one statement binds."""
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
        yield _function(node.name, node, node.args, node.body)
    elif isinstance(node, ast.ClassDef):
        yield {
            "kind": "class",
            "name": node.name,
            "line": node.lineno,
            "bases": [_text(base) for base in node.bases],
            "decorators": [_text(decorator) for decorator in node.decorator_list],
            "body": _records(node.body),
        }
    elif isinstance(node, ast.Import):
        for alias in node.names:
            name = alias.asname or alias.name.partition(".")[0]
            module = alias.name if alias.asname else name
            yield {"kind": "import", "name": name, "module": module, "original": None, "level": 0}
    elif isinstance(node, ast.ImportFrom):
        for alias in node.names:
            place = {"module": node.module or "", "level": node.level}
            if alias.name == "*":
                yield dict(place, kind="star")
            else:
                yield dict(place, kind="import", name=alias.asname or alias.name, original=alias.name)
    elif isinstance(node, ast.Assign):
        for target in node.targets:
            if isinstance(target, ast.Name) and isinstance(node.value, ast.Lambda):
                yield _function(target.id, node, node.value.args, [node.value.body])
            elif isinstance(target, ast.Name):
                yield _value(target.id, node, node.value)
    elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
        yield _value(node.target.id, node, node.value, node.annotation)
    elif type(node).__name__ == "TypeAlias":
        yield _value(node.name.id, node, node.value)
    else:
        for field in ("body", "handlers", "cases", "orelse", "finalbody"):
            for child in getattr(node, field, None) or []:
                if isinstance(child, ast.AST):
                    yield from _record(child)


def _records(body):
    return [record for node in body for record in _record(node)]


def _main():
    mark, path = sys.argv[1:3]
    try:
        with open(path, "rb") as file:
            answer = {"records": _records(ast.parse(file.read(), path).body)}
    except SyntaxError as error:
        answer = {"problem": error.msg, "line": error.lineno}
    except (ValueError, RecursionError, MemoryError, OSError) as error:
        answer = {"problem": str(error) or type(error).__name__, "line": None}
    out = ("\n" + mark + json.dumps(answer) + mark + "\n").encode("ascii")
    while out:
        out = out[os.write(1, out):]


if __name__ == "__main__":
    _main()
