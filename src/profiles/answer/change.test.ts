import fc from 'fast-check';
import { classifyFrames } from '#profiles';
import { readProfile } from '#readers';
import { describe, expect, it } from 'vitest';
import { compareProfiles } from './change.ts';
import type { ProfileChange } from './change.ts';
import type { Recording } from './recording.ts';

const ROOTS = { project: ['/p'], stdlib: [], dependencies: [] };

/** Collapsed stacks below `main`, as `A 80`. */
function stacks(...lines: readonly string[]): Recording {
  const text = lines.map((line) => {
    const [path = '', count = ''] = line.split(' ');
    const frames = path
      .split(';')
      .map((name) => `${name.replace(/@.*/, '')} (/p/${name.replace(/^.*@/, '') || 'app'}.py:1)`);
    return `main (/p/app.py:1);${frames.join(';')} ${count}\n`;
  });
  const profile = classifyFrames(readProfile(Buffer.from(text.join('')), 'x.raw'), ROOTS);
  return { profile, roots: ROOTS, tool: 'py-spy', kind: 'sampler', name: 'x.raw' };
}

/** Samples of 4 ms each, in so many runs that took so much CPU time together, with samples of the harness beside. */
function timed(
  lines: readonly string[],
  {
    loops,
    cpuMs,
    harness = 0,
  }: { readonly loops: number; readonly cpuMs: number; readonly harness?: number },
): Recording {
  const recording = stacks(...lines);
  if (recording.profile.shape !== 'stacks') throw new Error('no stacks');
  const nodes = recording.profile.nodes.map((node) => ({
    ...node,
    self: [(node.self[0] ?? 0) * 4e6, node.self[0] ?? 0],
  }));
  const metrics = [
    { name: 'wall', unit: 'ns' },
    { name: 'samples', unit: 'count' },
  ] as const;
  const profile = { ...recording.profile, nodes, metrics };
  return { ...recording, profile, loops, cpuNs: cpuMs * 1e6, harness: [harness * 4e6, harness] };
}

function compare(a: readonly Recording[], b: readonly Recording[]): ProfileChange {
  const found = compareProfiles(a, b, 'time');
  if ('problem' in found) throw new Error(found.problem);
  return found;
}

const states = (found: ProfileChange) => found.frames.map(({ function: name, state }) => `${name} ${state}`);

