"""Hook calls with a handful of plugins."""

import pluggy

spec = pluggy.HookspecMarker("demo")
impl = pluggy.HookimplMarker("demo")


class Specification:
    @spec
    def collect(self, value, extra):
        """All answers."""

    @spec(firstresult=True)
    def choose(self, value):
        """The first answer."""


class Plugin:
    @impl
    def collect(self, value):
        return value

    @impl
    def choose(self, value):
        return None


class Wrapper:
    @impl(hookwrapper=True)
    def collect(self, value):
        yield


def _make():
    manager = pluggy.PluginManager("demo")
    manager.add_hookspecs(Specification)
    for number in range(6):
        manager.register(Plugin(), name=f"p{number}")
    return manager


_plain = _make()
_wrapped = _make()
_wrapped.register(Wrapper())


def call():
    for number in range(20):
        _plain.hook.collect(value=number, extra=None)
        _plain.hook.choose(value=number)


def call_wrapped():
    for number in range(20):
        _wrapped.hook.collect(value=number, extra=None)


def register():
    return _make()
