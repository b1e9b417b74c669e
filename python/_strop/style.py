"""Records how test files are written, as one JSON document between two marks on stdout.

Started as ``python -I -S style.py MARK FILE...``. The files are parsed and never imported. Only counts are recorded;
what the project's style is, the reader of the document decides.
"""
import ast
import io
import json
import os
import sys
import tokenize


def _is_test(node):
    return isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and node.name.lower().startswith(("test", "bench"))


def _quotes(source, counts):
    """Counts strings in single and in double quotes, where either would have done."""
    for token in tokenize.tokenize(io.BytesIO(source).readline):
        if token.type == tokenize.INDENT and counts["indent"] is None:
            counts["indent"] = token.string
        if tokenize.tok_name[token.type] not in ("STRING", "FSTRING_START"):
            continue
        text = token.string.lstrip("rRbBuUfFtT")
        if text[:3] in ('"""', "'''"):
            continue
        other = "'" if text[:1] == '"' else '"'
        if other not in text:
            counts["double" if text[:1] == '"' else "single"] += 1


def _structure(tree, counts):
    for node in tree.body:
        if isinstance(node, ast.ImportFrom) and node.module == "__future__":
            counts["future"] = any(alias.name == "annotations" for alias in node.names)
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            counts["imports"].extend(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            counts["fromImports"].append(node.module)
        elif isinstance(node, ast.Module):
            counts["functions"] += sum(map(_is_test, node.body))
        elif isinstance(node, ast.ClassDef):
            counts["methods"] += sum(map(_is_test, node.body))
        if _is_test(node):
            counts["hinted" if node.returns is not None else "unhinted"] += 1


def _count(path):
    counts = {
        "file": path,
        "single": 0,
        "double": 0,
        "indent": None,
        "future": False,
        "functions": 0,
        "methods": 0,
        "hinted": 0,
        "unhinted": 0,
        "imports": [],
        "fromImports": [],
    }
    with open(path, "rb") as file:
        source = file.read()
    _structure(ast.parse(source, path), counts)
    _quotes(source, counts)
    return counts


def _main():
    mark, paths = sys.argv[1], sys.argv[2:]
    found = []
    for path in paths:
        try:
            found.append(_count(path))
        except (SyntaxError, ValueError, RecursionError, MemoryError, OSError, tokenize.TokenError):
            # A broken test file says nothing about style, and is no reason to stop.
            continue
    out = ("\n" + mark + json.dumps(found) + mark + "\n").encode("ascii")
    while out:
        out = out[os.write(1, out):]


if __name__ == "__main__":
    _main()