describe('the change between two profiles', () => {
  it('pairs the functions of two checkouts by their place in the project', () => {
    const traced = (root: string, cost: number): Recording => ({
      profile: {
        format: 'cprofile',
        shape: 'call-graph',
        metrics: [{ name: 'wall', unit: 'ns' }],
        frames: [{ name: 'total', file: `${root}/shop.py`, line: 3, origin: 'mine' }],
        rows: [{ frame: 0, calls: 1, primitiveCalls: 1, self: [cost], inclusive: [cost] }],
        edges: [],
        doubts: [],
      },
      roots: { project: [root], stdlib: [], dependencies: [] },
      tool: 'cprofile',
      kind: 'tracer',
      name: `${root}.prof`,
    });
    expect(states(compare([traced('/a', 100)], [traced('/b/longer', 10)]))).toEqual(['total less']);
  });

  it('leaves B quiet when A falls from 80 to 10 and B stays at 20', () => {
    const found = compare([stacks('A@a 80', 'B@b 20')], [stacks('A@a 10', 'B@b 20')]);
    expect(states(found)).toEqual(['A less']);
    expect(found.frames[0]).toMatchObject({ a: 80, b: 10, change: -70 });
    expect(found.total).toMatchObject({ a: 100, b: 30, change: -70 });
    expect(found.quiet.functions).toBe(1);
  });

  it('says what is gone, new and moved', () => {
    const found = compare(
      [stacks('old@a 60', 'parse@text 40', 'B@b 20')],
      [stacks('fresh@a 50', 'parse@reader 38', 'B@b 22')],
    );
    expect(states(found)).toEqual(['old gone', 'fresh new', 'parse moved']);
    expect(found.frames.at(-1)).toMatchObject({ from: 'text.py', file: 'reader.py', change: -2 });
  });

  it('takes recordings that differ among themselves for less', () => {
    const calm = compare([stacks('A@a 100'), stacks('A@a 104')], [stacks('A@a 160'), stacks('A@a 158')]);
    const wild = compare([stacks('A@a 50'), stacks('A@a 154')], [stacks('A@a 80'), stacks('A@a 238')]);
    expect(states(calm)).toEqual(['A more']);
    expect(states(wild)).toEqual([]);
  });

  it('tells amounts per run where recordings hold different numbers of runs', () => {
    const found = compare(
      [
        timed(['A@a 80', 'B@b 20'], { loops: 10, cpuMs: 400 }),
        timed(['A@a 160', 'B@b 40'], { loops: 20, cpuMs: 800 }),
      ],
      [
        timed(['A@a 33', 'B@b 67'], { loops: 33, cpuMs: 400 }),
        timed(['A@a 34', 'B@b 66'], { loops: 33, cpuMs: 400 }),
      ],
    );
    expect(found).toMatchObject({ per: 'loop', unit: 'ns', total: { a: 40e6 } });
    expect(states(found)).toEqual(['A less']);
    expect(found.frames[0]?.a).toBeCloseTo(32e6);
    expect(found.quiet.frames[0]).toMatchObject({ function: 'B', state: 'quiet' });
    expect(found.quiet.frames[0]?.change).toBeCloseTo((133 / 66 - 2) * 4e6);
  });

  it('takes the CPU time for the whole, so that waiting for a core makes nothing dearer', () => {
    const idle = [1, 2, 3].map(() => timed(['A@a 200'], { loops: 20, cpuMs: 800 }));
    const busy = [1, 2, 3].map(() => timed(['A@a 200'], { loops: 10, cpuMs: 400 }));
    const found = compare(idle, busy);
    expect(found.total).toMatchObject({ a: 40e6, b: 40e6, change: 0 });
    const alone = compare(idle, idle);
    // Samples of a process that waits half of the time come in pairs.
    expect((found.total.high ?? 0) / (alone.total.high ?? 1)).toBeGreaterThan(1.15);
  });

  it('keeps the harness out of all amounts and tells its share', () => {
    const [a, b] = [
      timed(['A@a 90'], { loops: 10, cpuMs: 400, harness: 10 }),
      timed(['A@a 60'], { loops: 10, cpuMs: 400, harness: 40 }),
    ];
    const found = compare([a], [b]);
    expect(found.a.harness).toEqual({ amount: 4e6, share: 0.1 });
    expect(found.b.harness).toMatchObject({ amount: 16e6 });
    expect(found.total).toMatchObject({ a: 36e6, b: 24e6 });
    expect(compare([stacks('A@a 9')], [stacks('A@a 9')]).a.harness).toBeNull();
  });

  it('doubts rare functions, too, when samples come in bursts', () => {
    const rare = (dear: readonly number[], counts: readonly number[]) =>
      counts.map((count, at) =>
        stacks(`A@a ${String(dear[at])}`, `C@c ${String(400 - (dear[at] ?? 0))}`, `B@b ${String(count)}`),
      );
    const even = [200, 200, 200, 200];
    const uneven = [140, 260, 150, 250];
    const [few, more] = [
      [3, 3, 3, 3],
      [14, 14, 14, 14],
    ];
    expect(states(compare(rare(even, few), rare(even, more)))).toEqual(['B more']);
    expect(states(compare(rare(uneven, few), rare(uneven, more)))).toEqual([]);
  });

  it('leaves quiet without samples what recordings of one side differ by', () => {
    const peak = (...lines: readonly string[]): Recording => {
      const recording = stacks(...lines);
      const metrics = [{ name: 'peak', unit: 'bytes' as const }];
      return { ...recording, kind: 'tracer', loops: 5, profile: { ...recording.profile, metrics } };
    };
    const before = [peak('A@a 100', 'B@b 20'), peak('A@a 104', 'B@b 300')];
    const found = compareProfiles(before, [peak('A@a 60', 'B@b 280'), peak('A@a 62', 'B@b 310')], 'memory');
    if ('problem' in found) throw new Error(found.problem);
    expect(states(found)).toEqual(['A less']);
    // A peak is not divided by the runs that led to it.
    expect(found.frames[0]).toMatchObject({ a: 102, b: 61, low: -44, high: -38 });
  });

  it('does not compare times with samples whose rate nobody knows', () => {
    const timed = stacks('A@a 80');
    const profile = { ...timed.profile, metrics: [{ name: 'wall', unit: 'ns' as const }] };
    expect(compareProfiles([timed], [{ ...timed, profile }], 'time')).toEqual({ problem: 'units-differ' });
    expect(compareProfiles([timed], [timed], 'memory')).toEqual({ problem: 'nothing-recorded' });
  });

  it('says that equal rates are assumed where samples are all that is known', () => {
    const codes = (found: ProfileChange) => found.doubts.map(({ code }) => code);
    expect(codes(compare([stacks('A@a 80')], [stacks('A@a 8')]))).toContain('rate-assumed');
    const known = [timed(['A@a 80'], { loops: 1, cpuMs: 320 })];
    expect(codes(compare(known, known))).not.toContain('rate-assumed');
  });

  it('of a profile with itself is nothing, and turned round it has the other sign', () => {
    const counts = fc.array(fc.nat({ max: 400 }), { minLength: 4, maxLength: 4 });
    const side = (values: readonly number[]) =>
      stacks(...values.map((value, index) => `f${String(index)}@m ${String(value + 1)}`));
    fc.assert(
      fc.property(counts, counts, (one, other) => {
        expect(compare([side(one)], [side(one)]).frames).toEqual([]);
        const there = compare([side(one)], [side(other)]);
        const back = compare([side(other)], [side(one)]);
        const changes = (found: ProfileChange, sign: number) =>
          new Map(found.frames.map(({ function: name, change }) => [name, sign * change]));
        expect(changes(there, 1)).toEqual(changes(back, -1));
        for (const { change, low, high } of there.frames) {
          expect(low).toBeLessThanOrEqual(change);
          expect(high).toBeGreaterThanOrEqual(change);
        }
      }),
      { numRuns: 50 },
    );
  });
});
