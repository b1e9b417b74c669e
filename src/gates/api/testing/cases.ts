/** A pair of trees, and what the gate has to say of them: findings without their place, notes, and new names. */
export interface ApiCase {
  readonly title: string;
  /** Path below the package to content; a single text is `__init__.py`. */
  readonly a: string | Readonly<Record<string, string>>;
  readonly b: string | Readonly<Record<string, string>>;
  readonly findings?: readonly string[];
  readonly added?: readonly string[];
  readonly notes?: readonly string[];
}

/** `PKG` stands for the package of the case. */
export const CASES: readonly ApiCase[] = [
  {
    title: 'a removed function',
    a: 'def keep(): pass\ndef total(items):\n    return sum(items)\n',
    b: 'def keep(): pass\n',
    findings: ['PKG.total: removed'],
  },
  {
    title: 'a renamed function',
    a: 'def total(items):\n    return sum(items) if items else total([0])\n',
    b: 'def amount(items):\n    return sum(items) if items else amount([0])\n',
    findings: ['PKG.total: renamed to PKG.amount'],
    added: ['PKG.amount'],
  },
  {
    title: 'a function moved to another module',
    a: { '__init__.py': '', 'one.py': 'def walk(tree):\n    return list(tree)\n', 'two.py': '' },
    b: { '__init__.py': '', 'one.py': '', 'two.py': 'def walk(tree):\n    return list(tree)\n' },
    findings: ['PKG.one.walk: moved to PKG.two.walk'],
    added: ['PKG.two.walk'],
  },
  {
    title: 'a changed default',
    a: 'def f(a, limit=10, quote="x"): pass\n',
    b: "def f(a, limit=20, quote='x'): pass\n",
    findings: ['PKG.f(limit): default changed 10 -> 20'],
  },
  {
    title: 'a parameter that became keyword-only',
    a: 'def f(a, b=1): pass\n',
    b: 'def f(a, *, b=1): pass\n',
    findings: ['PKG.f(b): kind changed positional or keyword -> keyword-only'],
  },
  {
    title: 'a parameter that became positional-only',
    a: 'def f(a): pass\n',
    b: 'def f(a, /): pass\n',
    findings: ['PKG.f(a): kind changed positional or keyword -> positional-only'],
  },
  {
    title: 'a parameter that takes more than before',
    a: 'def f(a, /, *, k): pass\n',
    b: 'def f(a, k): pass\n',
  },
  {
    title: 'another name of a positional-only parameter',
    a: 'def f(a, /): pass\n',
    b: 'def f(first, /): pass\n',
  },
  {
    title: 'removed, renamed and moved parameters',
    a: 'def gone(a, b, c): pass\ndef named(a, b): pass\ndef swapped(a, b): pass\ndef star(*args, **kw): pass\n',
    b: 'def gone(a, c): pass\ndef named(a, other): pass\ndef swapped(b, a): pass\ndef star(): pass\n',
    findings: [
      'PKG.gone(b): removed',
      'PKG.named(b): renamed to other',
      'PKG.star(**kw): removed',
      'PKG.star(*args): removed',
      'PKG.swapped(a): moved from position 1 to 2',
      'PKG.swapped(b): moved from position 2 to 1',
    ],
  },
  {
    title: 'parameters that *args and **kwargs take in',
    a: 'def f(a, *, b): pass\n',
    b: 'def f(*args, **kwargs): pass\n',
  },
  {
    title: 'a parameter that became required, a new required one, and a new optional one',
    a: 'def f(a=1): pass\ndef g(): pass\ndef h(): pass\n',
    b: 'def f(a): pass\ndef g(b): pass\ndef h(b=1): pass\n',
    findings: ['PKG.f(a): is required now (default was 1)', 'PKG.g(b): added, and required'],
  },
  {
    title: 'a changed return annotation, a removed one, and a new one',
    a: 'def f() -> list: pass\ndef g() -> int: pass\ndef h(): pass\ndef k() -> None: pass\n',
    b: 'def f() -> tuple: pass\ndef g(): pass\ndef h() -> int: pass\ndef k() -> int: pass\n',
    findings: [
      'PKG.f: return annotation changed list -> tuple',
      'PKG.g: return annotation removed (was int)',
      'PKG.k: return annotation changed None -> int',
    ],
  },
  {
    title: 'return annotations that are written in another way',
    a:
      'import typing\nfrom typing import Dict, List, Optional, Union\n' +
      'def f() -> Optional[List[int]]: pass\ndef g() -> Union[str, int]: pass\ndef h() -> "typing.Dict[str, int]": pass\n' +
      'def k() -> typing.Literal["a"]: pass\ndef m() -> Union[None, Dict[str, Union[int, List[str]]]]: pass\n',
    b:
      'from __future__ import annotations\nfrom typing import Literal\n' +
      'def f() -> list[int] | None: pass\ndef g() -> int | str: pass\ndef h() -> dict[str, int]: pass\n' +
      'def k() -> Literal["a"]: pass\ndef m() -> dict[str, list[str] | int] | None: pass\n',
  },
  {
    title: 'a name taken out of __all__, and one put in',
    a: '__all__ = ["f", "g"]\ndef f(): pass\ndef g(): pass\ndef h(): pass\n',
    b: '__all__ = ["g", "h"]\ndef f(): pass\ndef g(): pass\ndef h(): pass\n',
    findings: ['PKG.f: is not in __all__ any more'],
    added: ['PKG.h'],
  },
  {
    title: 'an __all__ that appears, and one that goes',
    a: {
      '__init__.py': '',
      'one.py': 'def f(): pass\ndef g(): pass\n',
      'two.py': '__all__ = ["f"]\ndef f(): pass\n',
    },
    b: {
      '__init__.py': '',
      'one.py': '__all__ = ["g"]\ndef f(): pass\ndef g(): pass\n',
      'two.py': 'def f(): pass\n',
    },
    findings: ['PKG.one.f: is not in __all__ any more'],
    notes: ['PKG.two has no __all__ any more: `import *` takes other names'],
  },
  {
    title: 'a name in __all__ that is made while the module runs',
    a: '__all__ = ["f", "made"]\ndef f(): pass\nglobals()["made"] = 1\n',
    b: '__all__ = ["f"]\ndef f(): pass\n',
    findings: ["PKG.__all__: 'made' removed"],
  },
  {
    title: 'a name with an underscore that __all__ makes public',
    a: '__all__ = ["_f"]\ndef _f(a=1): pass\n',
    b: '__all__ = ["_f"]\ndef _f(a=2): pass\n',
    findings: ['PKG._f(a): default changed 1 -> 2'],
  },
  {
    title: 'a re-export that is gone',
    a: { '__init__.py': 'from .core import total\n', 'core.py': 'def total(): return 1\n' },
    b: { '__init__.py': '', 'core.py': 'def total(): return 1\n' },
    findings: ['PKG.total: moved to PKG.core.total'],
    notes: ['PKG.core does not come with the import of PKG any more'],
  },
  {
    title: 'a change behind a re-export from a private module, told by its public name',
    a: {
      '__init__.py': 'from ._core import total\n',
      '_core.py': 'def total(a=1): pass\ndef other(a=1): pass\n',
    },
    b: {
      '__init__.py': 'from ._core import total\n',
      '_core.py': 'def total(a=2): pass\ndef other(a=2): pass\n',
    },
    findings: ['PKG.total(a): default changed 1 -> 2'],
  },
  {
    title: 'an implementation that moves behind a re-export',
    a: { '__init__.py': 'from ._core import total\n', '_core.py': 'def total(a=1): pass\n' },
    b: { '__init__.py': 'from ._fast import total\n', '_fast.py': 'def total(a=1): pass\n' },
  },
  {
    title: 'a change that can be reached by two names, told once',
    a: { '__init__.py': 'from .core import *\n', 'core.py': 'def total(a=1): pass\n' },
    b: { '__init__.py': 'from .core import *\n', 'core.py': 'def total(a=2): pass\n' },
    findings: ['PKG.total(a): default changed 1 -> 2'],
  },
  {
    title: 'imports that are nobody else’s business',
    a: {
      '__init__.py': 'import os\nfrom json import dumps\n',
      'one.py': 'from .two import f\n',
      'two.py': 'def f(): pass\n',
    },
    b: { '__init__.py': '', 'one.py': '', 'two.py': 'def f(): pass\n' },
  },
  {
    title: 'a stub beside the module',
    a: { '__init__.py': '', 'fast.py': 'def f(x): return x\n', 'fast.pyi': 'def f(x: int) -> int: ...\n' },
    b: { '__init__.py': '', 'fast.py': 'def f(x): return x\n', 'fast.pyi': 'def f(x: int) -> str: ...\n' },
    findings: ['PKG.fast.f: return annotation changed int -> str'],
  },
  {
    title: 'a deprecation that appears, and one that goes',
    a: 'from warnings import deprecated\ndef f(): pass\n@deprecated("no")\ndef g(): pass\n',
    b: 'from typing_extensions import deprecated\n@deprecated("no")\ndef f(): pass\ndef g(): pass\n',
    findings: ['PKG.f: is deprecated now', 'PKG.g: is not deprecated any more'],
  },
  {
    title: 'private names, modules and methods',
    a: {
      '__init__.py':
        'def _f(a): pass\n_X = 1\nclass _C:\n    def m(self): pass\nclass C:\n    def _m(self, a): pass\n',
      '_mod.py': 'def f(): pass\n',
      'tests/__init__.py': 'def f(): pass\n',
      'test_one.py': 'def f(): pass\n',
    },
    b: { '__init__.py': '_X = 2\nclass C:\n    pass\n' },
  },
  {
    title: 'methods and attributes of a class',
    a: 'class C:\n    size = 1\n    def __init__(self, a): self.items = []\n    def m(self, a): pass\n    def gone(self): return 7\n    def __len__(self): return 1\n',
    b: 'class C:\n    size = 2\n    def __init__(self, a, b): self.items = {}\n    def m(self): pass\n    def left(self): return 7\n    def more(self): pass\n',
    findings: [
      'PKG.C.__len__: removed',
      'PKG.C.gone: renamed to left',
      'PKG.C.__init__(b): added, and required',
      'PKG.C.m(a): removed',
      'PKG.C.size: value changed 1 -> 2',
    ],
    added: ['PKG.C.left', 'PKG.C.more'],
  },
  {
    title: 'a method that moves to a base class, and a change in a base class, told once',
    a: 'class Base:\n    def b(self, x=1): pass\nclass C(Base):\n    def m(self): pass\n',
    b: 'class Base:\n    def b(self, x=2): pass\n    def m(self): pass\nclass C(Base):\n    pass\n',
    findings: ['PKG.Base.b(x): default changed 1 -> 2'],
    added: ['PKG.Base.m'],
  },
  {
    title: 'a base class that is gone, and one that stands higher up',
    a: 'class A(ValueError): pass\nclass Mid: pass\nclass Low(Mid): pass\nclass B(Mid): pass\n',
    b: 'class A: pass\nclass Mid: pass\nclass Low(Mid): pass\nclass B(Low): pass\n',
    findings: ['PKG.A: base class ValueError removed'],
  },
  {
    title: 'async and not',
    a: 'async def f(): pass\ndef g(): pass\n',
    b: 'def f(): pass\nasync def g(): pass\n',
    findings: ['PKG.f: was async and is not any more', 'PKG.g: is async now: callers must await it'],
  },
  {
    title: 'a method that became a property, and other kinds',
    a: 'from functools import partial\nclass C:\n    def m(self): pass\n    def s(self): pass\ndef f(a): pass\ndef g(a): pass\nclass K: pass\n',
    b: 'from functools import partial\nclass C:\n    @property\n    def m(self): pass\n    @staticmethod\n    def s(self): pass\ndef _f(a): pass\nf = partial(_f, 1)\nclass g: pass\ndef K(): pass\n',
    findings: [
      'PKG.C.m: function turned into property',
      'PKG.K: class turned into function',
      'PKG.f: function turned into attribute (partial(_f, 1))',
      'PKG.g: function turned into class',
      'PKG.C.s: is a staticmethod now',
    ],
  },
  {
    title: 'a property that cannot be set any more, and one that is kept',
    a: 'class C:\n    @property\n    def p(self) -> int: return 1\n    @p.setter\n    def p(self, v): pass\n    @property\n    def q(self) -> int: return 1\n',
    b: 'from functools import cached_property\nclass C:\n    @property\n    def p(self) -> str: return ""\n    @cached_property\n    def q(self) -> int: return 1\n',
    findings: ['PKG.C.p: cannot be set any more', 'PKG.C.p: return annotation changed int -> str'],
    notes: ['PKG.C.q is computed once now'],
  },
  {
    title: 'a cache around a function',
    a: 'import functools\ndef f(a): return a\ndef g(a): return a\n',
    b: 'import functools\n@functools.lru_cache(maxsize=None)\ndef f(a): return a\ndef _g(a): return a\ng = functools.cache(_g)\n',
    notes: [
      'PKG.f keeps its results now: arguments must be hashable, and equal calls give the same object',
      'PKG.g keeps its results now: arguments must be hashable, and equal calls give the same object',
    ],
  },
  {
    title: 'another decorator, and slots of a dataclass',
    a: 'from contextlib import contextmanager\nfrom dataclasses import dataclass\n@contextmanager\ndef f(): yield\n@dataclass\nclass D:\n    a: int = 1\n@dataclass\nclass E:\n    a: int = 1\nclass S: pass\n',
    b: 'from contextlib import contextmanager\nfrom dataclasses import dataclass\ndef f(): yield\n@dataclass(slots=True)\nclass D:\n    a: int = 1\n@dataclass(frozen=True)\nclass E:\n    a: int = 1\nclass S:\n    __slots__ = ("a",)\n',
    findings: [
      'PKG.E: decorators changed @dataclass -> @dataclass(frozen=True)',
      'PKG.f: decorators changed @contextmanager -> none',
    ],
    notes: ['PKG.S has __slots__ now: instances take no other attributes'],
  },
  {
    title: 'values and types of constants',
    a: 'from typing import Final\nimport re\nLIMIT: Final = 10\nNAMES = ["a", "b"]\nSAME = 1000\nRX = re.compile("a")\nTABLE = [1, 4]\nT: int = 1\n__version__ = "1"\n',
    b: 'import re\nLIMIT = 20\nNAMES = frozenset(["a", "b"])\nSAME = 1_000\nRX = re.compile("[a]")\nTABLE = [x * x for x in (1, 2)]\nT: float = 1\n__version__ = "2"\n',
    findings: [
      'PKG.LIMIT: value changed 10 -> 20',
      "PKG.NAMES: value changed ['a', 'b'] -> frozenset(['a', 'b'])",
      'PKG.T: type changed int -> float',
    ],
    notes: [
      "PKG.RX is computed in another way: re.compile('a') -> re.compile('[a]')",
      'PKG.TABLE is computed in another way: [1, 4] -> [x * x for x in (1, 2)]',
    ],
  },
  {
    title: 'constants that are the names of others, and the version',
    a: '__all__ = ["LIMIT", "SIZE", "__version__"]\nLIMIT = 10\nSIZE = 1\n__version__ = "1"\n',
    b: '__all__ = ["LIMIT", "SIZE", "__version__"]\n_A = _B = 10\n_C = _A\nLIMIT = _C\nSIZE = _B\n__version__ = "2"\n',
    findings: ['PKG.SIZE: value changed 1 -> 10'],
    notes: ["PKG.__version__ is another: '1' -> '2'"],
  },
  {
    title: 'a private base class that is gone, and a public one behind it',
    a: 'class P: pass\nclass _H(P): pass\nclass A(_H): pass\nclass B(_H): pass\n',
    b: 'class P: pass\nclass _H(P): pass\nclass A(P): pass\nclass B: pass\n',
    findings: ['PKG.B: base class PKG.P removed'],
  },
  {
    title: 'overloads',
    a: 'from typing import overload\n@overload\ndef f(a: int) -> int: ...\n@overload\ndef f(a: str) -> str: ...\ndef f(a): return a\n',
    b: 'from typing import overload\n@overload\ndef f(a: str) -> str: ...\n@overload\ndef f(a: bytes) -> bytes: ...\ndef f(a): return a\n',
    findings: ['PKG.f: 1 of 2 overloads removed or changed'],
  },
  {
    title: 'a module that is gone, told once',
    a: { '__init__.py': '', 'one.py': 'def first(): pass\ndef second(): pass\n' },
    b: { '__init__.py': '' },
    findings: ['PKG.one: removed'],
  },
  {
    title: 'new modules, functions and classes',
    a: { '__init__.py': '' },
    b: { '__init__.py': '', 'one.py': 'def first(): pass\nclass K:\n    def m(self): pass\n' },
    added: ['PKG.one', 'PKG.one.K', 'PKG.one.first'],
  },
  {
    title: 'bodies, comments and docstrings',
    a: 'def f(a: int = 1) -> int:\n    return a\n',
    b: '"""Docs."""\n# more\ndef f(a: int = 1) -> int:\n    """Doc."""\n    x = a\n    return x\n',
  },
];
