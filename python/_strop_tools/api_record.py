"""What is public, and what there is to say about one object."""
import ast
import copy
import os

from api_class import NAMED_TUPLE, NAMED_TUPLES, attrs_fields, metaclass_of, named_tuple_call, named_tuple_fields
from api_imports import Imports, import_base, standard_names
from api_scope import Scopes, value_of
from api_source import FUNCTIONS, Source, bindings, exports_of, mentioned, warns_of_deprecation
from api_texts import annotation_text, body_hash, expression_text, parse, shape_of


def _text(expression):
    return None if expression is None else str(expression)


def _filepath(target):
    path = target.filepath
    return str(path[0] if isinstance(path, list) and path else path)


class Recorder:
    """``names`` maps each public path to the path of the object behind it, ``objects`` that path to a record.

    What a module imports is its own affair, unless one of ``wanted``, the public paths of the other side, is gone
    without it. ``modules`` are the loaded top-level ones.
    """

    def __init__(self, griffe, project, wanted):
        self.scopes = Scopes(griffe)
        self.project = project
        self.modules = []
        self.wanted = wanted
        self.names, self.objects, self.exports = {}, {}, {}
        self.dynamic, self.ghosts, self.imported, self.also = {}, [], {}, {}
        self._sources, self._lists = {}, {}

    def module(self, module):
        source, stub = self._source(_filepath(module)), self._stub(module)
        exports = self._exports(module)
        self.names[module.path] = module.path
        defined = sorted(set(module.members) - source.deleted)
        self.objects[module.path] = dict(self._common(module, "module"), defined=defined)
        if exports is not None:
            self.exports[module.path] = exports
        stars = []
        for name, member in module.members.items():
            if member.is_alias and member.wildcard:
                stars.append(member.target_path)
            elif self._is_public(module, name, member, exports, source):
                path = "%s.%s" % (module.path, name)
                self._name(path, member, source)
                branches = source.bindings.get(name, ())
                imports = [node for _, node in branches if isinstance(node, ast.ImportFrom)]
                if imports and len(branches) > 1:
                    self.also[path] = ["%s.%s" % (import_base(module, node), name) for node in imports]
                if stub is not None and self._is_ghost(source, stub, name, member):
                    self.ghosts.append(path)
        self._dynamic(module, source, stub, stars)
        if module.is_init_module:
            self.imported[module.path] = Imports(self._source, module).record()

    def _source(self, path):
        if path not in self._sources:
            self._sources[path] = Source(path)
        return self._sources[path]

    def _stub(self, module):
        """The stub beside a source; None where there is only one of them."""
        stem, dot, kind = _filepath(module).rpartition(".")
        return self._source(stem + ".pyi") if kind == "py" and os.path.isfile(stem + ".pyi") else None

    def written_exports(self, module):
        """``__all__`` as the statements of the source make it, or those of the stub; None where they do not show it."""
        if module.path not in self._lists:
            self._lists[module.path] = None  # for lists that need each other

            def lookup(node):
                found = self.scopes.find(module, node)
                return self.written_exports(found.parent) if found is not None and found.name == "__all__" else None

            sources = [self._source(_filepath(module)), self._stub(module)]
            lists = [exports_of(each, lookup) for each in sources if each is not None]
            self._lists[module.path] = next((each for each in lists if each is not None), None)
        return self._lists[module.path]

    def _exports(self, module):
        written = self.written_exports(module)
        # An empty list of griffe may also be one that it could not work out.
        loose = [str(name) for name in module.exports] if module.exports else None
        return loose if written is None else written

    def _dynamic(self, module, source, stub, stars):
        """What a module may offer besides: by `import *` from what cannot be read, or by `__getattr__` when asked."""
        unread, standard = [], set()
        for target in stars:
            found = standard_names(target)
            if found is None:
                unread.append(target)
            else:
                standard.update(found)
        asked = source.bindings.get("__getattr__") or (stub is not None and stub.bindings.get("__getattr__"))
        if not stars and not asked:
            return
        names = standard | set(stub.bindings if stub is not None else ())
        if asked:
            names |= mentioned(source.tree) | set(self._exports(module) or ())
        for _, node in source.bindings.get("__getattr__", ()):
            names |= self._reached(module, node)
        self.dynamic[module.path] = {"stars": unread, "asked": bool(asked), "names": sorted(names)}

    def _reached(self, module, function):
        """The names of the project's modules that a function uses."""
        names = set()
        for node in ast.walk(function):
            found = self.scopes.find(module, node)
            if found is not None and found.is_module:
                names.update(found.members)
            if isinstance(node, ast.ImportFrom):
                for each in node.names:
                    found = self._module_at("%s.%s" % (import_base(module, node), each.name))
                    names.update(found.members if found is not None else ())
        return names

    def _module_at(self, path):
        found = None
        for own in self.modules:
            if path == own.path or path.startswith(own.path + "."):
                found = own
                for part in path[len(own.path) + 1 :].split(".") if path != own.path else ():
                    found = found.members.get(part) if found is not None and found.is_module else None
                    found = None if found is None else self.scopes.final(found)
        return found if found is not None and found.is_module else None

    def _is_public(self, module, name, member, exports, source):
        if name == "__getattr__" or name in source.deleted:
            return False
        if not member.is_alias and member.is_module:
            return False  # walked as a module of its own
        if exports is not None:
            return name in exports
        if name.startswith("_"):
            return False
        if member.is_alias and not member.runtime and not source.bindings.get("__getattr__"):
            return False  # for type checkers alone
        if not member.is_alias or "%s.%s" % (module.path, name) in self.wanted or _functions(source.bindings, name):
            return True
        # What a module imports is its own affair, except where it offers it again: in __init__, as `x as x`, by `*`.
        if not self._is_ours(member.target_path):
            return False
        wildcard = getattr(member, "wildcard_imported", False)
        return module.is_init_module or wildcard or _offers_again(source, name)

    def _is_ours(self, path):
        return any(path == own.path or path.startswith(own.path + ".") for own in self.modules)

    def _is_ghost(self, source, stub, name, member):
        """Whether only the stub has a name, though the source is there to be read."""
        if source.bindings.get(name) or not stub.bindings.get(name) or getattr(member, "wildcard_imported", False):
            return False
        return name in source.deleted or name not in mentioned(source.tree)

    def _name(self, path, member, source):
        target = self.scopes.final(member)
        name = path.rpartition(".")[2]
        if target is not None:
            target = self.scopes.behind(target)
            self.names[path] = target.path
            self._object(target)
        elif _functions(source.bindings, name):
            # Imported where it can be had, else defined here: what is here can be compared.
            self.names[path] = path
            self.objects.setdefault(path, self._fallback(member.parent, name, source))
        else:
            self.names[path] = member.target_path
            record = {"kind": "elsewhere", "file": None, "line": None, "ours": self._is_ours(member.target_path)}
            self.objects.setdefault(member.target_path, record)

    def _object(self, target):
        if target.path in self.objects:
            return
        kind = str(getattr(target.kind, "value", target.kind))
        record = self._common(target, kind)
        self.objects[target.path] = record
        if kind == "class":
            record.update(self._class(target))
        elif kind == "function":
            record.update(self._function(target))
        elif kind in ("attribute", "type alias"):
            record.update(self._made(target) or self._attribute(target))

    def _attribute(self, target):
        value = expression_text(_text(target.value))
        node = None if value is None else parse(value)
        if isinstance(node, (ast.Name, ast.Attribute)):
            value = self.scopes.text(target.parent, node)
        annotation = annotation_text(_text(getattr(target, "annotation", None)))
        return {"value": value, "shape": shape_of(value), "annotation": annotation}

    def _made(self, target):
        """A function or class that a value makes: `lambda`, `lru_cache(f)`, `namedtuple(...)`; None for other values."""
        node, scope = value_of(target), target.parent
        if isinstance(node, ast.Lambda):
            return {"kind": "function", "labels": [], "signature": self._signature_of(scope, node.args, None)}
        fields = None if node is None else named_tuple_call(self.scopes, scope, node)
        if fields is not None:
            members = {each["name"]: "%s.%s" % (target.path, each["name"]) for each in fields}
            for path in members.values():
                self.objects[path] = dict(self._common(target, "attribute"), labels=[], body=None)
            constructor = {"parameters": fields, "returns": None}
            return {"kind": "class", "labels": [], "bases": [NAMED_TUPLE], "members": members, "signature": constructor}
        cached = self.scopes.cached(scope, node)
        if cached is not None:
            function, cache = cached
            found = self.scopes.find(scope, function)
            record = None
            if isinstance(function, ast.Lambda):
                record = {"signature": self._signature_of(scope, function.args, None), "decorators": []}
            elif found is not None and found.is_function:
                record = dict(self._common(found, "function"), **self._function(found))
            if record is not None:
                decorators = record["decorators"] + [{"path": cache, "text": cache}]
                return dict(record, kind="function", decorators=decorators)
        return None

    def _function(self, target):
        """A function, with the other definitions that may be behind its name."""
        node = self._node(target)
        stub = self._stub(target.module)
        stub_node = stub.node(_names(target)) if stub is not None and node is not None else None
        return {
            "signature": self._signature(target),
            "overloads": [self._signature(each) for each in target.overloads or []],
            "variants": self._variants(target.parent, self._scope_bindings(target.parent), target.name),
            "stub": self._signature_of(target.parent, stub_node.args, stub_node.returns)
            if isinstance(stub_node, FUNCTIONS)
            else None,
            "warns": node is not None and warns_of_deprecation(node),
        }

    def _fallback(self, module, name, source):
        when, node = _functions(source.bindings, name)[-1]
        text = ast.unparse(node)
        return {
            "kind": "function",
            "file": self._relative(_filepath(module)),
            "line": node.lineno,
            "labels": ["async"] if isinstance(node, ast.AsyncFunctionDef) else [],
            "body": body_hash(text, name),
            "signature": self._signature_of(module, node.args, node.returns),
            "variants": self._variants(module, source.bindings, name),
            "warns": warns_of_deprecation(node),
        }

    def _variants(self, scope, found, name):
        """The signatures of a function that has several definitions, each with the branch it stands in."""
        nodes = _functions(found, name)
        if len(nodes) < 2:
            return []
        return [
            {"when": " and ".join(when), "signature": self._signature_of(scope, node.args, node.returns)}
            for when, node in nodes
        ]

    def _scope_bindings(self, scope):
        if scope.is_module:
            return self._source(_filepath(scope)).bindings
        node = self._node(scope)
        return {} if node is None else self._source(_filepath(scope.module)).bindings_of(node)

    def _node(self, target):
        """The definition of a class or function in the syntax tree; None where griffe made it up."""
        return self._source(_filepath(target.module)).node(_names(target))

    def _class(self, target):
        members = {}
        for name, member in target.all_members.items():
            dunder = name.startswith("__") and name.endswith("__")
            if name.startswith("_") and not dunder:
                continue
            final = self.scopes.final(member)
            if final is None or (dunder and not final.is_function):
                continue
            final = self.scopes.behind(final)
            self._object(final)
            members[name] = final.path
        slots = target.members.get("__slots__")
        try:
            ancestors = [str(base.path) for base in target.mro()]
        except Exception:
            ancestors = []
        record = {
            "members": members,
            "bases": [getattr(base, "canonical_path", None) or str(base) for base in target.bases],
            "ancestors": ancestors,
            "slots": None if slots is None or slots.is_alias else expression_text(_text(slots.value)),
        }
        node = self._node(target)
        if not isinstance(node, ast.ClassDef):
            return record
        fields = named_tuple_fields(self.scopes, target, node)
        if fields is not None:
            record["bases"] = [base for base in record["bases"] if base not in NAMED_TUPLES] + [NAMED_TUPLE]
        else:
            fields = attrs_fields(self.scopes, target, node, self._node)
        if fields is not None:
            record["signature"] = {"parameters": fields, "returns": None}
        record["metaclass"] = metaclass_of(self.scopes, target, node, self._node)
        record["ghosts"] = self._class_ghosts(target, node)
        return record

    def _class_ghosts(self, target, node):
        """Own members that only the stub has. A class with bases may have them from there."""
        stub = self._stub(target.module)
        stub_node = None if stub is None else stub.node(_names(target))
        if stub_node is None or any(ast.unparse(base) != "object" for base in node.bases):
            return []
        return sorted(set(bindings(stub_node.body)) - set(bindings(node.body)) - mentioned(node))

    def _signature(self, function):
        return {
            "parameters": [
                {
                    "name": each.name,
                    "kind": str(getattr(each.kind, "value", each.kind)),
                    "annotation": annotation_text(_text(each.annotation)),
                    "default": None if each.required else self._default(function.parent, _text(each.default)),
                }
                for each in function.parameters
            ],
            "returns": annotation_text(_text(function.returns)),
        }

    def _default(self, scope, text):
        node = None if text is None else parse(text)
        return text if node is None or scope is None else self.scopes.text(scope, node)

    def _signature_of(self, scope, arguments, returns):
        """The signature of a definition that griffe does not keep."""
        plain = arguments.posonlyargs + arguments.args
        defaults = [None] * (len(plain) - len(arguments.defaults)) + arguments.defaults
        kinds = ["positional-only"] * len(arguments.posonlyargs) + ["positional or keyword"] * len(arguments.args)
        rows = list(zip(plain, kinds, defaults))
        if arguments.vararg is not None:
            rows.append((arguments.vararg, "variadic positional", None))
        rows += [(each, "keyword-only", value) for each, value in zip(arguments.kwonlyargs, arguments.kw_defaults)]
        if arguments.kwarg is not None:
            rows.append((arguments.kwarg, "variadic keyword", None))
        return {
            "parameters": [
                {
                    "name": each.arg,
                    "kind": kind,
                    "annotation": None if each.annotation is None else annotation_text(ast.unparse(each.annotation)),
                    "default": self.scopes.text(scope, copy.deepcopy(value)),
                }
                for each, kind, value in rows
            ],
            "returns": None if returns is None else annotation_text(ast.unparse(returns)),
        }

    def _relative(self, path):
        return os.path.relpath(path, self.project).replace(os.sep, "/")

    def _common(self, target, kind):
        is_module = kind == "module"
        return {
            "kind": kind,
            "file": self._relative(_filepath(target)),
            "line": 1 if is_module else target.lineno,
            "labels": sorted(target.labels),
            "decorators": [
                {"path": each.callable_path, "text": expression_text(_text(each.value))}
                for each in ([] if is_module else getattr(target, "decorators", None) or [])
            ],
            "body": None if is_module else body_hash(target.source, target.name),
        }


def _functions(found, name):
    return [(when, node) for when, node in found.get(name, ()) if isinstance(node, FUNCTIONS)]


def _offers_again(source, name):
    return any(
        isinstance(node, ast.ImportFrom) and any(each.name == each.asname == name for each in node.names)
        for _, node in source.bindings.get(name, ())
    )


def _names(target):
    return target.path[len(target.module.path) + 1 :].split(".")
