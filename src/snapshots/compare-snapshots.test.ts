import { describe, expect, it } from 'vitest';
import { compareSnapshots } from '#snapshots';
import { drawSnapshotFile } from './drawn-snapshot.ts';
import type { DrawnFile } from './drawn-snapshot.ts';
import { parseSnapshot } from './format.ts';

const RULE = { alpha: 0.01, margin: 0.01 };

function draw(medians: Readonly<Record<string, number>>, file: DrawnFile = {}) {
  const place = { file: '/x.json', number: 1, name: 'x', machine: undefined };
  return parseSnapshot(place, drawSnapshotFile(medians, file));
}

function verdict(before: number, after: number, file: DrawnFile = {}) {
  return compareSnapshots(draw({ f: before }), draw({ f: after }, file), RULE).benchmarks[0];
}

/** Standard normal values by Box and Muller, from a linear congruential generator. */
function normals(count: number): readonly number[] {
  let state = 12345;
  const uniform = (): number => {
    state = (state * 1103515245 + 12345) % 2147483648;
    return (state + 1) / 2147483649;
  };
  return Array.from({ length: count }, () =>
    Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform()),
  ); // prettier-ignore
}

describe('comparing snapshots', () => {
  it('calls a change only beyond what identical code was seen to differ by', () => {
    expect(verdict(1000, 100)?.verdict).toBe('faster');
    expect(verdict(1000, 10_000)?.verdict).toBe('slower');
    for (const after of [400, 700, 950, 1000, 1300, 2500])
      expect(verdict(1000, after)?.verdict, String(after)).toBe('undecided');
  });

  it('never says that nothing has changed, however equal the numbers are', () => {
    const same = compareSnapshots(draw({ f: 1000 }), draw({ f: 1000 }), { alpha: 0.01, margin: 0.5 });
    expect(same.benchmarks[0]).toMatchObject({ verdict: 'undecided', median: { ratio: 1 } });
    expect(same.benchmarks[0]?.median?.high).toBeCloseTo(2.87, 1);
    expect(same.benchmarks[0]?.median?.low).toBeCloseTo(1 / 2.87, 2);
  });

  it('keeps its error rate over all benchmarks together under the measured scatter', () => {
    const noise = normals(400_000);
    let next = 0;
    const run = (sd: number): number => 1000 * Math.exp((noise[next++] ?? 0) * sd);
    let wrong = 0;
    const suites = 2000;
    for (let suite = 0; suite < suites; suite += 1) {
      const names = Array.from({ length: 20 }, (_, index) => `f${String(index)}`);
      const side = () => draw(Object.fromEntries(names.map((name) => [name, run(0.29)])));
      const { benchmarks } = compareSnapshots(side(), side(), RULE);
      if (benchmarks.some((each) => each.verdict !== 'undecided')) wrong += 1;
    }
    // Here the minimum follows the median, so nothing but the band of the median holds it back.
    expect(wrong / suites).toBeLessThan(0.015);
    expect(wrong).toBeGreaterThan(0);
  });

  it('wants the minimum to agree', () => {
    const before = draw({ f: 1000 });
    const after = draw({ f: 100 });
    const slowMin = { ...after, benchmarks: after.benchmarks.map((each) => ({ ...each, minNs: 850 })) };
    expect(compareSnapshots(before, slowMin, RULE).benchmarks[0]?.verdict).toBe('undecided');
  });

  it('widens the band by the spread within each run', () => {
    const wide = draw({ f: 100 });
    const scattered = {
      ...wide,
      benchmarks: wide.benchmarks.map((each) => ({ ...each, sdNs: 300, iqrNs: 400, rounds: 5 })),
    };
    const half = (one?: { readonly high: number; readonly ratio: number }): number =>
      Math.log((one?.high ?? 0) / (one?.ratio ?? 1));
    const plain = compareSnapshots(draw({ f: 1000 }), wide, RULE).benchmarks[0];
    const less = compareSnapshots(draw({ f: 1000 }), scattered, RULE).benchmarks[0];
    expect(half(less?.median)).toBeGreaterThan(2 * half(plain?.median));
    expect(less?.verdict).toBe('undecided');
  });

  it('decides nothing where the sides were not measured alike', () => {
    expect(verdict(1000, 10, { options: { disable_gc: false } })).toMatchObject({
      verdict: 'undecided',
      doubts: [{ code: 'yardstick-differs' }],
    });
    expect(verdict(1000, 10, { options: { timer: 'process_time' } })?.verdict).toBe('undecided');
    expect(verdict(1000, 10, { rounds: 2 })).toMatchObject({
      verdict: 'undecided',
      doubts: [{ code: 'few-pairs' }],
    });
    const other = { machine: { python_version: '3.12.1' } };
    expect(verdict(1000, 10, other)?.verdict).toBe('undecided');
    const codes = compareSnapshots(draw({ f: 1 }), draw({ f: 1 }, other), RULE).doubts.map(
      (doubt) => doubt.code,
    );
    expect(codes).toEqual(['unpaired-snapshot', 'environments-differ']);
    // A patch release is no other Python.
    expect(verdict(1000, 10, { machine: { python_version: '3.13.9' } })?.verdict).toBe('faster');
  });

  it('says what only one side has, and decides nothing on no time at all', () => {
    const compared = compareSnapshots(draw({ f: 1, old: 1 }), draw({ f: 1, fresh: 1 }), RULE);
    expect(compared).toMatchObject({ onlyInA: ['old'], onlyInB: ['fresh'] });
    expect(verdict(0, 10)).toMatchObject({ verdict: 'undecided', median: undefined });
  });

  it('says with figures how weak this is', () => {
    const [doubt] = compareSnapshots(draw({ f: 1 }), draw({ f: 1 }), RULE).doubts;
    expect(doubt?.code).toBe('unpaired-snapshot');
    expect(doubt?.text).toMatch(/29 %.*53 % and 81 %.*beyond -65\.\d % or \+188 %/);
  });
});
