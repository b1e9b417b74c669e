import { describe, expect, it } from 'vitest';
import type { Rule } from './evidence.ts';
import { fewestPairs, pairsFor, pairsToDecision, smallestEffect } from './power.ts';
import { drawGauss, startDraw } from './simulation.ts';
import { startSignBets } from './sign-bets.ts';
import { tMixtureEvidence } from './t-mixture.ts';

const rule: Rule = { alpha: 0.01, margin: 0.01, method: 'signs' };
const nearNormal: Rule = { ...rule, method: 'near-normal' };

/** Noise without wild values. */
const even = (sd: number) => ({ proof: sd, interval: sd });

/** Share of simulated runs whose evidence reaches 1/alpha within so many pairs. */
function simulatePower(effectInSds: number, pairs: number, { alpha, method }: Rule): number {
  const draw = startDraw(13);
  const runs = 1500;
  let found = 0;
  for (let run = 0; run < runs; run += 1) {
    const bets = startSignBets();
    const values: number[] = [];
    for (let pair = 0; pair < pairs; pair += 1) {
      const value = effectInSds + drawGauss(draw);
      values.push(value);
      bets.add(value);
      if ((method === 'signs' ? bets.eValue() : tMixtureEvidence(values)) >= 1 / alpha) {
        found += 1;
        break;
      }
    }
  }
  return found / runs;
}

describe('the smallest effect that can be seen', () => {
  it.each([
    [0.01, 'signs', 10],
    [0.01, 'signs', 15],
    [0.01, 'signs', 40],
    [0.01, 'signs', 120],
    [0.05, 'signs', 20],
    [0.001, 'signs', 30],
    [0.01, 'near-normal', 7],
    [0.01, 'near-normal', 12],
    [0.01, 'near-normal', 60],
  ] as const)(
    'is found in about 8 of 10 simulated runs at alpha %d by %s with %d pairs',
    (alpha, method, pairs) => {
      const asked: Rule = { alpha, margin: 0, method };
      // A tiny standard deviation keeps the log effect and the relative change the same.
      const power = simulatePower(smallestEffect(1e-6, pairs, asked) / 1e-6, pairs, asked);
      expect(power).toBeGreaterThan(0.75);
      expect(power).toBeLessThan(0.93);
    },
  );

  it('is infinite before the earliest possible decision', () => {
    expect([fewestPairs(rule), fewestPairs(nearNormal), fewestPairs({ ...rule, alpha: 0.05 })]).toEqual([
      9, 7, 7,
    ]);
    expect(smallestEffect(0.02, 8, rule)).toBe(Number.POSITIVE_INFINITY);
    expect(smallestEffect(0.02, 9, rule)).toBeLessThan(0.06);
    expect(smallestEffect(0.02, 6, nearNormal)).toBe(Number.POSITIVE_INFINITY);
  });

  it('never lies within the margin, and is the margin for meters without noise', () => {
    expect(smallestEffect(0.001, 100, rule)).toBeGreaterThan(0.01);
    expect(smallestEffect(0, 9, rule)).toBeCloseTo(0.01, 12);
  });

  it('asks for as many pairs as find it', () => {
    for (const pairs of [9, 14, 40, 333]) {
      expect(pairsFor(smallestEffect(0.03, pairs, rule) + 1e-9, 0.03, rule)).toBe(pairs);
    }
    expect(pairsFor(-0.05, 0.03, rule)).toBeLessThan(pairsFor(0.03, 0.03, rule));
    expect(pairsFor(0.009, 0.03, rule)).toBe(Number.POSITIVE_INFINITY);
    expect(pairsFor(0.5, 0, rule)).toBe(9);
  });
});

describe('the pairs to a decision', () => {
  it('are those that prove an estimate beyond the margin, or fit the interval into it', () => {
    // An effect of one standard deviation is found in 8 of 10 runs with 26 pairs, see the simulation above.
    expect(pairsToDecision(0.03, even(0.03), 12, rule)).toBe(27);
    expect(pairsToDecision(-0.03, even(0.03), 12, rule)).toBe(27);
    // A margin of half a standard deviation, and one of which the estimate leaves half.
    expect(pairsToDecision(0, even(0.02), 40, rule)).toBe(95);
    expect(pairsToDecision(0.005, even(0.01), 40, rule)).toBeGreaterThan(90);
  });

  it('are always more than there are, and unknown with few pairs or an estimate at the margin', () => {
    expect(pairsToDecision(0.5, even(0.01), 30, rule)).toBe(31);
    expect(pairsToDecision(0.03, even(0.03), 3, rule)).toBeUndefined();
    // Wild pairs widen the interval, and do not keep evidence back.
    expect(pairsToDecision(0.03, { proof: 0.03, interval: 0.1 }, 12, rule)).toBe(27);
    expect(pairsToDecision(0, { proof: 0.02, interval: 0.04 }, 200, rule)).toBeGreaterThan(300);
    expect(pairsToDecision(0.0099, even(0.03), 40, rule)).toBeUndefined();
    expect(pairsToDecision(0, even(0), 5, rule)).toBe(9);
  });
});
