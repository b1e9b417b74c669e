import { afterEach, describe, expect, it } from 'vitest';
import { openTrees } from '../testing/two-trees.ts';
import type { Tree, TwoTrees } from '../testing/two-trees.ts';
import { checkOneChange } from './one-change.ts';
import type { OneChangeCheck } from './one-change.ts';

const STORE = `"""Keeps things."""


class Store:
    def __init__(self):
        self._items = []

    def add(self, item):
        self._items.append(item)
`;
const SCAN = `from pkg.store import Store


def scan(store: Store):
    return [item for item in store._items]


def unrelated(x):
    return sorted(x)[0]
`;
const COUNT = `def count(store):
    """How many."""
    return len(store._items)
`;
const RATES = `import re


def parse(text):
    return re.sub("x", "", text)


def price(cents):
    total = 0
    for cent in cents:
        total += cent
    return total
`;

const BASE: Tree = {
  'src/pkg/__init__.py': '',
  'src/pkg/store.py': STORE,
  'src/pkg/scan.py': SCAN,
  'src/pkg/count.py': COUNT,
  'src/pkg/rates.py': RATES,
  'src/pkg/_speed.c': '#include <Python.h>\n',
};

let trees: TwoTrees;

async function check(
  edits: Readonly<Record<string, ((text: string) => string) | string | null>>,
  more: { reason?: string; prefix?: string; base?: Tree } = {},
): Promise<OneChangeCheck> {
  const base = more.base ?? BASE;
  const change = Object.fromEntries(
    Object.entries(edits).map(([path, edit]) => [
      path,
      typeof edit === 'function' ? edit(base[path] ?? '') : edit,
    ]),
  );
  trees = await openTrees(base, change, more);
  const code = await trees.changed();
  return checkOneChange(trees.host, { sides: trees.sides, code, reason: more.reason ?? null });
}

const replace =
  (from: string, to: string) =>
  (text: string): string => {
    if (!text.includes(from)) throw new Error(`${from} is not in the text`);
    return text.replace(from, to);
  };

const PRICE = replace(
  '    total = 0\n    for cent in cents:\n        total += cent\n    return total',
  '    return sum(cents)',
);
const UNRELATED = replace('sorted(x)[0]', 'min(x)');

afterEach(async () => {
  await trees.close();
});

describe('one change', () => {
  it.each<[string, Parameters<typeof check>[0], readonly string[]]>([
    ['one function', { 'src/pkg/rates.py': PRICE }, ['src/pkg/rates.py: price (8-9)']],
    [
      'a function with a new helper in a new file',
      {
        'src/pkg/fast.py': 'def _add(cents):\n    return sum(cents)\n\n\ndef other():\n    pass\n',
        'src/pkg/rates.py': (text) => `from pkg.fast import _add\n${PRICE(text).replace('sum', '_add')}`,
      },
      [
        'src/pkg/fast.py: _add (added, 1-2), other (added, 5-6); src/pkg/rates.py: import of _add (added, 1), price (9-10)',
      ],
    ],
    [
      'an attribute that becomes a dict and is used in three files',
      {
        'src/pkg/store.py': (text) =>
          text.replace('= []', '= {}').replace('.append(item)', '[item.key] = item'),
        'src/pkg/scan.py': replace('in store._items', 'in store._items.values()'),
        'src/pkg/count.py': replace('len(store._items)', 'len(store._items) + 0'),
      },
      [
        'src/pkg/count.py: count (1-3); src/pkg/scan.py: scan (4-5); src/pkg/store.py: Store.__init__ (5-6), Store.add (8-9)',
      ],
    ],
    [
      'a constant for a function that now imports',
      {
        'src/pkg/rates.py': (text) =>
          text
            .replace('import re\n', 'import re\nfrom array import array\n\nLEAST = array("q", [1])\n')
            .replace('"x"', 'LEAST'),
      },
      ['src/pkg/rates.py: import of array (added, 2), LEAST (added, 4), parse (7-8)'],
    ],
    ['a file in C', { 'src/pkg/_speed.c': '#include "other.h"\n' }, ['src/pkg/_speed.c: <file>']],
    [
      'a side that cannot be parsed',
      { 'src/pkg/rates.py': 'def (\n' },
      ['src/pkg/rates.py:1 of B cannot be parsed: invalid syntax', 'src/pkg/rates.py: <file>'],
    ],
    ['a removed file', { 'src/pkg/count.py': null }, ['src/pkg/count.py: count (removed, 1-3)']],
  ])('is %s', async (_, edits, details) => {
    const answer = await check(edits);
    expect(answer.report).toMatchObject({ gate: 'one change', outcome: 'passed', reason: null });
    expect(answer.report.details).toEqual(details);
    expect(answer.doubts).toEqual([]);
  });

  it('lists what was changed by definition, module level as one', async () => {
    const answer = await check({
      'src/pkg/rates.py': (text) =>
        `LIMIT = 3\nSIZE = 4\n${PRICE(text).replace('sum(cents)', 'sum(cents) + LIMIT')}`,
    });
    expect(answer.changed).toEqual([
      { file: 'src/pkg/rates.py', name: 'price' },
      { file: 'src/pkg/rates.py', name: '<module>' },
    ]);
  });

  it('names files as the project sees them', async () => {
    const base = Object.fromEntries(Object.entries(BASE).map(([path, text]) => [`lib/one/${path}`, text]));
    const answer = await check({ 'lib/one/src/pkg/rates.py': PRICE }, { base, prefix: 'lib/one' });
    expect(answer.changed).toEqual([{ file: 'src/pkg/rates.py', name: 'price' }]);
  });
});

