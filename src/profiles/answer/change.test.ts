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

function compare(a: readonly Recording[], b: readonly Recording[]): ProfileChange {
  const found = compareProfiles(a, b, 'time');
  if ('problem' in found) throw new Error(found.problem);
  return found;
}

const states = (found: ProfileChange) => found.frames.map(({ function: name, state }) => `${name} ${state}`);

describe('the change between two profiles', () => {
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

  it('does not compare times with samples whose rate nobody knows', () => {
    const timed = stacks('A@a 80');
    const profile = { ...timed.profile, metrics: [{ name: 'wall', unit: 'ns' as const }] };
    expect(compareProfiles([timed], [{ ...timed, profile }], 'time')).toEqual({ problem: 'units-differ' });
    expect(compareProfiles([timed], [timed], 'memory')).toEqual({ problem: 'nothing-recorded' });
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
