import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { classifyFrames } from '#profiles';
import type { StackProfile } from '#profiles';
import { readProfile } from '#readers';
import { describe, expect, it } from 'vitest';
import { answer } from './answer.ts';
import type { Answer } from './answer.ts';
import { kindOf, toolOf } from './recording.ts';
import type { Recording } from './recording.ts';

const ROOTS = {
  project: ['/tmp/strop-fixture'],
  stdlib: ['/tmp/strop-fixture/py/lib/python3.13'],
  dependencies: [],
};

function record(name: string): Recording {
  const bytes = readFileSync(new URL(`fixtures/${name}`, import.meta.url));
  const profile = classifyFrames(readProfile(bytes, name), ROOTS);
  return { profile, roots: ROOTS, tool: toolOf(profile), kind: kindOf(profile), name };
}

const SPY = ['list-1.raw', 'list-2.raw', 'list-3.raw'];
const ask = (...names: readonly string[]): Answer => answer(names.map(record));
const lineOf = (found: Answer, line: number) => found.lines.find((one) => one.line === line);
const codes = (found: { readonly doubts: Answer['doubts'] } | undefined) =>
  found?.doubts.map(({ code }) => code) ?? [];
/** `if row["id"] not in seen`, four fifths and more by clocks around the two lines; and `kept.append(deepcopy(row))`. */
const [SCAN, COPY] = [11, 13];

describe('the two lines that tools disagree about', () => {
  it('are ranked as clocks around them say: the scan, then the copy', () => {
    const found = ask(...SPY);
    expect(found.lines.slice(0, 2).map(({ file, line }) => [file, line])).toEqual([
      ['two_lines.py', SCAN],
      ['two_lines.py', COPY],
    ]);
    expect(lineOf(found, SCAN)).toMatchObject({ function: 'dedupe', origin: 'mine', doubts: [] });
    expect(lineOf(found, SCAN)?.share).toBeGreaterThan(0.7);
    // Library code of the copy is paid by the line that asked for it.
    expect(lineOf(found, COPY)?.self).toBeLessThan(lineOf(found, COPY)?.share ?? 0);
  });

  it.each(['scalene.json', 'two_lines.lprof'])('are doubted beside %s, which never ranks', (other) => {
    const found = ask(other, ...SPY);
    expect(found.lines[0]?.line).toBe(SCAN);
    expect(codes(lineOf(found, SCAN))).toContain('sources-differ');
    expect(codes(lineOf(found, COPY))).toContain('sources-differ');
    const [first, second] = lineOf(found, SCAN)?.sources ?? [];
    expect(first).toMatchObject({ kind: 'sampler', distorted: false });
    expect(second).toMatchObject({ kind: 'lines', distorted: true, low: null, high: null });
    expect(found.sources.map(({ ranks }) => ranks)).toEqual([true, false]);
  });

  it('get their hits from the tool that counts them', () => {
    const found = ask(...SPY, 'two_lines.lprof');
    expect(lineOf(found, SCAN)?.hits).toBe(16 * 4000);
    expect(lineOf(found, COPY)?.hits).toBe(16 * 2000);
    expect(lineOf(ask(...SPY), SCAN)?.hits).toBeNull();
  });

  it('are not known to cProfile, which ranks functions alone and is labelled', () => {
    const found = ask('two_lines.prof');
    expect(found.lines).toEqual([]);
    expect(found.functions[0]).toMatchObject({ function: 'dedupe', hits: 16, low: null });
    expect(codes(found)).toContain('tracer-distorts');
  });

  it('have a wider interval in recordings that differ than in one of these alone, which is doubted', () => {
    const width = (found: Answer) => (lineOf(found, COPY)?.high ?? 0) - (lineOf(found, COPY)?.low ?? 1);
    // 9, 18 and 22 % in runs of a busy machine: no choice of moments explains that.
    expect(width(ask(...SPY))).toBeGreaterThan(width(ask('list-2.raw')));
    expect(codes(ask('list-2.raw'))).toContain('one-recording');
    expect(codes(ask(...SPY))).not.toContain('one-recording');
  });
});

/** Random stacks of own and foreign functions with lines. */
const stacks = fc
  .array(
    fc.record({
      parent: fc.nat({ max: 30 }),
      frame: fc.nat({ max: 4 }),
      line: fc.integer({ min: 1, max: 6 }),
      cost: fc.nat({ max: 50 }),
    }),
    { minLength: 1, maxLength: 30 },
  )
  .map((nodes): StackProfile => ({
    format: 'collapsed',
    shape: 'stacks',
    metrics: [{ name: 'samples', unit: 'count' }],
    frames: [
      { name: 'main', file: '/p/main.py', origin: 'mine' },
      { name: 'parse', file: '/p/parse.py', origin: 'mine' },
      { name: 'loads', file: '/usr/lib/python3.13/json/__init__.py', origin: 'stdlib' },
      { name: 'memcpy', origin: 'native' },
      { name: 'inv', file: '/v/site-packages/numpy/linalg.py', origin: 'dependency' },
    ],
    nodes: nodes.map(({ parent, frame, line, cost }, index) => ({
      parent: Math.min(parent, index) - 1,
      frame,
      line,
      self: [cost],
    })),
    doubts: [],
  }));

