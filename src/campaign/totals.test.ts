import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Campaign } from './campaign.ts';
import { drawBaseline, drawStep, drawWorkload } from './testing/drawn-campaign.ts';
import { compareDirect, isCurrent, startToNow, totalEffects } from './totals.ts';
import type { DirectComparison } from './totals.ts';

fc.configureGlobal({ seed: 20, numRuns: 200 });

const id = 'tests/test_bench.py::test_dedupe';
const baseline = drawBaseline();
const two: Campaign = { baseline, steps: [drawStep(2), drawStep(1), drawStep(3, { outcome: 'rejected' })] };
const direct: DirectComparison = {
  date: '2026-01-09T10:00:00Z',
  a: baseline.revision.commit,
  b: 'content 2',
  workloads: [drawWorkload({ before: 2e9, after: 5e8, ratio: 0.25, low: 0.24, high: 0.26, pairs: 20 })],
};

describe('the effect of all steps', () => {
  it('is the product of the accepted ones, with an interval whose ends are products too', () => {
    const [total] = totalEffects(two);
    expect(total).toMatchObject({ id, steps: 2, ratio: 0.25, start: 2e9, now: 0.5e9, missingIn: [] });
    expect(total?.low).toBeCloseTo(0.45 ** 2, 12);
    expect(total?.high).toBeCloseTo(0.55 ** 2, 12);
  });

  it('errs at most as often as all steps together, each with its whole series of attempts', () => {
    const steps = [drawStep(1), drawStep(2, { attempt: 2, alpha: 0.01 / 6 })];
    expect(totalEffects({ baseline, steps })[0]?.errorRate).toBeCloseTo(0.02, 12);
  });

  it('holds the true product whenever every interval holds its true ratio', () => {
    const sizes = fc.array(fc.tuple(fc.double({ min: -1, max: 1, noNaN: true }), fc.nat(99), fc.nat(99)), {
      minLength: 1,
      maxLength: 8,
    });
    fc.assert(
      fc.property(sizes, (drawn) => {
        const truths = drawn.map(([log]) => Math.exp(log));
        const steps = drawn.map(([log, below, above], index) => {
          const low = Math.exp(log - below / 100);
          const high = Math.exp(log + above / 100);
          return drawStep(index + 1, { workloads: [drawWorkload({ ratio: (low + high) / 2, low, high })] });
        });
        const product = truths.reduce((all, each) => all * each, 1);
        const [total] = totalEffects({ baseline, steps });
        expect(total?.low).toBeLessThanOrEqual(product * (1 + 1e-9));
        expect(total?.high).toBeGreaterThanOrEqual(product * (1 - 1e-9));
      }),
    );
  });

  it('excludes nothing where one step excluded nothing, and names steps that did not measure a workload', () => {
    const steps = [
      drawStep(1, { workloads: [drawWorkload({ low: 0, high: null })] }),
      drawStep(2),
      drawStep(3, { workloads: [drawWorkload({ id: 'whole', meter: 'peak', unit: 'bytes' })] }),
    ];
    const totals = totalEffects({ baseline, steps });
    expect(totals[0]).toMatchObject({ id, low: 0, high: null, missingIn: [drawStep(3).id] });
    expect(totals.map((total) => `${total.id} ${total.meter}`)).toEqual([
      `${id} cpu`,
      'whole cpu',
      'whole peak',
    ]);
  });
});

describe('a direct measurement', () => {
  it('counts only between this start and this present', () => {
    expect(isCurrent(direct, two, null)).toBe(true);
    expect(isCurrent({ ...direct, a: 'elsewhere' }, two, null)).toBe(false);
    expect(isCurrent({ ...direct, b: 'content 1' }, two, null)).toBe(false);
    expect(isCurrent({ ...direct, b: 'content 9' }, two, 'content 9')).toBe(true);
  });

  it.each([
    [{ low: 0.24, high: 0.26 }, 'inside', 'which lies in that interval'],
    [{ ratio: 0.29, low: 0.28, high: 0.31 }, 'overlaps', "within the steps' own uncertainty"],
    [{ ratio: 0.6, low: 0.55, high: 0.65 }, 'apart', 'the steps do not add up'],
    [{ low: 0, high: null }, 'unknown', 'cannot be checked'],
  ] as const)('is held against the product: %j is %s', (changes, relation, words) => {
    const agreement = compareDirect(totalEffects(two)[0], { ...direct.workloads[0]!, ...changes });
    expect(agreement.relation).toBe(relation);
    expect(agreement.sentence).toContain(words);
    expect(agreement.sentence).toContain('the product of 2 steps says -75.0 %');
  });

  it('is of the same workload by whichever clock it was measured', () => {
    const workloads = direct.workloads.map((each) => ({ ...each, meter: 'wall-less-queue' as const }));
    const effects = startToNow(two, { ...direct, workloads }, null);
    expect(effects.map((effect) => [effect.id, effect.how])).toEqual([
      [id, 'direct'],
      ['whole', 'product'],
    ]);
    expect(effects[0]?.agreement?.sentence).toContain('the product of 2 steps says');
  });

  it('goes before the product, which stays for workloads that it left out', () => {
    const effects = startToNow(two, direct, null);
    expect(effects.map((effect) => [effect.id, effect.how])).toEqual([
      [id, 'direct'],
      ['whole', 'product'],
    ]);
    expect(effects[0]).toMatchObject({ start: 2e9, now: 5e8, pairs: 20, verdict: 'faster' });
    expect(effects[1]).toMatchObject({ verdict: 'undecided', agreement: null });
    expect(startToNow(two, { ...direct, b: 'content 1' }, null)[0]).toMatchObject({
      how: 'product',
      verdict: 'faster',
      ratio: 0.25,
    });
  });
});
