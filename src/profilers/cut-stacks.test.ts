import { describe, expect, it } from 'vitest';
import type { Frame, Origin, StackProfile } from '#profiles';
import { cutStacks } from './cut-stacks.ts';

const SHIMS = '/opt/strop/python';
const FILES: Readonly<Record<string, readonly [file: string | undefined, origin: Origin]>> = {
  shim: [`${SHIMS}/_strop_profile/loop.py`, 'dependency'],
  pytest: ['/venv/lib/python3.13/site-packages/_pytest/runner.py', 'dependency'],
  memray: ['/data/tools/py3.13/memray-1.20.0/memray/commands/run.py', 'dependency'],
  runpy: ['<frozen runpy>', 'stdlib'],
  text: ['<string>', 'unknown'],
  given: ['<string>', 'mine'],
  test: ['/project/tests/test_a.py', 'mine'],
  own: ['/project/src/a.py', 'mine'],
  runner: ['/project/src/_pytest/runner.py', 'mine'],
  json: ['/usr/lib/python3.13/json/__init__.py', 'stdlib'],
  start_thread: [undefined, 'native'],
  sqrt: [undefined, 'native'],
};

/** Stacks as `outer;inner 3`, one a line. */
function cut(...stacks: readonly string[]): { readonly left: readonly string[]; readonly gone: number } {
  const names = Object.keys(FILES);
  const frames = names.map((name): Frame => {
    const [file, origin] = FILES[name] ?? [undefined, 'unknown'];
    return { name, origin, ...(file === undefined ? {} : { file }) };
  });
  const nodes = stacks.flatMap((stack, tree) => {
    const [text = '', cost = '0'] = stack.split(' ');
    const before = stacks.slice(0, tree).reduce((sum, one) => sum + one.split(';').length, 0);
    const parts = text.split(';');
    return parts.map((name, depth) => ({
      parent: depth === 0 ? -1 : before + depth - 1,
      frame: names.indexOf(name),
      self: [depth === parts.length - 1 ? Number(cost) : 0],
      ...(depth === 0 ? { thread: 0 } : {}),
    }));
  });
  const profile: StackProfile = {
    format: 'speedscope',
    shape: 'stacks',
    metrics: [{ name: 'wall', unit: 'ns' }],
    frames,
    nodes,
    threads: [{ name: 'MainThread' }],
    doubts: [],
  };
  const { profile: after, removed } = cutStacks(profile, SHIMS);
  const path = (index: number): string => {
    const node = after.nodes[index];
    if (node === undefined) return '';
    const name = names[node.frame] ?? '';
    return node.parent < 0 ? `${String(node.thread)}:${name}` : `${path(node.parent)};${name}`;
  };
  const left = after.nodes.flatMap((node, index) =>
    node.self[0] === 0 ? [] : [`${path(index)} ${String(node.self[0])}`],
  );
  return { left, gone: removed.self[0] ?? 0 };
}

describe('cutting the harness off stacks', () => {
  it('leaves what the innermost shim called, also where a test runner stood above it', () => {
    expect(cut('shim;pytest;json;shim;own;json 3', 'shim;pytest 2', 'shim;sqrt 1')).toEqual({
      left: ['0:own;json 3', '0:sqrt 1'],
      gone: 2,
    });
  });

  it('cuts a test runner up to the first code of the project, with what it called for itself', () => {
    expect(cut('runpy;pytest;json;test;own 5', 'runpy;pytest;json 4')).toEqual({
      left: ['0:test;own 5'],
      gone: 4,
    });
  });

  it('leaves a test runner that is the project itself, or that the project called', () => {
    expect(cut('runner;json 1', 'own;pytest;json 2').left).toEqual([
      '0:runner;json 1',
      '0:own;pytest;json 2',
    ]);
  });

  it('cuts the tool and its launcher, and keeps a program that is not of the project', () => {
    expect(cut('memray;text;runpy;json 7', 'runpy;memray 1')).toEqual({ left: ['0:json 7'], gone: 1 });
  });

  it('keeps the text of `python -c` below what starts it', () => {
    expect(cut('memray;given;json 7', 'shim;given 1').left).toEqual(['0:given 1', '0:given;json 7']);
  });

  it('cuts the beginning of a native thread only at the outside', () => {
    expect(cut('start_thread;own;sqrt 1', 'own;start_thread 2').left).toEqual([
      '0:own;sqrt 1',
      '0:own;start_thread 2',
    ]);
  });

  it('adds up what becomes the same stack', () => {
    expect(cut('shim;own 1', 'shim;shim;own 2').left).toEqual(['0:own 3']);
  });
});
