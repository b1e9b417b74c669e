import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { drawBlock } from './drawn-pair.ts';
import {
  chooseMeter,
  chooseRounds,
  isSteady,
  firstCallSettles,
  leadShare,
  mayPin,
  nextCount,
  settleCounts,
  worksAlone,
} from './plan.ts';
import type { Seen } from './plan.ts';

function seen(change: Partial<Parameters<typeof drawBlock>[0]> = {}, more: Partial<Seen> = {}): Seen {
  return {
    block: drawBlock({ wallMs: 5, cpuMs: 5, delayMs: 0, ...change }),
    threads: 1,
    childCpuNs: 0,
    othersCpuNs: undefined,
    ...more,
  };
}

describe('chooseMeter', () => {
  it('takes CPU time while neither side blocks, however long they waited for a core', () => {
    expect(chooseMeter({ a: seen(), b: seen({ wallMs: 25, delayMs: 20 }) })).toBe('cpu');
  });

  it('takes wall time less the queue as soon as one side blocks', () => {
    expect(chooseMeter({ a: seen(), b: seen({ wallMs: 9 }) })).toBe('wall-less-queue');
    expect(chooseMeter({ a: seen({}, { childCpuNs: 1e6 }), b: seen() })).toBe('wall-less-queue');
  });

  it('takes plain wall time for parallel work and where the kernel tells no queueing', () => {
    expect(chooseMeter({ a: seen({ cpuMs: 9 }), b: seen() })).toBe('wall');
    expect(chooseMeter({ a: seen({ cpuMs: 9 }, { othersCpuNs: 4e6 }), b: seen() })).toBe('wall');
    const blocking = { wallMs: 9, switches: 9, delayMs: undefined };
    expect(chooseMeter({ a: seen(blocking), b: seen(blocking) })).toBe('wall');
    expect(chooseMeter({ a: seen({ delayMs: undefined }), b: seen({ delayMs: undefined }) })).toBe('cpu');
  });
});

describe('more CPU time than wall time', () => {
  it('is no parallel work when one thread alone has spent it: short calls with setup around them', () => {
    expect(chooseMeter({ a: seen({ cpuMs: 9 }, { othersCpuNs: 0 }), b: seen() })).toBe('cpu');
  });
});

describe('mayPin', () => {
  it('leaves threads and children their cores', () => {
    expect(mayPin({ a: seen(), b: seen() })).toBe(true);
    expect(mayPin({ a: seen(), b: seen({}, { threads: 3 }) })).toBe(false);
    expect(mayPin({ a: seen({}, { childCpuNs: 5 }), b: seen() })).toBe(false);
    // Threads that were joined before anybody counted them.
    expect(mayPin({ a: seen(), b: seen({}, { othersCpuNs: 2e6 }) })).toBe(false);
    expect(mayPin({ a: seen(), b: seen({}, { othersCpuNs: 1e4 }) })).toBe(true);
  });
});

describe('worksAlone', () => {
  it('is one thread that never waits, however long it waited for a core', () => {
    expect(worksAlone(seen())).toBe(true);
    expect(worksAlone(seen({ wallMs: 25, delayMs: 20 }))).toBe(true);
    expect(worksAlone(seen({ wallMs: 9 }))).toBe(false);
    expect(worksAlone(seen({}, { threads: 2 }))).toBe(false);
  });
});

