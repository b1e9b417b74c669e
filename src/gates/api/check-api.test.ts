import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createHost } from '#host';
import type { OpenHost } from '#host';
import type { Side } from '#revisions';
import { checkApi } from '#gates';
import type { ApiCheck } from '#gates';
import { PYTHONS, cachedTool } from '../../tools/testing/cached-tool.ts';
import type { ToolPython } from '#tools';
import { CASES } from './testing/cases.ts';
import { SOURCE_CASES } from './testing/source-cases.ts';

const ALL_CASES = [...CASES, ...SOURCE_CASES];

const top = mkdtempSync(join(tmpdir(), 'strop-api-'));
const hosts: OpenHost[] = [];
let count = 0;

afterEach(async () => {
  await Promise.all(hosts.splice(0).map((host) => host.close()));
});
afterAll(() => {
  rmSync(top, { recursive: true, force: true });
});

type Tree = Readonly<Record<string, string>>;

function makeSide(label: 'A' | 'B', folder: string, tree: Tree): Side {
  const root = join(folder, label);
  for (const [path, content] of Object.entries(tree)) {
    mkdirSync(dirname(join(root, 'src', path)), { recursive: true });
    writeFileSync(join(root, 'src', path), content);
  }
  const modules = [...new Set(Object.keys(tree).map((path) => path.split(/[/.]/)[0] ?? ''))];
  const revision = { kind: 'commit', name: label, commit: '0', contentId: '0', clean: true } as const;
  const sourceRoots = [join(root, 'src')];
  return { label, revision, root, project: root, sourceRoots, modules, python: '/none', ownFolders: [] };
}

async function check(
  a: Tree,
  b: Tree,
  {
    reason = null,
    python = PYTHONS.at(-1)!,
  }: { readonly reason?: string | null; readonly python?: ToolPython } = {},
): Promise<ApiCheck> {
  const folder = join(top, `pair-${(count += 1)}`);
  const runFolder = join(folder, 'run');
  mkdirSync(runFolder, { recursive: true });
  const griffe = { folder: (await cachedTool('griffe', python)).folder, python: python.executable };
  const host = createHost();
  hosts.push(host);
  const sides = { a: makeSide('A', folder, a), b: makeSide('B', folder, b) };
  const answer = await checkApi(host, { sides, griffe, runFolder, reason });
  expect(readdirSync(runFolder)).toEqual([]);
  return answer;
}

/** All cases in one pair of trees, each as a package of its own: one start of griffe for all. */
async function checkCases(python: ToolPython): Promise<ApiCheck> {
  const whole = (side: 'a' | 'b'): Tree =>
    Object.fromEntries(
      ALL_CASES.flatMap((each, index) => {
        const files = each[side];
        const tree = typeof files === 'string' ? { '__init__.py': files } : files;
        return Object.entries(tree).map(([path, text]) => [`case${index}/${path}`, text] as const);
      }),
    );
  return check(whole('a'), whole('b'), { python });
}

// One for each release of griffe in the catalogue.
// The releases of griffe differ: the oldest two Pythons and the newest have three of them.
const ACROSS = [...new Set([...PYTHONS.slice(0, 2), ...PYTHONS.slice(-1)])];

describe.each(ACROSS)('the public API, read on $version', (python) => {
  let answer: ApiCheck;
  beforeAll(async () => {
    answer = await checkCases(python);
  });

  it.each(ALL_CASES.map((each, index) => ({ ...each, index })))('$title', (each) => {
    const { report, added, notes } = answer;
    const own = (line: string): boolean => new RegExp(`^case${each.index}\\b`).test(line);
    const named = (line: string): string => line.replaceAll(`case${each.index}`, 'PKG');
    const withoutPlace = (line: string): string => named(line).replace(/ \([^()]*:\d+\)$/, '');
    expect(report.details.filter(own).map(withoutPlace).sort()).toEqual([...(each.findings ?? [])].sort());
    expect(added.filter(own).map(named)).toEqual(each.added ?? []);
    expect(notes.filter(own).map(named)).toEqual(each.notes ?? []);
  });
});

