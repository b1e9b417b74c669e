import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Judgement, Rule } from './evidence.ts';
import { judge } from './judge.ts';
import { median } from './quantile.ts';
import { drawStudent, startDraw } from './simulation.ts';

fc.configureGlobal({ seed: 20, numRuns: 200 });

const rule: Rule = { alpha: 0.01, margin: 0.01, method: 'signs' };
const methods = ['signs', 'near-normal'] as const;

function repeat(value: number, times: number): number[] {
  return new Array<number>(times).fill(value);
}

/** Log ratios to a millionth, from fine noise to absurd, ties and zeros included. */
const logRatios = fc.array(
  fc
    .oneof(
      fc.integer({ min: -3_000_000, max: 3_000_000 }),
      fc.integer({ min: 40_000, max: 60_000 }),
      fc.constantFrom(0, 50_000, -50_000),
    )
    .map((millionths) => millionths / 1e6),
  { minLength: 1, maxLength: 30 },
);
const rules = fc.record({
  alpha: fc.constantFrom(0.001, 0.01, 0.05, 0.2),
  margin: fc.constantFrom(0, 0.01, 0.1),
  method: fc.constantFrom(...methods),
});

describe('judge', () => {
  it('mirrors itself when A and B change places', () => {
    fc.assert(
      fc.property(logRatios, rules, (values, asked) => {
        const one = judge(values, asked);
        const other = judge(
          values.map((value) => -value),
          asked,
        );
        const mirrored = { faster: 'slower', slower: 'faster' } as Partial<Record<string, string>>;
        expect(other.outcome).toBe(mirrored[one.outcome] ?? one.outcome);
        expect(Math.log(other.ratio)).toBeCloseTo(-Math.log(one.ratio), 9);
        if (Number.isFinite(one.high)) {
          expect(Math.log(other.low)).toBeCloseTo(-Math.log(one.high), 9);
          expect(Math.log(other.high)).toBeCloseTo(-Math.log(one.low), 9);
        }
        expect(other.eValue / one.eValue).toBeCloseTo(1, 9);
      }),
    );
  });

  it('scales with the effect and the noise together: same evidence, interval stretched', () => {
    fc.assert(
      fc.property(logRatios, rules, (values, asked) => {
        const one = judge(values, asked);
        const twice = judge(
          values.map((value) => value / 2),
          asked,
        );
        expect(twice.eValue / one.eValue).toBeCloseTo(1, 9);
        if (Number.isFinite(one.high)) expect(Math.log(twice.high)).toBeCloseTo(Math.log(one.high) / 2, 9);
      }),
    );
  });

  it('does not care about the order of pairs of equal magnitude', () => {
    fc.assert(
      fc.property(
        fc
          .array(fc.boolean(), { minLength: 1, maxLength: 25 })
          .chain((signs) =>
            fc.tuple(fc.constant(signs), fc.shuffledSubarray(signs, { minLength: signs.length })),
          ),
        ([signs, shuffled]) => {
          const evidence = (order: readonly boolean[]): number =>
            judge(
              order.map((isUp) => (isUp ? 0.05 : -0.05)),
              rule,
            ).eValue;
          expect(evidence(shuffled) / evidence(signs)).toBeCloseTo(1, 9);
        },
      ),
    );
  });

  it('keeps its estimate inside its interval and its answer in line with both', () => {
    fc.assert(
      fc.property(logRatios, rules, (values, asked) => {
        const { ratio, low, high, outcome, eValue } = judge(values, asked);
        expect(ratio).toBeCloseTo(Math.exp(median(values)), 9);
        expect(low).toBeLessThanOrEqual(ratio);
        expect(high).toBeGreaterThanOrEqual(ratio);
        if (outcome === 'slower')
          expect([eValue >= 1 / asked.alpha, low >= 1, ratio > 1 + asked.margin]).not.toContain(false);
        if (outcome === 'faster')
          expect([eValue >= 1 / asked.alpha, high <= 1, ratio < 1]).not.toContain(false);
        if (outcome === 'no difference') expect(high - 1).toBeLessThanOrEqual(asked.margin + 1e-12);
      }),
    );
  });

  it('narrows the interval when a higher error rate is allowed', () => {
    const draw = startDraw(17);
    for (const method of methods) {
      for (let run = 0; run < 20; run += 1) {
        const values = Array.from({ length: 14 }, () => 0.05 + 0.02 * drawStudent(draw, 3));
        const widths = [0.2, 0.05, 0.01, 0.002].map((alpha) => {
          const { low, high } = judge(values, { alpha, margin: 0.01, method });
          return high - low;
        });
        expect(widths).toEqual([...widths].sort((one, other) => one - other));
      }
    }
  });

  it('excludes nothing without pairs and with too few', () => {
    expect(judge([], rule)).toMatchObject({
      pairs: 0,
      ratio: 1,
      low: 0,
      high: Infinity,
      eValue: 1,
      outcome: 'undecided',
    });
    expect(judge(repeat(0.7, 8), rule)).toMatchObject({ low: 0, high: Infinity, detectable: Infinity });
    expect(judge(repeat(0.7, 8), rule)).toMatchObject({ outcome: 'undecided', pairsNeeded: 9 });
  });

  it('decides meters without noise with the ninth pair: a change by its size, equality as no difference', () => {
    const change = judge(repeat(Math.log(1.2), 9), rule);
    expect(change).toMatchObject({ outcome: 'slower', pairSd: 0, pairsNeeded: undefined });
    expect([change.low, change.high]).toEqual([change.ratio, change.ratio]);
    expect(judge(repeat(-0.2, 9), rule).outcome).toBe('faster');
    expect(judge(repeat(0, 9), rule)).toMatchObject({ outcome: 'no difference', low: 1, high: 1, eValue: 1 });
    expect(judge(repeat(0, 8), rule)).toMatchObject({ outcome: 'undecided', pairsNeeded: 9 });
    expect(judge(repeat(0.005, 9), rule)).toMatchObject({ outcome: 'no difference' });
  });

  it('decides them with the seventh pair when near-normal noise is assumed, and says so', () => {
    const dear: Rule = { ...rule, method: 'near-normal' };
    expect(judge(repeat(0.2, 6), dear).outcome).toBe('undecided');
    expect(judge(repeat(0.2, 7), dear)).toMatchObject({ outcome: 'slower', pairSd: 0 });
    expect(judge(repeat(0, 7), dear)).toMatchObject({ outcome: 'no difference', low: 1, high: 1 });
    expect(judge(repeat(0, 7), dear).doubts.map(({ code }) => code)).toEqual(['near-normal-noise-assumed']);
    expect(judge(repeat(0, 9), rule).doubts).toEqual([]);
  });

  it('calls a proven change that is smaller than the margin no difference, and shows that it is real', () => {
    const draw = startDraw(19);
    const values = Array.from({ length: 30 }, () => Math.log(1.005) + 0.001 * drawStudent(draw, 5));
    const { outcome, low, eValue } = judge(values, rule);
    expect(outcome).toBe('no difference');
    expect(low).toBeGreaterThan(1);
    expect(eValue).toBeGreaterThan(100);
  });

  it('keeps one wild pair from deciding, or from hiding a decision', () => {
    expect(judge([...repeat(0.001, 4), ...repeat(-0.001, 4), 5], rule).outcome).toBe('undecided');
    const steady = Array.from({ length: 14 }, (_, index) => 0.1 + 0.002 * (index % 5));
    expect(judge([...steady, -8, ...steady], rule).outcome).toBe('slower');
  });

  it('refuses numbers that are none', () => {
    const wrong: (() => Judgement)[] = [
      () => judge([0.1, Number.NaN], rule),
      () => judge([Number.NEGATIVE_INFINITY], rule),
      () => judge([0.1], { ...rule, alpha: 0 }),
      () => judge([0.1], { ...rule, margin: -1 }),
    ];
    for (const call of wrong) expect(call).toThrow(RangeError);
  });
});