describe('several changes', () => {
  it('fail in different files, and are excused by a reason', async () => {
    const edits = { 'src/pkg/rates.py': PRICE, 'src/pkg/scan.py': UNRELATED };
    const answer = await check(edits);
    expect(answer.report).toMatchObject({
      outcome: 'failed',
      summary: '2 changes at once: 2 definitions in 2 files',
      details: ['src/pkg/rates.py: price (8-9)', 'src/pkg/scan.py: unrelated (8-9)'],
    });
    await trees.close();
    const excused = await check(edits, { reason: 'they only pay together' });
    expect(excused.report).toMatchObject({ outcome: 'excused', reason: 'they only pay together' });
    expect(excused.doubts.map(({ code }) => code)).toEqual(['several-concerns']);
  });

  it('tell a file that lies about from a definition, and what to do with it', async () => {
    const answer = await check({ 'src/pkg/rates.py': PRICE, 'notes.txt': 'measured on a laptop\n' });
    expect(answer.report).toMatchObject({
      outcome: 'failed',
      summary: '2 changes at once: 1 definition in 1 file and 1 whole file',
    });
    expect(answer.report.details.at(-1)).toMatch(/let git ignore them or move them away: notes\.txt\.$/);
  });

  it('pass with a doubt in one file', async () => {
    const answer = await check({ 'src/pkg/rates.py': (text) => PRICE(text).replace('"x"', '"y"') });
    expect(answer.report.outcome).toBe('passed');
    expect(answer.concerns).toHaveLength(2);
    expect(answer.doubts).toMatchObject([{ code: 'several-concerns' }]);
    expect(answer.doubts[0]?.text).toContain('parse, price');
  });
});

