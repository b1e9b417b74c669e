import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { dumpProfile } from '#profiles';
import { pytestBenchmark, readBenchmarks } from './reader.ts';

const row = (name: string, tottime: number, more: object = {}) => ({
  function_name: name,
  ncalls: 4,
  ncalls_recursion: '4',
  tottime,
  cumtime: tottime,
  ...more,
});
const read = (...benchmarks: object[][]) =>
  pytestBenchmark.read(
    new TextEncoder().encode(
      JSON.stringify({ machine_info: {}, benchmarks: benchmarks.map((cprofile) => ({ cprofile })) }),
    ),
  );

describe('reading pytest-benchmark', () => {
  it('reads calls with and without recursion, and compiled code', () => {
    const profile = read([
      row('a.py:3(f)', 1, { ncalls: 10, ncalls_recursion: '10/2' }),
      row('~:0(<built-in method len>)', 0.5),
    ]);
    expect(dumpProfile({ ...profile, doubts: [], source: {} })).toBe(
      'pytest-benchmark: call-graph of wall (ns)\n' +
        '<built-in method len> (native)  calls 4/4  self 500000000  inclusive 500000000\n' +
        'f a.py:3  calls 10/2  self 1000000000  inclusive 1000000000\n',
    );
    expect(profile.doubts.map(({ code }) => code)).toEqual(['callers-unknown']);
  });

  it("leaves out the profiler's own call, which tops a profile of one pass, and says that nothing is left", () => {
    const profile = read([
      row("~:0(<method 'disable' of '_lsprof.Profiler' objects>)", 0),
      row('a.py:3(f)', 0.0000004),
    ]);
    expect(profile.frames.map(({ name }) => name)).toEqual(['f']);
    expect(profile.doubts.map(({ code }) => code)).toEqual(['callers-unknown', 'profile-too-short']);
  });

  it('adds the rows of all benchmarks up', () => {
    expect(read([row('a.py:3(f)', 1)], [row('b.py:3(g)', 1), row('a.py:3(f)', 2)])).toMatchObject({
      rows: [{ calls: 8, self: [3e9] }, { calls: 4 }],
    });
  });

  it('says that benchmarks were timed only', () => {
    expect(() => read([], [])).toThrow(/timed, not profiled/);
  });

  it('reads the times of a real run', () => {
    const bytes = new Uint8Array(readFileSync(join(import.meta.dirname, 'fixtures', 'benchmark.json')));
    const times = readBenchmarks(bytes);
    expect(times.map(({ fullName }) => fullName)).toEqual([
      'test_shop.py::test_report',
      'test_shop.py::test_depth',
    ]);
    for (const { minNs, medianNs, maxNs, roundsNs } of times) {
      expect(minNs).toBeGreaterThan(100);
      expect(minNs).toBeLessThanOrEqual(medianNs);
      expect(medianNs).toBeLessThanOrEqual(maxNs);
      expect(roundsNs).toHaveLength(5);
    }
  });
});
