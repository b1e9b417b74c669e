import { describe, expect, it } from 'vitest';
import { judge } from './judge.ts';
import { combineRounds } from './quantile.ts';
import { startSignBets } from './sign-bets.ts';
import {
  calibrate,
  drawGauss,
  drawStudent,
  drifting,
  driftingUnshuffled,
  gaussian,
  nested,
  peekingTTest,
  roundsTTest,
  singleTTest,
  startDraw,
  student,
  studentTails,
  twoSpeeds,
} from './simulation.ts';
import type { Procedure } from './simulation.ts';
import { tMixtureEvidence } from './t-mixture.ts';

const ALPHA = 0.01;

/** What `judge` calls different is a subset of this: without its interval and margin, thousands of runs are cheap. */
const signs: Procedure = () => {
  const bets = startSignBets();
  return (rounds) => {
    bets.add(combineRounds(rounds));
    return bets.eValue() >= 1 / ALPHA;
  };
};

function nearNormalAt(alpha: number): Procedure {
  return () => {
    const values: number[] = [];
    return (rounds) => {
      values.push(combineRounds(rounds));
      return tMixtureEvidence(values) >= 1 / alpha;
    };
  };
}

const nearNormal = nearNormalAt(ALPHA);

describe('false alarms on identical code, looking after every one of 60 pairs', () => {
  it.each([
    ['Gaussian noise', gaussian],
    ['heavy tails without a variance', student(2)],
    ['Cauchy noise', student(1)],
    ['a drifting machine with drawn order', drifting],
    ['rounds that share the luck of their pair', nested],
    ['a machine whose speed differs between the sides of every pair', twoSpeeds(1)],
    ['a machine whose speed differs between the sides of some pairs', twoSpeeds(0.8)],
  ])('stay within the promised rate for the sign bets under %s', (_name, machine) => {
    expect(calibrate(signs, machine)).toMatchObject({ passes: true });
  });

  it('stay within the promised rate for the t-mixture under Gaussian noise', () => {
    expect(calibrate(nearNormal, gaussian)).toMatchObject({ passes: true });
  });

  it.each([
    [1, 0.03],
    [0.8, 0.02],
    [0.6, 0.01],
  ])(
    'stay for the t-mixture within what is said of it when the sides differ in speed in %d of the pairs',
    (share, most) => {
      const { rate } = calibrate(nearNormal, twoSpeeds(share), { runs: 6000 });
      expect(rate).toBeLessThan(most);
    },
  );

  it('stay for the t-mixture as near to a stricter rate, which each of ten workloads has', () => {
    expect(calibrate(nearNormalAt(ALPHA / 10), twoSpeeds(1), { runs: 6000 }).rate).toBeLessThan(0.005);
  });

  it('exceed it far for an ordinary t-test that peeks', () => {
    const peeking = calibrate(peekingTTest(ALPHA), gaussian);
    expect(peeking).toMatchObject({ passes: false });
    expect(peeking.rate).toBeGreaterThan(0.05);
  });

  it('exceed it far for a t-test that takes the rounds as independent', () => {
    const independent = calibrate(roundsTTest(ALPHA, 10), nested, { pairs: 10 });
    expect(independent).toMatchObject({ passes: false });
    expect(independent.rate).toBeGreaterThan(0.05);
  });

  it('are reported as within the rate for a t-test on pairs that looks once, so that the check accuses no innocent', () => {
    expect(calibrate(singleTTest(ALPHA, 10), nested, { pairs: 10 })).toMatchObject({ passes: true });
  });

  it('exceed it for every procedure when the order inside a pair is not drawn', () => {
    expect(calibrate(signs, driftingUnshuffled, { runs: 300 })).toMatchObject({ passes: false });
  });
});

describe('the t-test of the planted mistakes', () => {
  it('has the critical values of the printed tables', () => {
    expect(studentTails(12.706, 1)).toBeCloseTo(0.05, 5);
    expect(studentTails(4.032, 5)).toBeCloseTo(0.01, 4);
    expect(studentTails(2.626, 100)).toBeCloseTo(0.01, 4);
  });
});

describe('the interval, looked at again and again', () => {
  const looks = [9, 12, 16, 24, 40];
  const runs = 250;

  it.each([
    ['signs', 'Gaussian', drawGauss],
    ['signs', 'heavy-tailed', (draw: () => number) => drawStudent(draw, 2)],
    ['near-normal', 'Gaussian', drawGauss],
  ] as const)(
    'of %s holds the true ratio at every look in 99 of 100 runs under %s noise',
    (method, _name, noise) => {
      const draw = startDraw(7);
      const truth = Math.log(1.05);
      let misses = 0;
      for (let run = 0; run < runs; run += 1) {
        const values = Array.from({ length: 40 }, () => truth + 0.03 * noise(draw));
        const isMissed = looks.some((look) => {
          const { low, high } = judge(values.slice(0, look), { alpha: ALPHA, margin: 0.01, method });
          return low > 1.05 || high < 1.05;
        });
        if (isMissed) misses += 1;
      }
      expect(misses).toBeLessThanOrEqual(runs * ALPHA + 3 * Math.sqrt(runs * ALPHA * (1 - ALPHA)));
    },
  );
});

describe('decisions on changed code', () => {
  /** Share of the runs that find an effect within so many pairs; both in standard deviations of a pair. */
  function power(procedure: Procedure, effect: number, pairs: number): number {
    return calibrate(procedure, (draw) => () => [effect + drawGauss(draw)], { pairs, runs: 1500, seed: 3 })
      .rate;
  }

  it('come within 15 pairs in 8 of 10 runs for an effect of two standard deviations, by either method', () => {
    expect(power(signs, 2, 15)).toBeGreaterThan(0.8);
    expect(power(nearNormal, 2, 15)).toBeGreaterThan(0.8);
  });

  it('come with the ninth pair nearly always for an effect of four standard deviations', () => {
    expect(power(signs, 4, 9)).toBeGreaterThan(0.95);
    expect(power(signs, 4, 8)).toBe(0);
  });

  it('come within 60 pairs in half of the runs for an effect of half a standard deviation', () => {
    expect(power(signs, 0.5, 60)).toBeGreaterThan(0.45);
  });

  it('of the whole judgement are right: the side, and nothing within the margin', () => {
    const draw = startDraw(11);
    const rule = { alpha: ALPHA, margin: 0.01, method: 'signs' } as const;
    const outcomes = (change: number, sd: number, pairs: number): Set<string> =>
      new Set(
        Array.from({ length: 20 }, () => {
          const values = Array.from({ length: pairs }, () => Math.log1p(change) + sd * drawGauss(draw));
          return judge(values, rule).outcome;
        }),
      );
    expect(outcomes(0.1, 0.02, 20)).toEqual(new Set(['slower']));
    expect(outcomes(-0.1, 0.02, 20)).toEqual(new Set(['faster']));
    expect(outcomes(0.003, 0.005, 60)).toEqual(new Set(['no difference']));
    expect(outcomes(0, 0.05, 20)).toEqual(new Set(['undecided']));
  });
});