describe('the length of blocks and pairs', () => {
  it('grows a block to 1 ms in steps that cannot overshoot far', () => {
    expect(nextCount(1, 1.2e6)).toBe(1);
    expect(nextCount(1, 0)).toBe(16);
    expect(nextCount(100, 0.98e6)).toBe(200);
    expect(nextCount(10, 0.2e6)).toBe(58);
  });

  it('gives both sides the same count unless one is much faster', () => {
    expect(settleCounts({ a: 100, b: 180 }, { a: 9, b: 5 })).toEqual({ a: 180, b: 180 });
    expect(settleCounts({ a: 10, b: 2700 }, { a: 270, b: 1 })).toEqual({ a: 10, b: 2700 });
  });

  it('gives both sides the same count when only a slow moment of the machine made them differ', () => {
    expect(settleCounts({ a: 24, b: 5 }, { a: 80, b: 90 })).toEqual({ a: 24, b: 24 });
    expect(settleCounts({ a: 40, b: 8 }, { a: 25, b: 75 })).toEqual({ a: 40, b: 40 });
  });

  it('knows how many calls run before the clock, as the shim has it', () => {
    expect([1, 3, 4, 9, 10, 25].map(leadShare)).toEqual([0, 0, 1 / 4, 1 / 9, 1 / 10, 2 / 25]);
  });

  it('takes the first call for the block that settles only where it was one as long', () => {
    const settles = (count: number, iterationMs: number) =>
      firstCallSettles({
        meter: 'cpu',
        count: { a: 1, b: count },
        cores: [],
        iterationNs: { a: iterationMs * 1e6, b: 20e6 },
      });
    expect([settles(1, 20), settles(2, 20), settles(1, 0.005)]).toEqual([true, false, false]);
  });

  it('never plans a pair that leaves no room for a decision within the budget', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 1e6, max: 4e9, noNaN: true }),
        fc.double({ min: 5e6, max: 2e9, noNaN: true }),
        (startupNs, blockNs) => {
          const plan = {
            meter: 'cpu',
            count: { a: 1, b: 1 },
            cores: [],
            iterationNs: { a: blockNs, b: blockNs },
          } as const;
          const { least, most } = chooseRounds(plan, startupNs, 60e9);
          expect(least).toBeGreaterThanOrEqual(1);
          expect(most).toBeGreaterThanOrEqual(least);
          expect(most).toBeLessThanOrEqual(30);
          if (most > 1) expect(14 * (startupNs + 2 * most * blockNs)).toBeLessThanOrEqual(60e9);
          for (const rounds of [least, most]) if (rounds > 2) expect(rounds % 2).toBe(0);
        },
      ),
    );
  });

  it('gives a pair as many rounds as its start-up is worth, and up to twelve where that is fewer', () => {
    const planOf = (ms: number) =>
      ({
        meter: 'cpu',
        count: { a: 1, b: 1 },
        cores: [],
        iterationNs: { a: ms * 1e6, b: ms * 1e6 },
      }) as const;
    expect(chooseRounds(planOf(1), 36e6, 15e9)).toEqual({ least: 26, most: 26 });
    expect(chooseRounds(planOf(20), 40e6, 15e9)).toEqual({ least: 2, most: 12 });
    expect(chooseRounds(planOf(8), 85e6, 15e9)).toEqual({ least: 8, most: 12 });
    expect(chooseRounds(planOf(20), 40e6, 2e9)).toEqual({ least: 2, most: 2 });
  });
});

describe('isSteady', () => {
  it('takes a pair for done when its middle half lies close together', () => {
    expect(isSteady([0.05, 0.06])).toBe(true);
    expect(isSteady([0.05, 0.08])).toBe(false);
    expect(isSteady([0.05, 0.08, 0.06, 0.055])).toBe(true);
    // One burst in each direction does not hold it up.
    expect(isSteady([0.05, 0.9, 0.06, -0.7])).toBe(true);
    for (const nothing of [[], [0.05], [0, 0]]) expect(isSteady(nothing)).toBe(false);
  });

  it('never asks which side is faster', () => {
    const ratio = fc.double({ min: -0.3, max: 0.3, noNaN: true });
    fc.assert(
      fc.property(fc.array(ratio, { minLength: 1, maxLength: 12 }), (ratios) => {
        expect(isSteady(ratios)).toBe(isSteady(ratios.map((value) => -value)));
      }),
    );
  });
});
