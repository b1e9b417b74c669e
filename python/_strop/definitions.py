"""Records what Python source files define, as one JSON document between two marks on stdout.

Started as ``python -I -S -B definitions.py MARK`` with a JSON list of [label, path] on stdin. The files are parsed and
never imported, so nothing of the project runs. A fingerprint leaves out positions, comments and docstrings; a
docstring with examples has one of its own, because examples are tests.
"""
import ast
import copy
import json
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from _strop.mentions import FUNCTIONS, aliases, dotted, facts, fingerprint, targets  # noqa: E402

FIELDS = ("body", "handlers", "orelse", "finalbody")


def _record(kind, name, node, context, **more):
    decorators = getattr(node, "decorator_list", [])
    record = {
        "kind": kind,
        "name": name,
        "first": min([node.lineno] + [decorator.lineno for decorator in decorators]),
        "last": node.end_lineno,
        "fingerprint": fingerprint(context + ast.dump(node) + json.dumps(more.get("imports", ""))),
        "examples": getattr(node, "examples", None),
        "decorators": [ast.unparse(decorator) for decorator in decorators],
        "bases": [],
    }
    record.update(facts(node, kind == "function"))
    record.update(more)
    return record


def _records(body, prefix="", context="", bases=()):
    for node in body:
        if isinstance(node, FUNCTIONS):
            yield _record("function", prefix + node.name, node, context, bases=list(bases))
        elif isinstance(node, ast.ClassDef):
            inner = [part for part in node.body if isinstance(part, FUNCTIONS + (ast.ClassDef,))]
            own = copy.copy(node)
            own.body = [part for part in node.body if part not in inner and not isinstance(part, ast.Pass)]
            parents = [dotted(base)[0].rpartition(".")[2] for base in node.bases]
            yield _record("class", prefix + node.name, own, context, bases=parents)
            yield from _records(inner, prefix + node.name + ".", context, parents)
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            for alias in aliases(node):
                plain = ast.copy_location(ast.Pass(), node)
                yield _record("import", alias["name"], plain, context, imports=[alias])
        elif isinstance(node, (ast.Assign, ast.AnnAssign)) and all(isinstance(t, ast.Name) for t in targets(node)):
            for target in targets(node):
                yield _record("value", target.id, node, context)
        elif isinstance(node, (ast.If, ast.Try, ast.With)):
            head = copy.copy(node)
            for field in FIELDS:
                if hasattr(node, field):
                    setattr(head, field, [])
            yield _record("statement", "<module>", head, context)
            yield from _compound(node, context + type(node).__name__)
        else:
            yield _record("statement", "<module>", node, context)


def _compound(node, context):
    for field in FIELDS:
        for part in getattr(node, field, []):
            if isinstance(part, ast.ExceptHandler):
                yield from _compound(part, context + "except" + (ast.dump(part.type) if part.type else ""))
            else:
                yield from _records([part], "", context + field)


def _normalise(tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant):
            node.kind = None
        if not isinstance(node, FUNCTIONS + (ast.ClassDef, ast.Module)) or ast.get_docstring(node, False) is None:
            continue
        text = ast.get_docstring(node)
        node.examples = _examples(text)
        node.body = node.body[1:] or [ast.copy_location(ast.Pass(), node.body[0])]
    return tree


def _examples(text):
    """A fingerprint of the examples: each goes from its prompt to the next blank line, and the prose around it may change."""
    kept, inside = [], False
    for line in text.splitlines():
        inside = line.lstrip().startswith(">>>") or (inside and line.strip() != "")
        if inside:
            kept.append(line.rstrip())
    return fingerprint("\n".join(kept)) if kept else None


def _read(path):
    try:
        with open(path, "rb") as file:
            tree = _normalise(ast.parse(file.read(), path))
        return {"definitions": list(_records(tree.body)), "examples": getattr(tree, "examples", None)}
    except SyntaxError as error:
        return {"problem": error.msg, "line": error.lineno}
    except (ValueError, RecursionError, MemoryError, OSError) as error:
        return {"problem": str(error) or type(error).__name__, "line": None}


def _main():
    answer = [dict(_read(path), label=label) for label, path in json.load(sys.stdin.buffer)]
    out = ("\n" + sys.argv[1] + json.dumps(answer) + sys.argv[1] + "\n").encode("ascii")
    while out:
        out = out[os.write(1, out):]


if __name__ == "__main__":
    _main()
