import { describe, expect, it } from 'vitest';
import { combineRounds, median, quantile, robustSd } from './quantile.ts';
import { drawGauss, startDraw } from './simulation.ts';

describe('quantiles', () => {
  it('are interpolated between neighbours, whatever the order of the values', () => {
    expect([0, 0.25, 0.5, 1].map((q) => quantile([40, 10, 30, 20], q))).toEqual([10, 17.5, 25, 40]);
    expect(quantile([3], 0.9)).toBe(3);
    expect(quantile([], 0.5)).toBeNaN();
  });

  it('sort by size and not by text', () => {
    expect(median([9, 10, 100])).toBe(10);
  });

  it('combine the rounds of a pair without letting one wild round in', () => {
    expect(combineRounds([0.01, 0.03, 0.02, 9])).toBeCloseTo(0.025, 12);
  });
});

describe('the robust standard deviation', () => {
  it('is the usual one for Gaussian values and ignores a wild one', () => {
    const draw = startDraw(1);
    const values = Array.from({ length: 20_000 }, () => 2 * drawGauss(draw));
    expect(robustSd(values)).toBeCloseTo(2, 1);
    expect(robustSd([1, 2, 3, 4, 1e9])).toBeCloseTo(1.4826, 12);
    expect(robustSd([5])).toBe(0);
  });
});
