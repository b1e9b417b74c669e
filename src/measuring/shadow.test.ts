import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findPythons } from '../../scripts/pythons.mjs';

const SHIMS = fileURLToPath(new URL('../../python', import.meta.url));

/** A lazy module that tells when it is loaded, modules that answer every question with an error, and a namespace. */
const SCENE = `
import importlib.util, json, sys, types
sys.path[:0] = [SHIMS, SIDE]

spec = importlib.util.find_spec("pkg.lazy")
spec.loader = importlib.util.LazyLoader(spec.loader)
lazy = importlib.util.module_from_spec(spec)
sys.modules["pkg.lazy"] = lazy
spec.loader.exec_module(lazy)

class Evil(types.ModuleType):
    def __getattr__(self, name):
        raise RuntimeError("asked for " + name)

class Slots:
    __slots__ = ()
    def __getattr__(self, name):
        raise RuntimeError("asked for " + name)

sys.modules["pkg.evil"] = Evil("pkg.evil")
sys.modules["pkg.slots"] = Slots()
sys.modules["pkg.none"] = None
import space.inner

from _strop import own_code, shadow
print(json.dumps({
    "from": shadow.loaded_from(["pkg", "space"]),
    "below": shadow.loaded_below(SIDE),
    "code": own_code.loaded_code({"root": SIDE, "file": None}),
    "elsewhere": shadow.loaded_elsewhere(SIDE, SIDE),
    "loaded": getattr(sys, "lazy_was_loaded", False),
}))
`;

let side: string;

beforeEach(() => {
  side = realpathSync(mkdtempSync(join(tmpdir(), 'strop-shadow-')));
  mkdirSync(join(side, 'pkg'));
  mkdirSync(join(side, 'space'));
  writeFileSync(join(side, 'pkg/__init__.py'), '');
  writeFileSync(join(side, 'pkg/lazy.py'), 'import sys\nsys.lazy_was_loaded = True\n');
  writeFileSync(join(side, 'space/inner.py'), '');
});
afterEach(() => {
  rmSync(side, { recursive: true, force: true });
});

describe('where modules came from', () => {
  it.each(findPythons().map(({ version, python }) => [version, python] as const))(
    'is told by Python %s without loading a lazy module, whatever stands among the modules',
    (_version, python) => {
      const scene = `SHIMS, SIDE = ${JSON.stringify([SHIMS, side])}\n${SCENE}`;
      const ran = spawnSync(python, ['-I', '-S', '-B', '-c', scene], { encoding: 'utf8' });
      expect(ran.stderr).toBe('');
      const names = ['pkg', 'pkg.lazy', 'space', 'space.inner'];
      const files = ['pkg/__init__.py', 'pkg/lazy.py', 'space', 'space/inner.py'];
      const found = names.map((name, index) => [name, join(side, files[index] ?? '')]);
      expect(JSON.parse(ran.stdout)).toEqual({
        from: found,
        below: 3,
        code: 3,
        elsewhere: found.filter(([name]) => name !== 'space'),
        loaded: false,
      });
    },
  );
});
