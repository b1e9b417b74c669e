"""What griffe leaves out of a file: read from its syntax tree."""
import ast

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
DEPRECATIONS = {"DeprecationWarning", "PendingDeprecationWarning", "FutureWarning"}
# A definition under these adds to one of the same name and does not replace it.
ADDING = {"overload", "setter", "getter", "deleter", "register"}


class Source:
    """One file. Without a readable tree it says nothing: why a file cannot be read is told elsewhere."""

    def __init__(self, path):
        try:
            with open(path, "rb") as file:
                self.tree = ast.parse(file.read(), path)
        except (OSError, SyntaxError, ValueError, RecursionError, MemoryError):
            self.tree = ast.Module([], [])
        self._bindings = {}
        self.bindings = self.bindings_of(self.tree)
        self.deleted = {name for name, found in self.bindings.items() if not found}

    def bindings_of(self, node):
        """The bindings in the body of a module or class, read once."""
        if node not in self._bindings:
            self._bindings[node] = bindings(node.body)
        return self._bindings[node]

    def node(self, names):
        """The class or function with this path of names; None when there is none, the last where there are several."""
        node = self.tree
        for name in names:
            nodes = [each for _, each in self.bindings_of(node).get(name, ()) if hasattr(each, "body")]
            if not nodes:
                return None
            node = nodes[-1]
        return node


def bindings(body):
    """Name to the definitions that may be behind it at the end, each with the branches that lead to it."""
    found = {}
    _bind(body, (), found)
    return found


def _bind(body, when, found):
    for node in body:
        if isinstance(node, FUNCTIONS + (ast.ClassDef,)):
            if not any(_last_name(each) in ADDING for each in node.decorator_list):
                _put(found, node.name, when, node)
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            for each in node.names:
                _put(found, each.asname or each.name.split(".")[0], when, node)
        elif isinstance(node, ast.Delete):
            for target in node.targets:
                if isinstance(target, ast.Name) and not when:
                    found[target.id] = []
        elif isinstance(node, ast.If):
            test = ast.unparse(node.test)
            _bind(node.body, when + (test,), found)
            _bind(node.orelse, when + ("not %s" % test,), found)
        elif isinstance(node, ast.Try):
            _bind(node.body + node.orelse, when + ("try",), found)
            for each in node.handlers:
                caught = "" if each.type is None else " " + ast.unparse(each.type)
                _bind(each.body, when + ("except" + caught,), found)
            _bind(node.finalbody, when, found)
        else:
            for target in _targets(node):
                for each in ast.walk(target):
                    if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store):
                        _put(found, each.id, when, node)
            # The body of a loop may never run, and that of `with suppress(...)` may stop anywhere.
            for field in ("body", "orelse"):
                _bind(getattr(node, field, ()), when + (type(node).__name__.lower(),), found)


def _targets(node):
    if isinstance(node, ast.Assign):
        return node.targets
    if isinstance(node, (ast.With, ast.AsyncWith)):
        return [each.optional_vars for each in node.items if each.optional_vars is not None]
    return [node.target] if isinstance(node, (ast.AnnAssign, ast.For, ast.AsyncFor)) else []


def _put(found, name, when, node):
    # What was bound before stays only where the flow may not have come by here.
    found[name] = [each for each in found.get(name, ()) if each[0][: len(when)] != when] + [(when, node)]


def _last_name(node):
    node = node.func if isinstance(node, ast.Call) else node
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", None)


def warns_of_deprecation(node):
    """Whether a function says in its body that it is deprecated."""
    for each in ast.walk(node):
        if isinstance(each, ast.Call) and _last_name(each) in ("warn", "warn_explicit", "warn_deprecated"):
            given = each.args + [keyword.value for keyword in each.keywords]
            if any(_last_name(argument) in DEPRECATIONS for argument in given):
                return True
    return False


def mentioned(node):
    """Every name and text in a tree, without the lists of `__all__`."""
    names, nodes = set(), [node]
    while nodes:
        each = nodes.pop()
        if isinstance(each, (ast.Assign, ast.AugAssign)):
            targets = each.targets if isinstance(each, ast.Assign) else [each.target]
            if any(isinstance(target, ast.Name) and target.id == "__all__" for target in targets):
                continue
        if isinstance(each, ast.Expr) and isinstance(each.value, ast.Constant):
            continue  # a docstring
        if isinstance(each, ast.Constant) and isinstance(each.value, str):
            names.update(each.value.split())
        elif isinstance(each, ast.Name):
            names.add(each.id)
        elif isinstance(each, ast.Attribute):
            names.add(each.attr)
        elif isinstance(each, ast.alias):
            names.add((each.asname or each.name).rpartition(".")[2])
        nodes.extend(ast.iter_child_nodes(each))
    return names


def top_level(body):
    """Every statement that runs when a module is imported, those for type checkers left out."""
    for node in body:
        yield node
        if isinstance(node, FUNCTIONS + (ast.ClassDef,)):
            continue
        typing_only = isinstance(node, ast.If) and _last_name(node.test) == "TYPE_CHECKING"
        for field in ("orelse", "finalbody") if typing_only else ("body", "orelse", "finalbody"):
            yield from top_level(getattr(node, field, ()))
        for handler in getattr(node, "handlers", ()):
            yield from top_level(handler.body)


def exports_of(source, lookup):
    """``__all__`` as the statements of a module make it; None without one, or where it is not written out.

    ``lookup`` gives the list of the module that a node stands for, or None.
    """
    names = None
    for node in top_level(source.tree.body):
        if isinstance(node, (ast.Assign, ast.AnnAssign)) and node.value is not None:
            if any(_is_all(target) for target in _targets(node)):
                names = _names(node.value, names, lookup)
                if names is None:
                    return None
        elif isinstance(node, ast.AugAssign) and _is_all(node.target):
            more = _names(node.value, names, lookup)
            names = None if names is None or more is None else names + more
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            call = node.value
            if not (isinstance(call.func, ast.Attribute) and _is_all(call.func.value) and len(call.args) == 1):
                continue
            if names is None:
                return None
            given = ast.List([call.args[0]]) if call.func.attr in ("append", "remove") else call.args[0]
            more = _names(given, names, lookup)
            if more is None:
                return None
            gone = more if call.func.attr == "remove" else ()
            names = [each for each in names if each not in gone] + ([] if gone else more)
    return names


def _is_all(node):
    return isinstance(node, ast.Name) and node.id == "__all__"


def _names(node, own, lookup):
    if _is_all(node):
        return own
    if isinstance(node, (ast.List, ast.Tuple, ast.Set)):
        names = []
        for each in node.elts:
            if isinstance(each, ast.Starred):
                more = _names(each.value, own, lookup)
            else:
                more = [each.value] if isinstance(each, ast.Constant) and isinstance(each.value, str) else None
            if more is None:
                return None
            names += more
        return names
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        left, right = _names(node.left, own, lookup), _names(node.right, own, lookup)
        return None if left is None or right is None else left + right
    if isinstance(node, ast.Call) and _last_name(node) in ("list", "tuple", "sorted", "set") and len(node.args) == 1:
        return _names(node.args[0], own, lookup)
    return lookup(node)
