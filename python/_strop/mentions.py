"""Records which names a piece of Python source uses and binds, for `definitions.py`."""
import ast
import hashlib
import re

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
# Patterns of `match` came with 3.10.
PATTERNS = tuple(getattr(ast, name) for name in ("MatchAs", "MatchStar") if hasattr(ast, name))
CONTAINERS = "dict list set defaultdict OrderedDict WeakValueDictionary WeakKeyDictionary deque Counter".split()
WORD = re.compile(r"[A-Za-z_.][\w./-]{0,79}")


def fingerprint(text):
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def dotted(node):
    """`a.b.c` for a chain of names, `.b.c` for a chain on any other expression, which is returned as well."""
    parts = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    named = isinstance(node, ast.Name)
    return ".".join([node.id if named else ""] + parts[::-1]), None if named else node


def aliases(node):
    """What an import statement binds, one name at a time."""
    module, level = getattr(node, "module", None), getattr(node, "level", 0)
    for alias in node.names:
        original = alias.name if isinstance(node, ast.ImportFrom) else None
        name = alias.asname or (alias.name if original else alias.name.partition(".")[0])
        source = (module or "") if original else (alias.name if alias.asname else name)
        yield {"name": name, "module": source, "original": original, "level": level}


def _empty(node):
    """Whether an expression makes a container to be filled later."""
    if isinstance(node, (ast.Dict, ast.List, ast.Set)):
        return not (node.keys if isinstance(node, ast.Dict) else node.elts)
    return isinstance(node, ast.Call) and dotted(node.func)[0].rpartition(".")[2] in CONTAINERS


def targets(node):
    """The names and attributes that a statement assigns to, those inside of tuples too."""
    pending = list(getattr(node, "targets", None) or [node.target])
    while pending:
        target = pending.pop(0)
        pending[:0] = getattr(target, "elts", [])
        if isinstance(target, (ast.Name, ast.Attribute)):
            yield target


def _children(node):
    """All parts but annotations: naming a type there is no use of it."""
    for field, value in ast.iter_fields(node):
        if field not in ("annotation", "returns"):
            yield from (part for part in (value if isinstance(value, list) else [value]) if isinstance(part, ast.AST))


def facts(top, local):
    """What one definition uses and binds. `local`: names that it assigns are its own, as in a function."""
    uses, binds, words, empties, imports, names = {}, {}, set(), set(), [], set()
    pending = [top]
    while pending:
        node = pending.pop()
        name = None
        if isinstance(node, (ast.Assign, ast.AnnAssign)):
            for target in targets(node):
                if isinstance(target, ast.Attribute) or not local:
                    key = dotted(target)[0]
                    shape = [ast.dump(part) for part in (node.value, getattr(node, "annotation", None)) if part]
                    binds[key] = fingerprint(binds.get(key, "") + "".join(shape))
                    if _empty(node.value):
                        empties.add(key)
        if isinstance(node, ast.Attribute):
            name, rest = dotted(node)
            pending.extend([] if rest is None else [rest])
        else:
            pending.extend(_children(node))
        if isinstance(node, ast.Name):
            name = node.id
            names.update([name] if not isinstance(node.ctx, ast.Load) else [])
        elif isinstance(node, ast.arguments):
            defaults = [default for default in node.defaults + node.kw_defaults if default is not None]
            empties.update("<default>" for default in defaults if _empty(default))
        elif isinstance(node, ast.arg):
            name = node.arg
            names.add(name)
        elif isinstance(node, ast.Call):
            called = dotted(node.func)[0]
            for keyword in node.keywords:
                if keyword.arg:
                    uses[called + "." + keyword.arg] = uses.get(called + "." + keyword.arg, 0) + 1
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            imports.extend(aliases(node))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and WORD.fullmatch(node.value):
            words.add(node.value)
        elif isinstance(node, FUNCTIONS + (ast.ClassDef,)) and node is not top:
            names.add(node.name)
        elif isinstance(node, (ast.ExceptHandler,) + PATTERNS) and node.name:
            names.add(node.name)
        if name:
            uses[name] = uses.get(name, 0) + 1
    globals_ = {n for node in ast.walk(top) if isinstance(node, ast.Global) for n in node.names}
    found = {"uses": uses, "binds": binds, "words": sorted(words), "empties": sorted(empties), "imports": imports}
    return dict(found, locals=sorted(names - globals_) if local else [])
