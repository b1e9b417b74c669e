import { describe, expect, it } from 'vitest';
import { readProfile } from '#readers';
import type { Style } from '../operation.ts';
import { dumpResult } from './schema.ts';
import type { DumpResult } from './schema.ts';
import { dumpText } from './text.ts';
import { listThreads } from './threads.ts';

const plain = (text: string): string => text;
const style: Style = { bold: plain, dim: plain, good: plain, bad: plain, warn: plain, width: 100 };
const ROOTS = { project: ['/srv/app'], stdlib: ['/usr/lib/python3.13'], dependencies: [] };

interface Spied {
  readonly name: string;
  readonly filename: string;
  readonly line: number;
  readonly module: string | null;
  readonly locals: readonly unknown[] | null;
}

const own = (name: string, line: number, locals: readonly unknown[] | null = null): Spied => ({
  name,
  filename: '/srv/app/shop.py',
  line,
  module: null,
  locals,
});
const library = (name: string, line: number): Spied => ({
  ...own(name, line),
  filename: '/usr/lib/python3.13/threading.py',
});
const thread = (name: string, frames: readonly Spied[], more: object = {}): object => ({
  pid: 7,
  thread_id: 1,
  thread_name: name,
  os_thread_id: 8,
  active: false,
  owns_gil: false,
  frames,
  ...more,
});

function dumped(threads: readonly object[], locals = false): DumpResult {
  const text = JSON.stringify(threads);
  const found = listThreads(
    readProfile(new TextEncoder().encode(text), 'x'),
    ROOTS,
    locals ? text : undefined,
  );
  return dumpResult.parse({
    kind: 'dump',
    version: 1,
    date: '2026-01-01T00:00:00Z',
    pid: 7,
    command: ['/usr/bin/python3', 'shop.py'],
    folder: '/srv/app',
    python: '3.13.0',
    project: '/srv/app',
    tool: 'py-spy',
    toolVersion: '0.4.3',
    threads: found.map((one) => ({ ...one, frames: one.frames.map(({ path: _, ...frame }) => frame) })),
    doubts: [],
  });
}

describe('where the threads of a process stand', () => {
  it('is told innermost first, with those that run on top', () => {
    const { threads } = dumped([
      thread('pool-1', [library('wait', 3), own('work', 9)]),
      thread('MainThread', [own('dedupe', 5), own('<module>', 20)], { active: true, owns_gil: true }),
    ]);
    expect(threads.map(({ name, runs, gil }) => [name, runs, gil])).toEqual([
      ['MainThread', true, true],
      ['pool-1', false, false],
    ]);
    expect(
      threads[1]?.frames.map(({ function: name, file, line, origin }) => [name, file, line, origin]),
    ).toEqual([
      ['wait', 'threading.py', 3, 'stdlib'],
      ['work', 'shop.py', 9, 'mine'],
    ]);
  });

  it('gives each frame its own variables', () => {
    const value = (repr: string | null) => [{ name: 'x', addr: 1, arg: true, repr }];
    const { threads } = dumped(
      [thread('a', [own('inner', 1, value('1')), own('outer', 2, value(null))])],
      true,
    );
    expect(threads[0]?.frames.map(({ locals }) => locals)).toEqual([
      [{ name: 'x', value: '1', argument: true }],
      [{ name: 'x', value: '?', argument: true }],
    ]);
  });

  it('tells threads at the same place once, and foreign frames only as far as they say something', () => {
    const pool = Array.from({ length: 40 }, (_, index) =>
      thread(`pool-${String(index)}`, [
        ...[library('wait', 3), library('get', 4), library('more', 5)],
        own('work', 9),
        ...[library('run', 6), library('start', 7)],
      ]),
    );
    const lines = dumpText(dumped(pool), style);
    expect(lines).toContain('40 threads: all wait; pool-39 is in work (shop.py:9)');
    expect(lines.filter((line) => line.includes('work')).length).toBe(2);
    expect(lines.filter((line) => line.includes('… 1 frame not yours')).length).toBe(1);
    expect(lines.at(-1)).toBe('  … 2 frames not yours');
  });

  it('stays small and harmless whatever the process holds', () => {
    const deep = Array.from({ length: 150 }, (_, index) => own(`f${'x'.repeat(300)}\u001b[2J`, index + 1));
    const many = Array.from({ length: 60 }, (_, index) => thread(`t${String(index)}\n`, deep.slice(index)));
    const lines = dumpText(dumped(many), style);
    expect(lines.length).toBeLessThan(140);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(100);
    expect(lines.join('')).not.toMatch(/[\u001b\n]/);
    expect(lines.at(-1)).toBe('… 52 more threads: --json has all of them');
  });
});
