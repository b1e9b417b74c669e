import { describe, expect, it } from 'vitest';
import type { Rule } from './evidence.ts';
import { confidenceInterval } from './interval.ts';
import { signEvidence } from './sign-bets.ts';
import { drawGauss, drawStudent, startDraw } from './simulation.ts';
import { tMixtureEvidence } from './t-mixture.ts';

const rule: Rule = { alpha: 0.01, margin: 0.01, method: 'signs' };

describe('the confidence interval', () => {
  it('of the sign bets ends where both e-processes have refuted, and not before', () => {
    const draw = startDraw(31);
    for (let run = 0; run < 60; run += 1) {
      const length = 9 + Math.floor(40 * draw());
      const values = Array.from(
        { length },
        () => 3 + (run % 2 === 0 ? drawGauss(draw) : drawStudent(draw, 3)),
      );
      const { low, high } = confidenceInterval(values, 1, rule);
      const slack = 0.002 * (high - low);
      const isRefuted = (centre: number): boolean =>
        signEvidence(values, centre) >= 100 && tMixtureEvidence(values.map((value) => value - centre)) >= 100;
      expect([low - slack, low + slack, high - slack, high + slack].map(isRefuted)).toEqual([
        true,
        false,
        false,
        true,
      ]);
    }
  });

  it('of the sign bets is never narrower than that of the t-mixture', () => {
    const draw = startDraw(32);
    for (let run = 0; run < 20; run += 1) {
      const values = Array.from({ length: 20 }, () => 3 + drawStudent(draw, 2));
      const signs = confidenceInterval(values, 1, rule);
      const normal = confidenceInterval(values, 1, { ...rule, method: 'near-normal' });
      expect(signs.low).toBeLessThanOrEqual(normal.low);
      expect(signs.high).toBeGreaterThanOrEqual(normal.high);
    }
  });

  it('leaves out the side of zero that is refuted, although the wider interval reaches over it', () => {
    const steady = Array.from({ length: 14 }, (_, index) => 0.1 + 0.002 * (index % 5));
    const values = [...steady, -8, ...steady];
    expect(confidenceInterval(values, 1, rule).low).toBeLessThan(0);
    expect(confidenceInterval(values, signEvidence(values, 0), rule).low).toBe(0);
    const mirrored = values.map((value) => -value);
    expect(confidenceInterval(mirrored, signEvidence(values, 0), rule).high).toBe(0);
  });

  it('still exists when skewed values refute their own median', () => {
    const values = Array.from({ length: 80 }, (_, index) =>
      index % 2 === 0 ? -0.01 - index * 1e-5 : 1 + index * 1e-3,
    );
    const { low, high } = confidenceInterval(values, 1, rule);
    expect(Number.isFinite(low) && Number.isFinite(high)).toBe(true);
    expect(high).toBeGreaterThan(low);
  });
});
