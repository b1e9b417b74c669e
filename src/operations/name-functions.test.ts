import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createHost } from '#host';
import type { TableRow } from '#profiles';
import type { Interpreter, Settings } from '#project';
import { findPythons } from '../../scripts/pythons.mjs';
import { doubtResumed, moduleOf, nameFunctions } from './name-functions.ts';

const layout = {
  sourceRoots: ['/p/src', '/p'],
  modules: ['shop', 'tools', 'google.ads'],
  renamed: [{ module: 'parts', folder: 'lib/code' }],
};

describe('the module of a file', () => {
  it.each([
    ['src/shop/cart.py', 'shop.cart'],
    ['src/shop/__init__.py', 'shop'],
    ['tools.py', 'tools'],
    ['src/google/ads/api.py', 'google.ads.api'],
    ['src/google/other.py', undefined],
    ['tests/test_cart.py', undefined],
    ['src/shop/data.txt', undefined],
    ['src/shop/not-a-name.py', undefined],
  ])('%s is %s', (file, module) => {
    expect(moduleOf(file, '/p', layout)).toBe(module);
  });

  it('follows a package whose folder has another name', () => {
    const own = { ...layout, modules: [...layout.modules, 'parts'] };
    expect(moduleOf('lib/code/wheel.py', '/p/', own)).toBe('parts.wheel');
  });
});

const SOURCE = `class Cart:
    def items(self):
        def price(item):
            return item
        for item in range(3):
            yield price(item)

async def fetch():
    return 1

def total():
    return sorted([1], key=lambda x: (yield))
`;

describe('the functions of a file', () => {
  it('get their full names, and those whose calls go on again are told', async () => {
    const folder = realpathSync(mkdtempSync(join(tmpdir(), 'strop-names-')));
    const opened = createHost();
    try {
      writeFileSync(join(folder, 'cart.py'), SOURCE);
      const row = (name: string, line: number | null): TableRow => ({
        ...{ function: name, module: null, qualname: null, file: 'cart.py', line, origin: 'mine', calls: 4 },
        ...{ self: 1, inclusive: 1, own: 1, callers: [] },
      });
      const place = {
        root: folder,
        interpreter: { executable: findPythons().at(-1)?.python ?? 'python3' } as Interpreter,
        settings: { sourceRoots: [] as readonly string[] } as Settings,
      };
      const rows = [row('items', 2), row('price', 3), row('fetch', null), row('total', 11)];
      const named = await nameFunctions(opened, place, rows);
      expect(named.map(({ qualname, line, resumes }) => [qualname, line, resumes])).toEqual([
        ['Cart.items', 2, true],
        ['Cart.items.<locals>.price', 3, undefined],
        ['fetch', 8, true],
        ['total', 11, undefined],
      ]);
      expect(doubtResumed(named).map(({ text }) => text)).toEqual([
        expect.stringContaining('Cart.items, fetch.'),
      ]);
      expect(doubtResumed(named.slice(1, 2))).toEqual([]);
    } finally {
      await opened.close();
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
