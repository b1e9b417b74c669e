import { describe, expect, it } from 'vitest';
import type { Rule } from './evidence.ts';
import { judgeCalls } from './judge-calls.ts';
import type { CallRatios } from './judge-calls.ts';
import { judge } from './judge.ts';
import { calibrate, drawGauss, startDraw } from './simulation.ts';
import type { Machine } from './simulation.ts';

const rule: Rule = { alpha: 0.01, margin: 0.01, method: 'signs' };

/** Pairs whose two ratios scatter on their own, by 1 % each. */
function draw(count: number, middle: number, mean: number): CallRatios[] {
  const next = startDraw(7);
  return Array.from({ length: count }, () => ({
    middle: middle + 0.01 * drawGauss(next),
    mean: mean + 0.01 * drawGauss(next),
  }));
}

describe('judging calls that need not cost the same', () => {
  it('says what the middle says while the means say nothing else', () => {
    const pairs = draw(20, -0.2, -0.2);
    const middles = pairs.map(({ middle }) => middle);
    const judged = judgeCalls(pairs, rule);
    expect(judged).toMatchObject({ outcome: 'faster', of: 'the call in the middle', doubts: [] });
    expect(judged.ratio).toBe(judge(middles, rule).ratio);
  });

  it.each([
    ['a gain that rare calls eat up', -0.3, 0.5, 'slower'],
    ['a loss in most calls that rare ones more than make up for', 0.1, -0.4, 'faster'],
    ['rare calls that nothing else shows', 0, 0.2, 'slower'],
    ['a gain that is just eaten up', -0.3, 0, 'undecided'],
  ] as const)('judges the mean: %s', (_name, middle, mean, outcome) => {
    const judged = judgeCalls(draw(25, middle, mean), rule);
    expect(judged).toMatchObject({ outcome, of: 'all calls' });
    expect(Math.log(judged.ratio)).toBeCloseTo(mean, 1);
    expect(judged.doubts.map(({ code }) => code)).toEqual(['calls-differ']);
  });

  it('prints the mean without a doubt where both say nearly the same', () => {
    const judged = judgeCalls(draw(25, -0.5, -0.45), rule);
    expect(judged).toMatchObject({ outcome: 'faster', of: 'all calls', doubts: [] });
    expect(Math.log(judged.ratio)).toBeCloseTo(-0.45, 1);
  });

  it('is as quick as the middle where both are proven and differ', () => {
    const pairs = Array.from({ length: 9 }, (_, index) => ({
      middle: -0.7 - index / 1e3,
      mean: -0.5 - index / 2e3,
    }));
    expect(judgeCalls(pairs, rule).outcome).toBe('faster');
    expect(judgeCalls(pairs.slice(1), rule).outcome).toBe('undecided');
  });

  it('waits while the means point the other way and nothing is proven of them', () => {
    // Half of the pairs have a dear call.
    const pairs = draw(12, -0.2, 0).map(({ middle }, index) => ({
      middle,
      mean: index % 5 < 3 ? 0.4 : middle,
    }));
    const judged = judgeCalls(pairs, rule);
    expect(judged).toMatchObject({ outcome: 'undecided', of: 'the call in the middle' });
    expect(judged.doubts.map(({ code }) => code)).toEqual(['calls-differ']);
  });

  it('does not say "no difference" of what the means prove', () => {
    const pairs = Array.from({ length: 40 }, (_, index) => ({
      middle: index % 2 === 0 ? 0.001 : -0.001,
      mean: index % 5 === 0 ? -0.001 : 0.0102 + index / 1e5,
    }));
    expect(judgeCalls(pairs, rule).outcome).not.toBe('no difference');
  });

  /** Identical code, whose calls are now cheap and now dear, on either side by chance; the mean goes its own ways. */
  const uneven: Machine = (next) => () => [
    drawGauss(next),
    3 * drawGauss(next) + (next() < 0.2 ? 20 * drawGauss(next) : 0),
  ];

  it('keeps the promised rate on identical code, looking after every one of 25 pairs', () => {
    const both = (): ((rounds: readonly number[]) => boolean) => {
      const pairs: CallRatios[] = [];
      return ([middle = 0, extra = 0]) => {
        pairs.push({ middle, mean: middle + extra });
        const { outcome } = judgeCalls(pairs, { ...rule, margin: 0 });
        return outcome === 'faster' || outcome === 'slower';
      };
    };
    expect(calibrate(both, uneven, { pairs: 25, runs: 500 })).toMatchObject({ passes: true });
  });
});
