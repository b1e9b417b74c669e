"""Expressions as texts that are equal when they mean the same: quotes, spaces and spellings of types do not count."""
import ast
import hashlib
import re
import textwrap

BUILTIN = {"List": "list", "Dict": "dict", "Tuple": "tuple", "Set": "set", "FrozenSet": "frozenset", "Type": "type"}
TYPING = {"typing", "t", "typing_extensions", "collections.abc", "abc"}
SHAPES = {
    ast.List: "list",
    ast.ListComp: "list",
    ast.Tuple: "tuple",
    ast.Set: "set",
    ast.SetComp: "set",
    ast.Dict: "dict",
    ast.DictComp: "dict",
    ast.GeneratorExp: "generator",
    ast.JoinedStr: "str",
    ast.Lambda: "function",
}
KNOWN_CALLS = {"list", "tuple", "set", "frozenset", "dict", "str", "bytes", "int", "float", "bool", "bytearray"}


def parse(text):
    try:
        return ast.parse(text, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def expression_text(text):
    node = None if text is None else parse(text)
    return text if node is None else ast.unparse(node)


def shape_of(text):
    """The type of a value where the source shows it, and whether it is written out as a whole (`literal`)."""
    node = None if text is None else parse(text)
    if node is None:
        return None
    kind = SHAPES.get(type(node))
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in KNOWN_CALLS:
        kind = node.func.id
    if isinstance(node, ast.UnaryOp) and isinstance(node.operand, ast.Constant):
        kind = type(node.operand.value).__name__
    if isinstance(node, ast.Constant):
        kind = type(node.value).__name__
    callee = ast.unparse(node.func) if isinstance(node, ast.Call) else None
    return {"type": kind, "literal": _is_literal(node), "callee": callee}


def _is_literal(node):
    if isinstance(node, ast.Call):
        simple = isinstance(node.func, ast.Name) and node.func.id in KNOWN_CALLS and not node.keywords
        return simple and all(_is_literal(each) for each in node.args)
    try:
        ast.literal_eval(node)
    except Exception:
        return False
    return True


class _Annotation(ast.NodeTransformer):
    def visit_Constant(self, node):
        inner = parse(node.value) if isinstance(node.value, str) else None
        return node if inner is None else self.visit(inner)

    def visit_Attribute(self, node):
        return self.visit_Name(ast.Name(node.attr)) if ast.unparse(node.value) in TYPING else node

    def visit_Name(self, node):
        return ast.Name(BUILTIN.get(node.id, node.id))

    def visit_Subscript(self, node):
        what = self.visit(node.value)
        name = what.id if isinstance(what, ast.Name) else ""
        if name == "Literal":
            return ast.Subscript(what, node.slice)
        inner = self.visit(node.slice)
        if name == "Annotated" and isinstance(inner, ast.Tuple):
            return inner.elts[0]
        if name in ("Final", "ClassVar"):
            return inner
        if name == "Optional":
            return _union([inner, ast.Constant(None)])
        if name == "Union":
            return _union(inner.elts if isinstance(inner, ast.Tuple) else [inner])
        return ast.Subscript(what, inner)

    def visit_BinOp(self, node):
        return _union([self.visit(node.left), self.visit(node.right)])


def _union(nodes):
    """`Union[B, A]`, `A | B` and `B | A` as one text, written as a name since it is only printed."""
    parts = set()
    for node in nodes:
        parts |= getattr(node, "union_parts", None) or {ast.unparse(node)}
    name = ast.Name(" | ".join(sorted(parts - {"None"}) + sorted(parts & {"None"})))
    name.union_parts = parts
    return name


def annotation_text(text):
    node = None if text is None else parse(text)
    if node is None:
        return text
    try:
        plain = ast.unparse(_Annotation().visit(node))
    except Exception:
        return text
    # How a name may be used, and nothing about its type.
    return None if plain in ("Final", "ClassVar") else plain


def body_hash(source, name):
    """Equal for definitions that differ in their own name alone."""
    plain = re.sub(r"\b%s\b" % re.escape(name), "?", textwrap.dedent(source)).strip()
    return hashlib.sha256(plain.encode("utf-8", "replace")).hexdigest()[:16] if plain else None
