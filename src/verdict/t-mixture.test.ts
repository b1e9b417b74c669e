import { describe, expect, it } from 'vitest';
import { drawGauss, startDraw } from './simulation.ts';
import { tMixtureEvidence, tMixtureReach, tMixtureValue, uncappedEvidence } from './t-mixture.ts';

/** The definition, integrated numerically: effects delta ~ N(0, g), sigma with density 1/sigma, against delta = 0. */
function integrateMixture(values: readonly number[]): number {
  const likelihood = (delta: number, logSigma: number): number => {
    const squares = values.reduce((sum, y) => sum + (y / Math.exp(logSigma) - delta) ** 2, 0);
    return Math.exp(-squares / 2 - values.length * logSigma);
  };
  const overSigma = (delta: number): number => {
    let sum = 0;
    for (let logSigma = -6; logSigma <= 9; logSigma += 0.05) sum += likelihood(delta, logSigma);
    return sum;
  };
  const alternative = [0.5, 4, 50].map((g) => {
    const step = 0.02 * Math.sqrt(g);
    let sum = 0;
    for (let delta = -7 * Math.sqrt(g); delta <= 7 * Math.sqrt(g); delta += step) {
      sum += overSigma(delta) * Math.exp((-delta * delta) / (2 * g)) * (step / Math.sqrt(2 * Math.PI * g));
    }
    return sum;
  });
  return alternative.reduce((sum, each) => sum + each / 3, 0) / overSigma(0);
}

describe('the t-mixture', () => {
  it.each([
    [[0.5, -0.2, 0.9, 1.4]],
    [[1.1, 0.9, 1.3, 1.2, 0.8, 1.05]],
    [[-0.4, 0.3, 0.1, -0.6, 0.2, -0.1, 0.5, -1.9]],
  ])('equals its definition, integrated numerically, for %j', (values) => {
    expect(uncappedEvidence(values) / integrateMixture(values)).toBeCloseTo(1, 3);
  });

  it('does not depend on the unit', () => {
    const values = [0.5, -0.2, 0.9, 1.4, 0.7];
    expect(tMixtureEvidence(values.map((value) => value * 1024))).toBeCloseTo(tMixtureEvidence(values), 12);
  });

  it('has mean 1 at a fixed number of values', () => {
    const draw = startDraw(2);
    const runs = 20_000;
    let sum = 0;
    for (let run = 0; run < runs; run += 1) {
      // Capped, because the mean of an e-value sits in its rare large values; what is cut off is below 1 %.
      sum += Math.min(uncappedEvidence(Array.from({ length: 6 }, () => drawGauss(draw))), 1e4);
    }
    expect(sum / runs).toBeGreaterThan(0.8);
    expect(sum / runs).toBeLessThan(1.1);
  });

  it('proves nothing with fewer than four values, however equal they are', () => {
    expect(tMixtureEvidence([1, 1, 1])).toBeLessThanOrEqual(1);
    expect(tMixtureReach(3, 0.3)).toBe(Number.POSITIVE_INFINITY);
  });

  it('proves no more by equal values than as many equal signs may say', () => {
    const equal = (pairs: number): readonly number[] => new Array<number>(pairs).fill(1);
    expect(tMixtureEvidence(equal(4))).toBe(16);
    expect(tMixtureEvidence(equal(6))).toBeLessThan(100);
    expect(tMixtureEvidence(equal(7))).toBeGreaterThan(100);
    expect(tMixtureReach(6, 0.01)).toBe(Number.POSITIVE_INFINITY);
    expect(tMixtureReach(9, 0.001)).toBe(Number.POSITIVE_INFINITY);
    expect(Number.isFinite(tMixtureReach(7, 0.01))).toBe(true);
  });

  it('refutes exactly the centres beyond its reach', () => {
    const values = [0.3, 0.5, 0.1, 0.4, 0.2, 0.45, 0.05];
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const sd = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
    const end = mean + tMixtureReach(values.length, 0.01) * sd;
    const against = (centre: number): number => tMixtureEvidence(values.map((value) => value - centre));
    expect(against(end + 1e-6)).toBeGreaterThan(100);
    expect(against(end - 1e-6)).toBeLessThan(100);
  });

  it('rises with the squared cosine', () => {
    const evidence = [0, 0.2, 0.5, 0.9, 1].map((cosine) => tMixtureValue(cosine, 12));
    expect(evidence).toEqual([...evidence].sort((one, other) => one - other));
  });
});
