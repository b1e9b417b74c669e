"""How the instances of a class are made where no `__init__` says it, and what a class is an instance of."""
import ast

from api_scope import value_of
from api_source import bindings

NAMED_TUPLE = "typing.NamedTuple"
NAMED_TUPLES = {NAMED_TUPLE, "collections.namedtuple"}
ATTRS_BY_CALL = {"attr.s", "attr.attrs", "attr.attributes"}
ATTRS_BY_ANNOTATION = {
    "%s.%s" % (package, name) for package in ("attr", "attrs") for name in ("define", "frozen", "mutable", "dataclass")
}
ATTRS_FIELDS = {"attr.ib", "attr.attrib", "attr.attr", "attr.field", "attrs.field"}


def parameter(name, default, keyword_only=False):
    kind = "keyword-only" if keyword_only else "positional or keyword"
    return {"name": name, "kind": kind, "annotation": None, "default": default}


def _keywords(call):
    return {each.arg: each.value for each in getattr(call, "keywords", ())}


def _is(node, value):
    return isinstance(node, ast.Constant) and node.value is value


def named_tuple_call(scopes, scope, node):
    """The parameters that `namedtuple("P", "x y")` gives its class; None for everything else."""
    if not (isinstance(node, ast.Call) and scopes.path(scope, node.func) in NAMED_TUPLES):
        return None
    given, options = list(node.args), _keywords(node)
    fields = given[1] if len(given) > 1 else options.get("field_names", options.get("fields"))
    try:
        # Of `NamedTuple("P", [("x", int)])` the names alone, since types are no literals.
        pairs = isinstance(fields, (ast.List, ast.Tuple)) and all(isinstance(each, ast.Tuple) for each in fields.elts)
        names = [ast.literal_eval(each.elts[0]) for each in fields.elts] if pairs else ast.literal_eval(fields)
        names = names.replace(",", " ").split() if isinstance(names, str) else [str(each) for each in names]
    except (ValueError, TypeError, AttributeError, IndexError):
        return None
    defaults = getattr(options.get("defaults"), "elts", [])
    texts = [None] * (len(names) - len(defaults)) + [scopes.text(scope, each) for each in defaults]
    return [parameter(name, text) for name, text in zip(names, texts)]


def named_tuple_fields(scopes, target, node):
    """The parameters of a class that is a named tuple, whichever way it is written; None when it is none."""
    for base in node.bases:
        if scopes.path(target.parent, base) == NAMED_TUPLE:
            return [
                parameter(each.target.id, scopes.text(target, each.value))
                for each in node.body
                if isinstance(each, ast.AnnAssign) and isinstance(each.target, ast.Name)
            ]
        call = named_tuple_call(scopes, target.parent, base)
        if call is not None:
            return call
        found = scopes.find(target.parent, base)
        if found is not None and found.is_attribute:
            call = named_tuple_call(scopes, found.parent, value_of(found))
            if call is not None:
                return call
    return None


def attrs_fields(scopes, target, node, node_of):
    """The parameters of the `__init__` that attrs makes; None where it makes none."""
    own = None
    for decorator in node.decorator_list:
        path = scopes.path(target.parent, decorator.func if isinstance(decorator, ast.Call) else decorator)
        options = _keywords(decorator)
        if path in ATTRS_BY_CALL | ATTRS_BY_ANNOTATION and not _is(options.get("init"), False):
            annotated = path in ATTRS_BY_ANNOTATION or _is(options.get("auto_attribs"), True)
            own = _attrs_own(scopes, target, node, annotated, _is(options.get("kw_only"), True))
    if own is None or "__init__" in target.members:
        return None
    inherited = {}
    for base in node.bases:
        found = scopes.find(target.parent, base)
        base_node = node_of(found) if found is not None and found.is_class and found is not target else None
        if base_node is not None:
            inherited.update({each["name"]: each for each in attrs_fields(scopes, found, base_node, node_of) or ()})
    names = {each["name"] for each in own}
    return [each for name, each in inherited.items() if name not in names] + own


def _attrs_own(scopes, target, node, annotated, keyword_only):
    late = {
        each.value.id
        for function in node.body
        for each in getattr(function, "decorator_list", ())
        if isinstance(each, ast.Attribute) and each.attr == "default" and isinstance(each.value, ast.Name)
    }
    fields = []
    for name, found in bindings(node.body).items():
        statement = found[-1][1] if found else None
        if not isinstance(statement, (ast.Assign, ast.AnnAssign)):
            continue
        value = statement.value
        is_field = isinstance(value, ast.Call) and scopes.path(target, value.func) in ATTRS_FIELDS
        by_annotation = annotated and isinstance(statement, ast.AnnAssign)
        if not (is_field or by_annotation and "ClassVar" not in ast.unparse(statement.annotation)):
            continue
        options = _keywords(value) if is_field else {"default": value}
        if _is(options.get("init"), False):
            continue
        default = options.get("default") or options.get("factory")
        text = scopes.text(target, default)
        alias = options.get("alias")
        public = alias.value if isinstance(alias, ast.Constant) else name.lstrip("_")
        only = keyword_only or _is(options.get("kw_only"), True)
        fields.append(parameter(public, "..." if text is None and name in late else text, only))
    return fields


def metaclass_of(scopes, target, node, node_of, passed=()):
    """The path of the metaclass, also of one that a base class brings; None where nothing shows one."""
    given = _keywords(node).get("metaclass")
    if given is not None:
        found = scopes.find(target.parent, given)
        return found.path if found is not None else scopes.path(target.parent, given) or ast.unparse(given)
    for base in node.bases:
        if scopes.path(target.parent, base) == "abc.ABC":
            return "abc.ABCMeta"
        found = scopes.find(target.parent, base)
        if found is not None and found.is_class and found.path not in passed:
            base_node = node_of(found)
            inherited = base_node and metaclass_of(scopes, found, base_node, node_of, passed + (found.path,))
            if inherited:
                return inherited
    return None