function asRecording(profile: StackProfile, kind: Recording['kind'] = 'sampler'): Recording {
  const roots = { project: ['/p'], stdlib: [], dependencies: [] };
  return { profile, roots, tool: kind, kind, name: 'x' };
}

describe('an answer', () => {
  it('charges every sample once: to an own line, or to what nobody of the project asked for', () => {
    fc.assert(
      fc.property(stacks, (profile) => {
        const found = answer([asRecording(profile)], { most: 1000 });
        const folded = Object.values(found.folded).reduce((sum, share) => sum + share, 0);
        const total = profile.nodes.reduce((sum, node) => sum + (node.self[0] ?? 0), 0);
        for (const places of [found.lines, found.functions]) {
          const paid = places.reduce((sum, { share }) => sum + share, 0);
          expect(paid + folded).toBeCloseTo(total > 0 ? 1 : 0, 9);
        }
      }),
    );
  });

  it('brackets every share, and states the bound for the upper end', () => {
    fc.assert(
      fc.property(stacks, stacks, (one, other) => {
        const found = answer([asRecording(one), asRecording(other)], { most: 1000 });
        for (const { share, low, high, bound, self, withCallees } of [...found.lines, ...found.functions]) {
          expect(low).toBeLessThanOrEqual(share);
          expect(high).toBeGreaterThanOrEqual(share);
          if (bound !== null) expect(bound).toBeCloseTo(1 / (1 - (high ?? 0)), 9);
          expect(self).toBeLessThanOrEqual(share + 1e-9);
          expect(share).toBeLessThanOrEqual(withCallees + 1e-9);
        }
      }),
    );
  });

  it('lists as many places as are wanted, and says what it hides', () => {
    fc.assert(
      fc.property(stacks, fc.nat({ max: 5 }), (profile, most) => {
        const all = answer([asRecording(profile)], { most: 1000 });
        const cut = answer([asRecording(profile)], { most });
        expect(cut.lines).toEqual(all.lines.slice(0, most));
        expect(cut.hidden.lines).toBe(all.lines.length - cut.lines.length);
        const sum = (gains: Answer['lines']) => gains.reduce((total, { share }) => total + share, 0);
        expect(sum(cut.lines) + cut.hidden.share).toBeCloseTo(sum(all.lines), 9);
      }),
    );
  });

  it('never lets a tool from inside the process decide the order when a sampler is there', () => {
    fc.assert(
      fc.property(stacks, stacks, (sampled, traced) => {
        const alone = answer([asRecording(sampled)], { most: 1000 });
        const both = answer([asRecording(traced, 'tracer'), asRecording(sampled)], { most: 1000 });
        const known = new Set(alone.lines.map(({ file, line }) => `${file}:${String(line)}`));
        const order = (found: Answer) =>
          found.lines.map(({ file, line }) => `${file}:${String(line)}`).filter((place) => known.has(place));
        if (alone.lines.length > 0) expect(order(both)).toEqual(order(alone));
      }),
    );
  });

  it('of nothing is empty', () => {
    expect(answer([])).toMatchObject({ lines: [], functions: [], hidden: { lines: 0 } });
  });

  it.each([
    ['time', 'ns', 'wall', 'cpu'],
    ['memory', 'bytes', 'inuse_space', 'alloc_space'],
  ] as const)(
    'takes no mean of one tool about %s where it counts %s as %s and as %s',
    (question, unit, one, other) => {
      const recordings = [one, other, one].map((name): Recording => {
        const profile: StackProfile = {
          ...{ format: 'pprof', shape: 'stacks', metrics: [{ name, unit }], doubts: [] },
          frames: [{ name: 'f', file: 'a.py', origin: 'mine' }],
          nodes: [{ parent: -1, frame: 0, line: 1, self: [name === one ? 10 : 90] }],
        };
        return { profile, roots: ROOTS, tool: 'pprof', kind: kindOf(profile), name };
      });
      const totals = answer(recordings, { question }).sources.map(
        ({ metric, total }) => [metric, total] as const,
      );
      expect(new Map(totals)).toEqual(
        new Map([
          [one, 10],
          [other, 90],
        ]),
      );
    },
  );
});
