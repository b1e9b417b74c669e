"""What is public, and what there is to say about one object."""
import os

from api_texts import annotation_text, body_hash, expression_text, shape_of


def _text(expression):
    return None if expression is None else str(expression)


class Recorder:
    """``names`` maps each public path to the path of the object behind it, ``objects`` that path to a record."""

    def __init__(self, griffe, project, modules):
        self.errors = (griffe.AliasResolutionError, griffe.CyclicAliasError)
        self.project = project
        self.modules = modules
        self.names, self.objects, self.exports, self.dynamic = {}, {}, {}, set()

    def module(self, module):
        # An empty list may also be one that griffe could not work out.
        exports = [str(name) for name in module.exports] if module.exports else None
        self.names[module.path] = module.path
        self.objects[module.path] = dict(self._common(module, "module"), defined=sorted(module.members))
        if exports is not None:
            self.exports[module.path] = exports
        for name, member in module.members.items():
            if name == "__getattr__" or (member.is_alias and member.wildcard):
                self.dynamic.add(module.path)
            elif self._is_public(module, name, member, exports):
                self._name("%s.%s" % (module.path, name), member)

    def _is_public(self, module, name, member, exports):
        if not member.is_alias and member.is_module:
            return False  # walked as a module of its own
        if exports is not None:
            return name in exports
        if name.startswith("_"):
            return False
        if not member.is_alias:
            return True
        # What a module imports is its own affair, except where it offers it again: in __init__, as `x as x`, by `*`.
        target = member.target_path
        ours = any(target == own or target.startswith(own + ".") for own in self.modules)
        if not ours or self._final(member) is None:
            return False
        wildcard = getattr(member, "wildcard_imported", False)
        return module.is_init_module or wildcard

    def _final(self, member):
        try:
            return member.final_target if member.is_alias else member
        except self.errors:
            return None

    def _name(self, path, member):
        target = self._final(member)
        if target is None:
            self.names[path] = member.target_path
            self.objects.setdefault(member.target_path, {"kind": "elsewhere", "file": None, "line": None})
            return
        self.names[path] = target.path
        self._object(target)

    def _object(self, target):
        if target.path in self.objects:
            return
        kind = str(getattr(target.kind, "value", target.kind))
        record = self._common(target, kind)
        self.objects[target.path] = record
        if kind == "class":
            record.update(self._class(target))
        elif kind == "function":
            record["signature"] = self._signature(target)
            record["overloads"] = [self._signature(each) for each in target.overloads or []]
        elif kind in ("attribute", "type alias"):
            value = self._value(target)
            record["value"] = expression_text(value)
            record["shape"] = shape_of(value)
            record["annotation"] = annotation_text(_text(getattr(target, "annotation", None)))

    def _value(self, target):
        """The value as text; where that is only the name of another constant of the module, the value of that."""
        value, passed = _text(target.value), set()
        while value is not None and value.isidentifier() and value not in passed:
            passed.add(value)
            other = target.module.members.get(value)
            if other is None or other.is_alias or not other.is_attribute or other.value is None:
                break
            value = _text(other.value)
        return value

    def _class(self, target):
        members = {}
        for name, member in target.all_members.items():
            dunder = name.startswith("__") and name.endswith("__")
            if name.startswith("_") and not dunder:
                continue
            final = self._final(member)
            if final is None or (dunder and not final.is_function):
                continue
            self._object(final)
            members[name] = final.path
        slots = target.members.get("__slots__")
        try:
            ancestors = [str(base.path) for base in target.mro()]
        except Exception:
            ancestors = []
        return {
            "members": members,
            "bases": [getattr(base, "canonical_path", None) or str(base) for base in target.bases],
            "ancestors": ancestors,
            "slots": None if slots is None or slots.is_alias else expression_text(_text(slots.value)),
        }

    def _signature(self, function):
        return {
            "parameters": [
                {
                    "name": each.name,
                    "kind": str(getattr(each.kind, "value", each.kind)),
                    "annotation": annotation_text(_text(each.annotation)),
                    "default": None if each.required else expression_text(_text(each.default)),
                }
                for each in function.parameters
            ],
            "returns": annotation_text(_text(function.returns)),
        }

    def _common(self, target, kind):
        path = target.filepath
        path = str(path[0] if isinstance(path, list) and path else path)
        is_module = kind == "module"
        return {
            "kind": kind,
            "file": os.path.relpath(path, self.project).replace(os.sep, "/"),
            "line": 1 if is_module else target.lineno,
            "labels": sorted(target.labels),
            "decorators": [
                {"path": each.callable_path, "text": expression_text(_text(each.value))}
                for each in ([] if is_module else getattr(target, "decorators", None) or [])
            ],
            "body": None if is_module else body_hash(target.source, target.name),
        }
