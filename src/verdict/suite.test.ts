import { describe, expect, it } from 'vitest';
import type { Judgement, Outcome, Rule } from './evidence.ts';
import { judge } from './judge.ts';
import { startSignBets } from './sign-bets.ts';
import { drawGauss, startDraw } from './simulation.ts';
import { judgeSuite, startSuite } from './suite.ts';

const rule: Rule = { alpha: 0.01, margin: 0.01, method: 'signs' };

/** A judgement with the parts that a suite looks at. */
function judgementOf(eValue: number, outcome: Outcome): Judgement {
  return {
    pairs: 9,
    ratio: 1.1,
    low: 1,
    high: 1.2,
    eValue,
    pairSd: 0.01,
    detectable: 0.03,
    outcome,
    pairsNeeded: undefined,
    doubts: [],
  };
}

describe('a suite', () => {
  it('of one question answers exactly like the judgement alone', () => {
    const draw = startDraw(4);
    for (const effect of [0.03, -0.03, 0]) {
      const suite = startSuite(['only'], rule);
      const values: number[] = [];
      while (values.length < 60 && suite.outcome('only') === 'undecided') {
        values.push(effect + 0.01 * drawGauss(draw));
        const judgement = judge(values, rule);
        suite.update('only', judgement);
        expect(suite.outcome('only')).toBe(judgement.outcome);
      }
      expect(suite.outcome('only')).not.toBe('undecided');
    }
  });

  it('asks more evidence of the first discovery among many, and less of those that follow', () => {
    const suite = startSuite(['a', 'b', 'c', 'd'], rule);
    expect(suite.update('a', judgementOf(150, 'slower'))).toEqual([]);
    expect(suite.update('b', judgementOf(399, 'faster'))).toEqual([]);
    // 4 questions: one discovery needs 400, two need 200 each, three 133 each.
    expect(suite.update('c', judgementOf(134, 'slower'))).toEqual([
      { id: 'a', outcome: 'slower' },
      { id: 'b', outcome: 'faster' },
      { id: 'c', outcome: 'slower' },
    ]);
    expect(suite.undecided()).toEqual(['d']);
    expect(suite.update('d', judgementOf(100, 'slower'))).toEqual([{ id: 'd', outcome: 'slower' }]);
  });

  it('never takes an answer back', () => {
    const suite = startSuite(['a', 'b'], rule);
    suite.update('a', judgementOf(200, 'slower'));
    expect(suite.outcome('a')).toBe('slower');
    expect(suite.update('a', judgementOf(1, 'undecided'))).toEqual([]);
    suite.update('b', judgementOf(1, 'no difference'));
    expect([suite.outcome('a'), suite.outcome('b')]).toEqual(['slower', 'no difference']);
  });

  it('does not let evidence for an effect within the margin lower the bar for others', () => {
    const outcomes = judgeSuite(
      new Map([
        ['tiny', judgementOf(1e9, 'no difference')],
        ['open', judgementOf(1e9, 'undecided')],
        ['change', judgementOf(250, 'slower')],
      ]),
      rule,
    );
    expect([...outcomes.values()]).toEqual(['no difference', 'undecided', 'undecided']);
  });

  it('counts questions that were not measured yet', () => {
    const outcomes = judgeSuite(
      new Map<string, Judgement | undefined>([
        ['a', judgementOf(150, 'slower')],
        ['b', undefined],
      ]),
      rule,
    );
    expect(outcomes.get('a')).toBe('undecided');
  });

  it('refuses an unknown question', () => {
    expect(() => startSuite(['a'], rule).update('b', judgementOf(1, 'undecided'))).toThrow(RangeError);
  });
});

describe('the share of false discoveries of a suite', () => {
  /** Nineteen unchanged workloads and three changed ones, measured in turns until decided or out of pairs. */
  function simulateSuites(isAlone: boolean): number {
    const lax: Rule = { alpha: 0.1, margin: 0, method: 'signs' };
    const ids = Array.from({ length: 22 }, (_, index) => String(index));
    const draw = startDraw(21);
    const runs = 300;
    let shares = 0;
    for (let run = 0; run < runs; run += 1) {
      const bets = ids.map(() => startSignBets());
      const suites = isAlone ? ids.map((id) => startSuite([id], lax)) : [startSuite(ids, lax)];
      const suiteOf = (index: number) => suites[isAlone ? index : 0] ?? startSuite(ids, lax);
      for (let pair = 0; pair < 40; pair += 1) {
        ids.forEach((id, index) => {
          const bet = bets[index];
          if (bet === undefined || suiteOf(index).outcome(id) !== 'undecided') return;
          bet.add(drawGauss(draw) + (index < 3 ? 1 : 0));
          const eValue = bet.eValue();
          suiteOf(index).update(id, judgementOf(eValue, eValue >= 1 / lax.alpha ? 'slower' : 'undecided'));
        });
      }
      const found = ids.filter((id, index) => suiteOf(index).outcome(id) === 'slower').map(Number);
      shares += found.filter((index) => index >= 3).length / Math.max(found.length, 1);
    }
    return shares / runs;
  }

  it('stays below the promised rate, while judging each workload alone exceeds it', () => {
    expect(simulateSuites(false)).toBeLessThan(0.1);
    expect(simulateSuites(true)).toBeGreaterThan(0.15);
  });
});
