import { describe, expect, it } from 'vitest';
import { drawStudent, startDraw } from './simulation.ts';
import { signEvidence, startSignBets, unanimousEvidence } from './sign-bets.ts';

describe('sign bets', () => {
  it('are a fair game: over all signs of given magnitudes the wealth has mean 1', () => {
    const draw = startDraw(5);
    const magnitudes = Array.from({ length: 10 }, () => Math.abs(drawStudent(draw, 2)));
    let sum = 0;
    for (let signs = 0; signs < 2 ** 10; signs += 1) {
      sum += signEvidence(
        magnitudes.map((magnitude, index) => ((signs >> index) % 2 === 0 ? magnitude : -magnitude)),
        0,
      );
    }
    expect(sum / 2 ** 10).toBeCloseTo(1, 10);
  });

  it('have the wealth that the formula gives, step by step', () => {
    const bets = startSignBets();
    const wealths = [2, -1, 40].map((value) => {
      bets.add(value);
      return bets.eValue();
    });
    // z: 2/2, -1/1.5, and 40/2 clipped to 2.5.
    const zs = [1, -1 / 1.5, 2.5];
    const expected = [1, 2, 3].map((n) => {
      let sum = 0;
      for (const direction of [1, -1]) {
        for (const [lambda, weight] of [
          [0.1, 0.1],
          [0.3, 0.2],
          [1, 0.3],
          [3, 0.4],
        ] as const) {
          const factors = zs.slice(0, n).map((z) => 2 / (1 + Math.exp(-2 * direction * lambda * z)));
          sum += (weight / 2) * factors.reduce((product, factor) => product * factor, 1);
        }
      }
      return sum;
    });
    wealths.forEach((wealth, index) => {
      expect(wealth).toBeCloseTo(expected[index] ?? Number.NaN, 12);
    });
  });

  it('prove nothing with the first pair and can decide at 1 % with the ninth, not the eighth', () => {
    expect(signEvidence([0.3], 0)).toBeCloseTo(1, 12);
    expect(signEvidence(new Array<number>(8).fill(0.3), 0)).toBeLessThan(100);
    expect(signEvidence(new Array<number>(9).fill(0.3), 0)).toBeGreaterThan(100);
    expect(signEvidence(new Array<number>(9).fill(-0.3), 0)).toBeCloseTo(unanimousEvidence(9), 9);
  });

  it('neither win nor lose on zeros, even where most values are zero', () => {
    expect(signEvidence([0, 0, 0], 0)).toBe(1);
    expect(signEvidence([0.1, 0, -0.2, 0], 0)).toBeGreaterThan(0);
    expect(signEvidence([0, 0, 0, 0.1], 0)).toBeCloseTo(1, 12);
  });

  it('stay finite and right after more values than a float can multiply', () => {
    const bets = startSignBets();
    for (let i = 0; i < 3000; i += 1) bets.add(1);
    expect(bets.eValue()).toBe(Number.MAX_VALUE);
  });
});