describe('what is said of the size', () => {
  const sizeDoubts = (values: readonly number[]) => judge(values, rule).doubts.map(({ code }) => code);

  it('is vague where the interval reaches from nothing to twice the change, though the change is proven', () => {
    const values = [0.2, 0.05, 0.5, 0.22, 0.9, 0.21, 0.03, 0.4, 0.25, 0.24];
    const judged = judge(values, rule);
    expect(judged.outcome).toBe('slower');
    expect(judged.low).toBe(1);
    expect(sizeDoubts(values)).toEqual(['size-vague']);
  });

  it('is not where the pairs agree, nor where nothing is proven', () => {
    expect(sizeDoubts(Array.from({ length: 12 }, (_, index) => 0.2 + index / 1e3))).toEqual([]);
    expect(sizeDoubts([0.2, -0.1, 0.3, -0.3, 0.5, 0.1, 0.4, -0.2, 0.6])).toEqual([]);
  });

  it('promises to see no change that half of the interval hides', () => {
    // Most pairs agree, and some are wild.
    const values = Array.from({ length: 30 }, (_, index) =>
      index % 5 === 0 ? (index % 2 === 0 ? 0.25 : -0.25) : (index % 3) / 500,
    );
    const judged = judge(values, rule);
    expect(judged.outcome).toBe('undecided');
    expect(judged.detectable).toBeGreaterThanOrEqual(Math.sqrt(judged.high / judged.low) - 1);
    expect(judged.pairsNeeded).toBeGreaterThan(300);
  });
});
