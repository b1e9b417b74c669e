import type { ComparedWorkload } from '#store';
import { describe, expect, it } from 'vitest';
import { checkGuards, decideByTargets, decideByWords, decideByWorse, decidingDoubts } from './decide.ts';

const MARGINS = { time: 0.03, memory: 0.1, import: 0.1 };

function compared(change: Partial<ComparedWorkload> = {}): ComparedWorkload {
  return {
    id: 'm:f',
    kind: 'callable',
    verdict: 'no difference',
    meter: 'cpu',
    ratio: 1,
    low: 0.99,
    high: 1.01,
    detectable: 0.01,
    pairs: 20,
    pairsNeeded: null,
    secondsNeeded: null,
    seconds: 5,
    before: 1e6,
    after: 1e6,
    doubts: [],
    meters: {},
    witnesses: {},
    ...change,
  };
}

const faster = compared({ verdict: 'faster', ratio: 0.5, low: 0.48, high: 0.52 });

function peak(before: number, after: number): ComparedWorkload['meters'] {
  const ratio = after / before;
  return {
    peak: { ratio, low: ratio, high: ratio, verdict: 'heavier', pairs: 9, before, after, unit: 'bytes' },
  };
}

describe('the guards', () => {
  it('let pass what is shown to be harmless, and doubt what is not', () => {
    expect(checkGuards([faster, compared()], undefined, MARGINS)).toMatchObject({
      report: { outcome: 'passed' },
      doubts: [],
    });
    const open = checkGuards([faster, compared({ verdict: 'undecided', high: 1.2 })], undefined, MARGINS);
    expect(open.report.outcome).toBe('passed');
    expect(open.doubts).toMatchObject([{ code: 'guard-unproven' }]);
  });

  it('fail for another workload or the import proven worse than its margin', () => {
    const slower = compared({ id: 'm:g', verdict: 'slower', ratio: 1.1, low: 1.05, high: 1.15 });
    expect(checkGuards([faster, slower], undefined, MARGINS).report).toMatchObject({ outcome: 'failed' });
    const slow = compared({ id: 'import m', verdict: 'slower', ratio: 1.5, low: 1.4, high: 1.6 });
    expect(checkGuards([faster], slow, MARGINS).report.details[0]).toContain('importing the project');
    expect(checkGuards([faster, slower], undefined, { ...MARGINS, time: 0.2 }).report.outcome).toBe('passed');
  });

  it('hold memory against a step from a MiB on', () => {
    const small = { ...faster, meters: peak(48 * 1024, 72 * 1024) };
    const large = { ...faster, meters: peak(4 * 1024 * 1024, 8 * 1024 * 1024) };
    expect(checkGuards([small], undefined, MARGINS).report.outcome).toBe('passed');
    expect(checkGuards([large], undefined, MARGINS).report.outcome).toBe('failed');
  });
});

describe('the decision', () => {
  it('accepts what is proven better and names the best', () => {
    const more = compared({ id: 'm:g', verdict: 'faster', ratio: 0.2 });
    expect(decideByTargets([faster, more])).toMatchObject({
      outcome: 'accepted',
      reason: expect.stringContaining('m:g') as string,
    });
  });

  it('rejects what is proven to make no difference, and leaves open what is not', () => {
    expect(decideByTargets([compared()]).outcome).toBe('rejected');
    const open = compared({ verdict: 'undecided', secondsNeeded: 12.3 });
    expect(decideByTargets([compared(), open])).toMatchObject({
      outcome: 'undecided',
      reason: expect.stringContaining('12.3 s') as string,
    });
    const early = compared({ verdict: 'undecided', secondsNeeded: null, detectable: null, pairs: 3 });
    expect(decideByTargets([early]).reason).toContain('3 pairs say too little: give it more time (--budget)');
  });

  it('names a slower target, unless another is better', () => {
    const slower = compared({ id: 'm:g', verdict: 'slower', ratio: 1.2 });
    expect(decideByWorse([compared(), slower])?.reason).toContain('slower');
    expect(decideByWorse([faster, slower])).toBeUndefined();
  });

  it('measures nothing where only words were changed', () => {
    const comments = { code: 'only-comments', text: '' } as const;
    expect(decideByWords({ changed: [], doubts: [comments] })?.outcome).toBe('rejected');
    expect(decideByWords({ changed: [], doubts: [] })).toBeUndefined();
    expect(decideByWords({ changed: [{}], doubts: [comments] })).toBeUndefined();
  });

  it('carries what its evidence assumes, and not what was assumed of harmless workloads', () => {
    const assumed = (text: string) => [{ code: 'near-normal-noise-assumed' as const, text }];
    const workloads = [
      { ...faster, doubts: assumed('target') },
      compared({ id: 'm:g', verdict: 'slower', doubts: assumed('worse') }),
      compared({ id: 'm:h', doubts: assumed('harmless') }),
    ];
    const kept = decidingDoubts(workloads, (id) => id === faster.id);
    expect(kept.map(({ text }) => text)).toEqual(['target', 'worse']);
  });
});