describe('the gate of the public API', () => {
  const a = { 'pkg/__init__.py': '', 'pkg/core.py': '\n\ndef gone(): pass\ndef f(limit=10) -> int: pass\n' };
  const b = { 'pkg/__init__.py': '', 'pkg/core.py': '\ndef f(limit=20) -> str: pass\ndef g(): return 1\n' };

  it('fails with one line for each change, the gravest first, each with its place', async () => {
    const { report, added, doubts } = await check(a, b);
    expect(report).toEqual({
      gate: 'api',
      outcome: 'failed',
      summary: '3 changes of the public API (4 public names in A)',
      details: [
        'pkg.core.gone: removed (src/pkg/core.py:3)',
        'pkg.core.f(limit): default changed 10 -> 20 (src/pkg/core.py:2)',
        'pkg.core.f: return annotation changed int -> str (src/pkg/core.py:2)',
      ],
      reason: null,
    });
    expect(added).toEqual(['pkg.core.g']);
    expect(doubts).toEqual([]);
  });

  it('is excused by a reason, and keeps it; without a change there is nothing to excuse', async () => {
    const { report } = await check(a, b, { reason: 'agreed' });
    expect(report).toMatchObject({ outcome: 'excused', reason: 'agreed' });
    expect(report.details).toHaveLength(3);
    const same = await check(a, a, { reason: 'agreed' });
    expect(same.report).toEqual({
      gate: 'api',
      outcome: 'passed',
      summary: '4 public names of A are as before in B',
      details: [],
      reason: null,
    });
  });

  it('never runs code of the project, nor of the environment whose interpreter it takes', async () => {
    const proof = join(top, 'was-run');
    const venv = join(top, 'venv');
    execFileSync(PYTHONS.at(-1)!.executable, ['-m', 'venv', '--without-pip', venv]);
    const open = `open(${JSON.stringify(proof)}, "w").close()`;
    const site = join(venv, 'lib', 'python3.13', 'site-packages');
    writeFileSync(join(site, 'trap.pth'), `import sys; ${open}\n`);
    writeFileSync(join(site, 'sitecustomize.py'), `${open}\n`);
    const trap = `${open}\ndef f(): pass\n`;
    const tree = { 'pkg/__init__.py': trap, 'griffe/__init__.py': trap, 'json.py': trap };
    const python = { executable: join(venv, 'bin', 'python'), version: PYTHONS.at(-1)!.version };
    const { report } = await check(tree, tree, { python });
    expect(report.outcome).toBe('passed');
    expect(existsSync(proof)).toBe(false);
  });

  it('doubts what it cannot read, and compares the rest', async () => {
    const broken = { ...a, 'pkg/__init__.py': 'from .core import f\n', 'pkg/bad.py': 'def f(): pass\n' };
    const { report, doubts } = await check(broken, {
      ...broken,
      'pkg/bad.py': 'def (:\n',
      'pkg/fast.so': '',
      'pkg/core.py': 'def f(limit=11) -> int: pass\ndef gone(): pass\n',
    });
    expect(report.details).toEqual(['pkg.f(limit): default changed 10 -> 11 (src/pkg/core.py:1)']);
    expect(doubts).toEqual([
      {
        code: 'api-partly-unseen',
        text: expect.stringMatching(
          /^The public API of some modules was not compared: pkg\.bad of B \(invalid syntax in line 1\), pkg\.fast of B \(it is compiled and has no stub\)\.$/,
        ) as unknown,
      },
    ]);
  });

  it('survives a package that cannot be parsed at all, on either side', async () => {
    const whole = { 'pkg/__init__.py': 'def (:\n', 'other.py': 'def f(): pass\n' };
    const sound = { 'pkg/__init__.py': 'def f(): pass\n', 'other.py': 'def f(): pass\n' };
    for (const [one, two] of [
      [whole, sound],
      [sound, whole],
    ] as const) {
      const { report, doubts } = await check(one, two);
      expect(report.outcome).toBe('passed');
      expect(doubts.map(({ text }) => text).join()).toMatch(/pkg of [AB] \(/);
    }
  });

  it('does not call a name gone that its module may make when asked', async () => {
    const lazy = 'def __getattr__(name):\n    from . import _core\n    return getattr(_core, name)\n';
    const core = { 'pkg/_core.py': 'def total(): pass\n' };
    const { report, doubts } = await check(
      { 'pkg/__init__.py': 'from ._core import total\n', ...core },
      { 'pkg/__init__.py': lazy, ...core },
    );
    expect(report.outcome).toBe('passed');
    expect(doubts.map(({ text }) => text)).toEqual([expect.stringContaining('pkg.total')]);
  });

  it('excuses a name that is gone only where its module may really have it', async () => {
    const before = {
      'pkg/__init__.py': '',
      'pkg/named.py': 'def f(): return 1\n',
      'pkg/unnamed.py': 'def f(): return 2\n',
      'pkg/star.py': 'def f(): return 3\n',
      'pkg/fast.py': 'def f(): return 4\n',
    };
    const { report, doubts } = await check(before, {
      'pkg/__init__.py': '',
      'pkg/named.py': '_LATE = {"f": 1}\ndef __getattr__(name): return _LATE[name]\n',
      'pkg/unnamed.py': 'def __getattr__(name): raise AttributeError(name)\n',
      'pkg/star.py': 'from numpy import *\n',
      'pkg/fast.py': 'from ._compiled import f\n',
      'pkg/_compiled.so': '',
    });
    expect(report.details).toEqual(['pkg.unnamed.f: removed (src/pkg/unnamed.py:1)']);
    expect(doubts.map(({ text }) => text)).toEqual([
      'These names are gone from the source, but their module may make them when asked: pkg.fast.f, pkg.named.f, pkg.star.f, pkg.unnamed.f.',
    ]);
  });

  it('says so when griffe itself cannot run', async () => {
    const host = createHost();
    hosts.push(host);
    const runFolder = mkdtempSync(join(top, 'run-'));
    const side = makeSide('A', runFolder, a);
    const request = { sides: { a: side, b: side }, runFolder, reason: null };
    const griffe = { folder: join(top, 'no-griffe'), python: PYTHONS.at(-1)!.executable };
    await expect(checkApi(host, { ...request, griffe })).rejects.toMatchObject({
      code: 'environment-failed',
      facts: { detail: expect.stringContaining("No module named 'griffe'") as unknown },
    });
    await expect(checkApi(host, { ...request, griffe, signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: 'interrupted',
    });
  });
});
