import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readProfile } from '../index.ts';
import { scalene } from './reader.ts';

const line = (lineno: number, more: object = {}) => ({
  lineno,
  n_cpu_percent_python: 0,
  n_cpu_percent_c: 0,
  n_sys_percent: 0,
  start_function_line: 2,
  end_function_line: 9,
  ...more,
});
const encode = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));
const read = (lines: object[], more: object = {}) =>
  scalene.read(
    encode({
      alloc_samples: 0,
      elapsed_time_sec: 2,
      files: { '/p/a.py': { functions: [{ lineno: 2, line: 'work' }], lines } },
      ...more,
    }),
  );

describe('reading scalene', () => {
  it('takes no line for one of the module where an old version names no function', () => {
    const old = { start_function_line: undefined, end_function_line: undefined };
    const told = { start_function_line: 0, end_function_line: 0 };
    const nameOf = (more: object) => read([line(4, { n_cpu_percent_python: 50, ...more })]).frames[0]?.name;
    expect(nameOf(old)).toBe('(function not recorded)');
    expect(nameOf(told)).toBe('<module>');
  });

  it('gives shares of the whole as times, first all, then the native and the system part', () => {
    const lines = [line(4, { n_cpu_percent_python: 50, n_cpu_percent_c: 20, n_sys_percent: 5 }), line(5)];
    expect(read(lines)).toMatchObject({
      shape: 'lines',
      charged: 'self',
      metrics: [{ name: 'cpu' }, { name: 'cpu-native' }, { name: 'cpu-system' }],
      frames: [{ name: 'work', file: '/p/a.py', line: 2 }],
      rows: [{ frame: 0, line: 4, self: [1.5e9, 0.4e9, 0.1e9] }],
    });
  });

  it('adds memory where it was measured', () => {
    const lines = [line(4, { n_malloc_mb: 2, n_peak_mb: 1 })];
    expect(read(lines, { memory: true, max_footprint_mb: 3 })).toMatchObject({
      metrics: [{}, {}, {}, { name: 'allocated', unit: 'bytes' }, { name: 'peak', unit: 'bytes' }],
      rows: [{ self: [0, 0, 0, 2 * 1024 * 1024, 1024 * 1024] }],
      source: { peakBytes: 3 * 1024 * 1024 },
    });
  });

  it('warns of time charged to other lines always, and of system time where there is much', () => {
    const busy = read([line(4, { n_cpu_percent_python: 33, n_sys_percent: 67 })]);
    expect(busy.doubts.map(({ code }) => code)).toEqual(['library-charged-to-line', 'busy-machine']);
    expect(read([line(4, { n_cpu_percent_python: 33 })]).doubts.map(({ code }) => code)).toEqual([
      'library-charged-to-line',
    ]);
  });

  it('says that the program ran too short instead of reading nothing', () => {
    expect(() => readProfile(encode({}), 'F.json')).toThrow(/F.json: scalene wrote an empty result/);
    expect(() => read([line(4)])).toThrow(/too short/);
  });

  it('finds the functions of the real program, the dear line in dedupe', () => {
    const path = join(import.meta.dirname, 'fixtures', 'scalene-cpu.json');
    const profile = scalene.read(new Uint8Array(readFileSync(path)));
    if (profile.shape !== 'lines') throw new Error('scalene has no stacks');
    const dearest = [...profile.rows].sort((a, b) => (b.self[0] ?? 0) - (a.self[0] ?? 0))[0];
    expect(profile.frames[dearest?.frame ?? -1]).toMatchObject({ name: 'dedupe', line: 29 });
  });

  it.each<[string, object]>([
    ['a share below zero', line(4, { n_cpu_percent_python: -1 })],
    ['a line without a number', line(0, { n_cpu_percent_python: 1 })],
  ])('refuses %s', (_, item) => {
    expect(() => read([item])).toThrow(/malformed/);
  });
});
