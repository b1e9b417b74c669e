"""What a name in an expression stands for, as far as the sources of the project show it."""
import ast

from api_texts import parse

LONGEST = 5_000
CACHES = {"functools.lru_cache", "functools.cache"}
# In these, names may be bound that hide those of the module.
OWN_NAMES = (ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


def value_of(target):
    """The node of an attribute's value, None without one."""
    value = getattr(target, "value", None) if target.is_attribute else None
    return None if value is None else parse(str(value))


def is_constant(target):
    """Whether an attribute belongs to a module or a class; what an instance is given is state."""
    return target.is_attribute and bool({"module-attribute", "class-attribute"} & set(target.labels))


class Scopes:
    def __init__(self, griffe):
        self.errors = (griffe.AliasResolutionError, griffe.CyclicAliasError)

    def final(self, member):
        try:
            return member.final_target if member.is_alias else member
        except self.errors:
            return None

    def find(self, scope, node):
        """The object that `name` or `module.name` stands for in a module or class; None when it is not of the project."""
        if isinstance(node, ast.Attribute):
            holder = self.find(scope, node.value)
            if holder is None or not (holder.is_module or holder.is_class):
                return None
            member = holder.members.get(node.attr)
        elif isinstance(node, ast.Name):
            member = scope.members.get(node.id)
            if member is None and not scope.is_module:
                member = scope.module.members.get(node.id)
        else:
            return None
        return None if member is None else self.final(member)

    def path(self, scope, node):
        """The full path of `name` or `module.name`, also where it is not of the project; None for other expressions."""
        if isinstance(node, ast.Attribute):
            holder = self.path(scope, node.value)
            return None if holder is None else "%s.%s" % (holder, node.attr)
        if not isinstance(node, ast.Name):
            return None
        member = scope.members.get(node.id)
        if member is None and not scope.is_module:
            member = scope.module.members.get(node.id)
        if member is None:
            return node.id
        return member.target_path if member.is_alias else member.path

    def behind(self, target):
        """What `g = f` is another name of, where that is a function or a class; else the attribute itself."""
        found, passed = target, set()
        while found is not None and found.path not in passed and is_constant(found):
            if found.annotation is not None:
                return target
            passed.add(found.path)
            found = self.find(found.parent, value_of(found))
        return found if found is not None and (found.is_function or found.is_class) else target

    def text(self, scope, node):
        """An expression with the values of constants in place of their names."""
        return None if node is None else ast.unparse(_Constants(self, scope, ()).visit(node))

    def cached(self, scope, node):
        """The node of the function in `lru_cache(f)` and `lru_cache(maxsize=None)(f)`, and the path of the cache."""
        if isinstance(node, ast.Call) and len(node.args) == 1 and not node.keywords:
            cache = node.func.func if isinstance(node.func, ast.Call) else node.func
            path = self.path(scope, cache)
            if path in CACHES:
                return node.args[0], path
        return None


class _Constants(ast.NodeTransformer):
    def __init__(self, scopes, scope, passed):
        self.scopes, self.scope, self.passed = scopes, scope, passed

    def visit(self, node):
        return node if isinstance(node, OWN_NAMES) else super().visit(node)

    def visit_Name(self, node):
        return self._constant(node) or node

    def visit_Attribute(self, node):
        return self._constant(node) or self.generic_visit(node)

    def _constant(self, node):
        found = self.scopes.find(self.scope, node)
        if found is None or not is_constant(found) or found.path in self.passed:
            return None
        # What a class gives its members (an enum does) is not what stands there.
        value = value_of(found) if found.parent.is_module or found.parent is self.scope else None
        if value is None or len(str(found.value)) > LONGEST:
            return None
        return _Constants(self.scopes, found.parent, self.passed + (found.path,)).visit(value)
