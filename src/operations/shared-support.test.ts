import { describe, expect, it } from 'vitest';
import { fakeHost } from '#host';
import { shareSupport } from './shared-support.ts';
import { takeFromWorkingTree } from './working-yardstick.ts';

type Files = Readonly<Record<string, string>>;

const side = (label: 'a' | 'b', modules = ['pkg']) => ({
  project: `/runs/one/${label}`,
  sourceRoots: [`/runs/one/${label}`],
  modules,
});
const SIDES = { a: side('a'), b: side('b') };

function world(a: Files, b: Files, user: Files = {}) {
  const places = [
    ['/runs/one/a', a],
    ['/runs/one/b', b],
    ['/home/u/repo', user],
  ] as const;
  return fakeHost({
    files: Object.fromEntries(
      places.flatMap(([folder, files]) =>
        Object.entries(files).map(([path, text]) => [`${folder}/${path}`, text]),
      ),
    ),
  });
}

function at(host: ReturnType<typeof world>, label: 'a' | 'b', path: string): string | undefined {
  return host.tree()[`/runs/one/${label}/${path}`];
}

describe('what serves a benchmark', () => {
  const bench = { 'bench/sub/test_x.py': 'import helper' };

  it('is that of side A on both: conftest.py from its folder upwards, helpers and data', async () => {
    const host = world(
      {
        ...bench,
        'conftest.py': '1',
        'bench/conftest.py': '1',
        'bench/helper.py': '1',
        'bench/d/x.csv': '1',
      },
      {
        ...bench,
        'conftest.py': '2',
        'bench/conftest.py': '2',
        'bench/helper.py': '2',
        'bench/d/x.csv': '2',
      },
    );
    const doubt = await shareSupport(host, SIDES, ['bench/sub/test_x.py'], true);
    expect(doubt).toMatchObject({
      code: 'yardstick-differs',
      text: expect.stringMatching(/^bench\/conftest\.py, .* and 1 more .* side A's/) as string,
    });
    for (const path of ['conftest.py', 'bench/conftest.py', 'bench/helper.py', 'bench/d/x.csv']) {
      expect(at(host, 'b', path), path).toBe('1');
    }
  });

  it('comes from side B where the benchmark does, or where side A has none', async () => {
    const host = world(
      { ...bench, 'bench/conftest.py': '1' },
      { ...bench, 'bench/conftest.py': '2', 'bench/new.py': '2' },
    );
    await shareSupport(host, SIDES, ['bench/sub/test_x.py'], true);
    expect(at(host, 'b', 'bench/conftest.py')).toBe('1');
    expect(at(host, 'a', 'bench/new.py')).toBe('2');
    const other = world({ 'bench/conftest.py': '1' }, { ...bench, 'bench/conftest.py': '2' });
    await shareSupport(other, SIDES, ['bench/sub/test_x.py'], false);
    expect(at(other, 'a', 'bench/conftest.py')).toBe('2');
  });

  it('is neither the code of the project nor another test', async () => {
    const files = (text: string): Files => ({
      'pkg/speed/test_x.py': '',
      'pkg/speed/core.py': text,
      'tests/test_y.py': 'from test_helper import f',
      'tests/test_other.py': text,
      'tests/test_helper.py': text,
    });
    const host = world(files('1'), files('2'));
    const doubt = await shareSupport(host, SIDES, ['pkg/speed/test_x.py', 'tests/test_y.py'], true);
    expect(at(host, 'b', 'pkg/speed/core.py')).toBe('2');
    expect(at(host, 'b', 'tests/test_other.py')).toBe('2');
    expect(at(host, 'b', 'tests/test_helper.py')).toBe('1');
    expect(doubt?.text).toMatch(/^tests\/test_helper\.py beside/);
  });

  it('that is the same needs no word', async () => {
    const host = world({ ...bench, 'bench/helper.py': '1' }, { ...bench, 'bench/helper.py': '1' });
    expect(await shareSupport(host, SIDES, ['bench/sub/test_x.py'], true)).toBeUndefined();
  });
});

describe('a benchmark that only the working tree has', () => {
  const commit = { kind: 'commit', name: 'v1', commit: 'c', contentId: 't', clean: true } as const;
  const full = (label: 'a' | 'b') => ({
    ...side(label),
    label: label === 'a' ? ('A' as const) : ('B' as const),
    revision: commit,
    root: `/runs/one/${label}`,
    original: '/home/u/repo',
    python: '/python',
    ownFolders: [],
  });
  const sides = { a: full('a'), b: full('b') };

  it('is put on both sides with its helpers, and that is said', async () => {
    const user = { 'bench/test_x.py': 'new', 'bench/helper.py': 'new', 'bench/conftest.py': 'new' };
    const host = world({ 'bench/conftest.py': 'old' }, { 'bench/conftest.py': 'old' }, user);
    const [doubt] = await takeFromWorkingTree(host, sides, 'bench/test_x.py');
    expect(doubt?.code).toBe('yardstick-from-working-tree');
    for (const label of ['a', 'b'] as const) {
      expect(at(host, label, 'bench/test_x.py')).toBe('new');
      expect(at(host, label, 'bench/helper.py')).toBe('new');
      expect(at(host, label, 'bench/conftest.py')).toBe('old');
    }
  });

  it('is left there where a side has it, or nobody', async () => {
    const host = world({ 'bench/test_x.py': 'old' }, {}, { 'bench/test_x.py': 'new' });
    expect(await takeFromWorkingTree(host, sides, 'bench/test_x.py')).toEqual([]);
    expect(await takeFromWorkingTree(host, sides, 'bench/test_z.py')).toEqual([]);
    expect(at(host, 'b', 'bench/test_x.py')).toBeUndefined();
  });
});
