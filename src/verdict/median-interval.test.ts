import { describe, expect, it } from 'vitest';
import { medianInterval } from './median-interval.ts';

describe('the interval of a median', () => {
  it('lies between the order statistics that the binomial distribution allows', () => {
    const values = Array.from({ length: 16 }, (_, index) => index + 1);
    // P(at most 2 of 16 coins) = 137/65536: twice that is 0.42 %; with 3 it would be 2.1 %.
    expect(medianInterval(values, 0.01)).toEqual({ low: 3, high: 14 });
    expect(medianInterval(values, 0.05)).toEqual({ low: 4, high: 13 });
  });

  it('is the whole range when there are too few draws', () => {
    expect(medianInterval([3, 1, 2], 0.01)).toEqual({ low: 1, high: 3 });
    expect(medianInterval([5], 0.01)).toEqual({ low: 5, high: 5 });
    expect(medianInterval([], 0.01)).toEqual({ low: Number.NaN, high: Number.NaN });
  });

  it('holds the median as often as it says, also for skewed draws', () => {
    let state = 12345;
    const uniform = () => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return (state + 0.5) / 2 ** 32;
    };
    let held = 0;
    for (let run = 0; run < 4000; run += 1) {
      const draws = Array.from({ length: 20 }, () => -Math.log(uniform()));
      const { low, high } = medianInterval(draws, 0.01);
      if (low <= Math.LN2 && Math.LN2 <= high) held += 1;
    }
    expect(held / 4000).toBeGreaterThan(0.985);
  });
});
