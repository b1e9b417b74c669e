import type { ApiCase } from './cases.ts';

/** Cases that need more than one definition looked at: what is behind names, in branches, in stubs and in `__all__`. */
export const SOURCE_CASES: readonly ApiCase[] = [
  {
    title: 'a re-export as `x as x` that is gone',
    a: { '__init__.py': '', 'one.py': 'from .two import f as f\n', 'two.py': 'def f(): return 27\n' },
    b: { '__init__.py': '', 'one.py': '', 'two.py': 'def f(): return 27\n' },
    findings: ['PKG.one.f: moved to PKG.two.f'],
  },
  {
    title: 'implementations that move behind the module that had them',
    a: {
      '__init__.py': '',
      'core.py': 'def total(x): return x\ndef fast(x): return -x\nclass Base: pass\nclass C(Base): pass\n',
    },
    b: {
      '__init__.py': '',
      'core.py':
        'from ._total import total\nfrom ._total import fast as fast\nfrom ._base import Base\nclass C(Base): pass\n',
      '_total.py': 'def total(x): return x\ndef fast(x): return -x\n',
      '_base.py': 'class Base: pass\n',
    },
  },
  {
    title: 'an implementation that moves and changes',
    a: { '__init__.py': '', 'core.py': 'def total(x): return x\ndef other(x): pass\n' },
    b: {
      '__init__.py': '',
      'core.py': 'from ._total import total\nfrom json import dumps as other\n',
      '_total.py': 'def total(x, y): return x\n',
    },
    findings: [
      'PKG.core.other: comes from elsewhere now (json.dumps), where it cannot be compared',
      'PKG.core.total(y): added, and required',
    ],
  },
  {
    title: 'a name that was imported in one branch already',
    a: 'try:\n    from typing import Protocol\nexcept ImportError:\n    class Protocol:\n        def m(self): pass\nclass C(Protocol): pass\n',
    b: 'from typing import Protocol\nclass C(Protocol): pass\n',
  },
  {
    title: 'defaults behind the names of constants',
    a: {
      '__init__.py': '',
      '_values.py': 'SIZE = 3\n',
      'core.py':
        '_D = 10\n_S = object()\ndef f(x=_D): pass\ndef g(x=10): pass\ndef h(x=_D * 2): pass\ndef k(x=_S): pass\ndef m(x=3): pass\nclass C:\n    _L = 1\n    def m(self, a=_L): pass\n',
    },
    b: {
      '__init__.py': '',
      '_values.py': 'SIZE = 3\n',
      'core.py':
        'from ._values import SIZE\nfrom . import _values\n_E = 10\n_D = 20\n_T = object()\ndef f(x=_D): pass\ndef g(x=_E): pass\ndef h(x=_D * 2): pass\ndef k(x=_T): pass\ndef m(x=_values.SIZE): pass\nclass C:\n    _L = 2\n    def m(self, a=_L): pass\n',
    },
    findings: [
      'PKG.core.C.m(a): default changed 1 -> 2',
      'PKG.core.f(x): default changed 10 -> 20',
      'PKG.core.h(x): default changed 10 * 2 -> 20 * 2',
    ],
  },
  {
    title: 'functions that are another name of others',
    a: 'def _f(a): pass\ndef f(a): pass\ndef h(a): pass\ng = _f\none = f\ndef two(a): pass\nthree = f\nclass C:\n    def m(self, a): pass\n    n = m\n',
    b: 'def _f(a, b): pass\ndef f(a): pass\ndef h(a): pass\ng = _f\ndef one(a): pass\ntwo = f\nthree = h\nclass C:\n    def m(self, a): pass\n    def n(self): pass\n',
    findings: ['PKG.C.n(a): removed', 'PKG.g(b): added, and required'],
    notes: ['PKG.three is another name of PKG.h now, and was one of PKG.f'],
  },
  {
    title: 'both names of one function that is gone',
    a: 'def keep(): pass\ndef f(a): return a\ng = f\n',
    b: 'def keep(): pass\n',
    findings: ['PKG.f: removed', 'PKG.g: removed'],
  },
  {
    title: 'functions that an expression makes',
    a: 'from functools import lru_cache\ndef f(a, b=1): return a\ng = lambda a, b=1: a\ndef h(a): return a\nk = lambda a: a\n',
    b: 'from functools import lru_cache\ndef _f(a): return a\nf = lru_cache(maxsize=None)(_f)\ng = lambda a: a\nh = lambda a: a\ndef k(a): return a\n',
    findings: ['PKG.f(b): removed', 'PKG.g(b): removed'],
    notes: ['PKG.f keeps its results now: arguments must be hashable, and equal calls give the same object'],
  },
  {
    title: 'fields of named tuples',
    a: 'from collections import namedtuple\nfrom typing import NamedTuple\nP = namedtuple("P", "x y")\nclass Q(NamedTuple):\n    x: int\n    y: int\nclass R(namedtuple("R", ["x", "y"])):\n    pass\nS = namedtuple("S", "x, y", defaults=(1,))\nT = namedtuple("T", "x")\n',
    b: 'from collections import namedtuple\nfrom typing import NamedTuple\nP = namedtuple("P", "y x")\nclass Q(NamedTuple):\n    y: int\n    x: int\nclass R(namedtuple("R", ["y", "x"])):\n    pass\nS = namedtuple("S", ("x", "y"), defaults=(2,))\nT = namedtuple("T", "x z", defaults=[0])\n',
    findings: [
      'PKG.P(x): moved from position 1 to 2',
      'PKG.P(y): moved from position 2 to 1',
      'PKG.Q(x): moved from position 1 to 2',
      'PKG.Q(y): moved from position 2 to 1',
      'PKG.R(x): moved from position 1 to 2',
      'PKG.R(y): moved from position 2 to 1',
      'PKG.S(y): default changed 1 -> 2',
      'PKG.T: fields changed (x) -> (x, z)',
    ],
    added: ['PKG.T.z'],
  },
  {
    title: 'fields that attrs and dataclasses make parameters of',
    a: 'import attr\nimport attrs\nfrom attrs import define, field\nfrom dataclasses import dataclass\n@attr.s\nclass A:\n    x = attr.ib()\n    _y = attr.ib(default=1)\n@attr.s(auto_attribs=True)\nclass B:\n    x: int\n    y: int\n@define\nclass C(B):\n    z: int = field(factory=list)\n@attrs.frozen\nclass E:\n    x: int\n@dataclass\nclass D:\n    x: int\n    y: int\n',
    b: 'import attr\nimport attrs\nfrom attrs import define, field\nfrom dataclasses import dataclass\n@attr.s\nclass A:\n    x = attr.ib()\n    _y = attr.ib(default=2)\n@attr.s(auto_attribs=True)\nclass B:\n    y: int\n    x: int\n@define\nclass C(B):\n    z: int = field()\n@attrs.frozen\nclass E:\n    x: int\n    _hidden: int\n@dataclass\nclass D:\n    y: int\n    x: int\n',
    findings: [
      'PKG.A(y): default changed 1 -> 2',
      'PKG.B(x): moved from position 1 to 2',
      'PKG.B(y): moved from position 2 to 1',
      'PKG.C(x): moved from position 1 to 2',
      'PKG.C(y): moved from position 2 to 1',
      'PKG.C(z): is required now (default was list)',
      'PKG.D.__init__(x): moved from position 2 to 3',
      'PKG.D.__init__(y): moved from position 3 to 2',
      'PKG.E(hidden): added, and required',
    ],
    notes: ['PKG.C.z is computed in another way: field(factory=list) -> field()'],
  },
  {
    title: 'a metaclass that is gone, and one that a base class brings',
    a: 'import abc\nfrom enum import EnumMeta\nclass A(metaclass=abc.ABCMeta): pass\nclass B(metaclass=abc.ABCMeta): pass\nclass C(metaclass=abc.ABCMeta): pass\n',
    b: 'import abc\nfrom enum import EnumMeta\nclass A: pass\nclass B(abc.ABC): pass\nclass C(metaclass=EnumMeta): pass\n',
    findings: [
      'PKG.A: metaclass abc.ABCMeta removed',
      'PKG.C: metaclass changed abc.ABCMeta -> enum.EnumMeta',
    ],
  },
  {
    title: 'an __all__ that statements build',
    a: {
      '__init__.py':
        'from .m import *\nfrom . import m\n__all__ = ["x"] + m.__all__\n__all__ += ["y"]\nx = y = 1\n',
      'm.py':
        '__all__ = ["f"]\n__all__.append("g")\n__all__.extend(["h", "k"])\n__all__.remove("k")\ndef f(): pass\ndef g(): pass\ndef h(): pass\ndef k(): pass\n',
      'none.py': '__all__ = ["f"]\ndef f(): pass\n',
      'star.py': 'from .m import __all__ as _m\nfrom .m import *\n__all__ = ["x", *_m]\nx = 1\n',
    },
    b: {
      '__init__.py': 'from .m import *\nfrom . import m\n__all__ = ["x"] + m.__all__\nx = y = 1\n',
      'm.py':
        '__all__ = ["f"]\n__all__.append("g")\ndef f(): pass\ndef g(): pass\ndef h(): pass\ndef k(): pass\n',
      'none.py': '__all__ = ()\ndef f(): pass\n',
      'star.py': 'from .m import __all__ as _m\nfrom .m import *\n__all__ = ["x", *_m]\nx = 1\n',
    },
    findings: [
      'PKG.h: removed',
      'PKG.none.f: is not in __all__ any more',
      'PKG.y: is not in __all__ any more',
    ],
  },
  {
    title: 'an optional parameter before *args',
    a: 'def f(a, *args): pass\ndef g(a, *args): pass\n',
    b: 'def f(a, b=1, *args): pass\ndef g(a, *args, b=1): pass\n',
    findings: ['PKG.f(b): added, and takes an argument that went to *args'],
  },
  {
    title: 'submodules that come with their package',
    a: {
      '__init__.py': 'from . import one\nfrom . import three\nfrom .two import f\n',
      'one.py': '',
      'two.py': 'def f(): pass\n',
      'three.py': '',
    },
    b: {
      '__init__.py': 'from .two import f\n',
      'one.py': '',
      'two.py': 'from . import three\ndef f(): pass\n',
      'three.py': '',
    },
    findings: ['PKG.one: does not come with PKG any more'],
  },
  {
    title: 'a definition that is deleted again',
    a: 'def f(): pass\ndef _g(): pass\ndef h(): pass\ndel h\n',
    b: 'def f(): pass\ndel f\ndef h(): pass\ndel h\n',
    findings: ['PKG.f: removed'],
  },
  {
    title: 'a deprecation in the body of a function',
    a: 'import warnings\ndef f(): return 1\nclass C:\n    def m(self): pass\ndef g(): return 1\n',
    b: 'import warnings\ndef f():\n    warnings.warn("no", DeprecationWarning, stacklevel=2)\n    return 1\nclass C:\n    def m(self): warnings.warn("no", category=FutureWarning)\ndef g():\n    warnings.warn("slow", UserWarning)\n    return 1\n',
    notes: ['PKG.C.m warns that it is deprecated now', 'PKG.f warns that it is deprecated now'],
  },
  {
    title: 'definitions in branches',
    a: 'import sys\nif sys.version_info >= (3, 8):\n    def f(a, b=1): pass\nelse:\n    def f(a, b=1): pass\ndef g(a, b=1): pass\ntry:\n    from _accel import g\nexcept ImportError:\n    pass\nif sys.version_info < (3, 9):\n    def h(a): pass\nelse:\n    def h(a, b=1): pass\n',
    b: 'import sys\nif sys.version_info >= (3, 8):\n    def f(a): pass\nelse:\n    def f(a, b=1): pass\ndef g(a): pass\ntry:\n    from _accel import g\nexcept ImportError:\n    pass\ndef h(a, b=1): pass\n',
    findings: ['PKG.f(b): removed, where sys.version_info >= (3, 8)', 'PKG.g(b): removed'],
  },
  {
    title: 'what a stub still has, and what only the stub changes',
    a: {
      '__init__.py': '',
      'm.py':
        'def f(x=1): pass\ndef g(): pass\nclass C:\n    def m(self): pass\n    def n(self): self.k = 1\nsetattr(C, "late", 1)\n',
      'm.pyi':
        'def f(x: int = 1) -> int: ...\ndef g() -> int: ...\nclass C:\n    k: int\n    late: int\n    def m(self) -> None: ...\n    def n(self) -> None: ...\n',
    },
    b: {
      '__init__.py': '',
      'm.py': 'def f(x=1): pass\nclass C:\n    def n(self): self.k = 1\nsetattr(C, "late", 1)\n',
      'm.pyi':
        'def f(x: int = 2) -> int: ...\ndef g() -> int: ...\nclass C:\n    k: int\n    late: int\n    def m(self) -> None: ...\n    def n(self) -> None: ...\n',
    },
    findings: [
      'PKG.m.C.m: removed',
      'PKG.m.f(x): default changed 1 -> 2 in the stub',
      'PKG.m.g: removed, though its stub still has it',
    ],
  },
  {
    title: 'a default that a stub leaves out',
    a: { '__init__.py': '', 'm.py': 'def f(x=1): pass\n', 'm.pyi': 'def f(x: int = ...) -> int: ...\n' },
    b: { '__init__.py': '', 'm.py': 'def f(x=1): pass\n', 'm.pyi': 'def f(x: int = 1) -> int: ...\n' },
  },
  {
    title: 'public modules with the names of tests, and tests with open names',
    a: {
      '__init__.py': '',
      'benchmarks.py': 'def run(a): pass\n',
      'x_test.py': 'def chi_square(a): pass\n',
      'y_test.py': 'def helper(a): pass\ndef test_y(): pass\n',
      'test_z.py': 'def helper(a): pass\n',
    },
    b: {
      '__init__.py': '',
      'benchmarks.py': 'def run(a, b): pass\n',
      'x_test.py': 'def chi_square(a, b): pass\n',
      'y_test.py': 'def helper(a, b): pass\ndef test_y(): pass\n',
      'test_z.py': 'def helper(a, b): pass\n',
    },
    findings: ['PKG.benchmarks.run(b): added, and required', 'PKG.x_test.chi_square(b): added, and required'],
  },
  {
    title: 'a name that nothing in its module makes, though the module could',
    a: 'def f(a): pass\ndef g(): pass\n',
    b: 'def g(): pass\ndef __getattr__(name):\n    raise AttributeError(name)\n',
    findings: ['PKG.f: removed'],
  },
  {
    title: 'names that `import *` of the standard library does not have, and one that it has',
    a: 'def f(a): pass\ndef sqrt(x): pass\n',
    b: 'from math import *\n',
    findings: ['PKG.f: removed'],
  },
];