describe('a change without a change', () => {
  it('is one of comments, docstrings and layout, which is doubted', async () => {
    const answer = await check({
      'src/pkg/rates.py': (text) => `# note\n${text.replaceAll('"', "'")}`,
      'src/pkg/count.py': replace('How many.', 'The number.'),
    });
    expect(answer.report).toMatchObject({ outcome: 'passed', summary: 'no definition was changed' });
    expect(answer.changed).toEqual([]);
    expect(answer.doubts).toMatchObject([{ code: 'only-comments' }]);
  });

  it('names new hooks of pytest, and doubts changed helpers of tests', async () => {
    const answer = await check({
      'src/pkg/count.py': (text) => `${text}\n\ndef pytest_pyfunc_call(pyfuncitem):\n    return True\n`,
      'src/pkg/testing.py': 'def check_total(total):\n    pass\n',
      'src/pkg/contesting.py': 'import pytest_mock\n',
    });
    expect(answer.hooks).toEqual(['src/pkg/count.py: pytest_pyfunc_call']);
    const doubts = answer.doubts.filter(({ code }) => code === 'test-helper-differs');
    expect(doubts.map(({ text }) => text)).toEqual([
      'Modules that tests may judge by were changed with the code: src/pkg/testing.py.',
    ]);
  });

  it('doubts examples that are other than before, not new ones', async () => {
    const base = {
      ...BASE,
      'src/pkg/count.py': 'def f():\n    """\n    >>> 1\n    1\n    """\n\n\ndef g():\n    pass\n',
    };
    const changed = await check({ 'src/pkg/count.py': replace('>>> 1', '>>> 1 # doctest: +SKIP') }, { base });
    expect(changed.doubts.map(({ code }) => code)).toEqual(['only-comments', 'examples-differ']);
    await trees.close();
    const added = await check({ 'src/pkg/count.py': replace('    pass', '    """>>> 2"""') }, { base });
    expect(added.doubts.map(({ code }) => code)).toEqual(['only-comments']);
  });
});

describe('new code that may only seem faster', () => {
  it('names a cache that decorates once', async () => {
    const cached = 'from functools import lru_cache\n\n\n@lru_cache\n';
    const { doubts } = await check({
      'src/pkg/count.py': (text) => `${cached}${text}`,
    });
    expect(doubts.map(({ text }) => text.match(/lru_cache/g)?.length)).toEqual([1]);
  });

  it.each([
    [
      'from functools import lru_cache as remember\n@remember(maxsize=9)\n',
      '',
      'adds-cache',
      'is decorated with remember',
    ],
    ['_KEPT = {}\n', '', 'adds-cache', 'keeps _KEPT, which starts empty'],
    ['', '_memo={}, ', 'adds-cache', 'keeps a default that can be filled'],
    ['import sys\n', 'f=sys._getframe(), ', 'detects-measuring', 'uses sys._getframe'],
    ['from inspect import stack as s\n', 'f=s(), ', 'detects-measuring', 'uses inspect.stack'],
    [
      'import os\n',
      'f=os.environ.get("PYTEST_CURRENT_TEST"), ',
      'detects-measuring',
      'names PYTEST_CURRENT_TEST',
    ],
    ['import sys\n', 'f="unittest" in sys.modules, ', 'detects-measuring', 'names unittest'],
    ['import gc\ngc.disable()\n', '', 'changes-interpreter', 'uses gc.disable'],
    ['import time\ntime.perf_counter = lambda: 0\n', '', 'changes-interpreter', 'replaces time.perf_counter'],
  ])('is doubted: %s%s', async (above, argument, code, what) => {
    const answer = await check({
      'src/pkg/count.py': (text) =>
        argument === ''
          ? `${above}${text}`
          : `${above}${text.replace('(store)', `(store, ${argument}*, z=1)`)}`,
    });
    expect(answer.report.outcome).toBe('passed');
    const doubt = answer.doubts.find((entry) => entry.code === code);
    expect(doubt?.text).toContain(what);
    expect(doubt?.text).toContain('src/pkg/count.py');
  });

  it('is not doubted for what was there before, nor for tables and plain reads', async () => {
    const before =
      'import os\nfrom functools import cache\n_SEEN = {}\n\n\n@cache\ndef f():\n    return os.environ.get("HOME")\n';
    const answer = await check(
      {
        'src/pkg/count.py': replace(
          'return os.environ.get("HOME")',
          'return TABLE[os.environ.get("HOME")], os.environ.get("LANG")\n\n\nTABLE = {"a": 1}',
        ),
      },
      { base: { ...BASE, 'src/pkg/count.py': before } },
    );
    expect(answer.doubts).toEqual([]);
  });
});
