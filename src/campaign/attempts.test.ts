import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nextAttempt, seriesRate } from './attempts.ts';
import type { Step } from './step.ts';
import { drawStep } from './testing/drawn-campaign.ts';

fc.configureGlobal({ seed: 20, numRuns: 200 });

/** An attempt number `n` in time, from content 0 to content `b`, rejected. */
function attempt(n: number, b: string, changes: Partial<Step> = {}): Step {
  const step = drawStep(1);
  return {
    ...step,
    id: `2026-01-01T${String(n).padStart(4, '0')}`,
    outcome: 'rejected',
    a: { ...step.a, content: 'A' },
    b: { ...step.b, content: b },
    ...changes,
  };
}

const from = { content: 'A' };

describe('the next attempt', () => {
  it('gets half of the error rate when it is the first', () => {
    expect(nextAttempt([], from, { content: 'x' }, 0.01)).toEqual({ attempt: 1, alpha: 0.005, former: [] });
  });

  it('is judged more strictly the more other contents were tried before', () => {
    const steps = [attempt(1, 'x'), attempt(2, 'y')];
    const next = nextAttempt(steps, from, { content: 'z' }, 0.01);
    expect(next).toMatchObject({ attempt: 3, former: [] });
    expect(next.alpha).toBeCloseTo(0.01 / 12, 12);
  });

  it('is the same attempt when the content was tried before, and carries all its pairs on', () => {
    const steps = [attempt(3, 'x'), attempt(2, 'y'), attempt(1, 'x')];
    const next = nextAttempt(steps, from, { content: 'x' }, 0.01);
    expect(next.attempt).toBe(1);
    expect(next.former.map((step) => step.id)).toEqual(['2026-01-01T0001', '2026-01-01T0003']);
  });

  it('starts a new series after an accepted step, and not by a commit in between', () => {
    const accepted = attempt(2, 'y', { outcome: 'accepted' });
    expect(nextAttempt([attempt(1, 'x'), accepted], from, { content: 'z' }, 0.01).attempt).toBe(1);
    expect(nextAttempt([attempt(1, 'x')], { content: 'Q' }, { content: 'z' }, 0.01).attempt).toBe(2);
    expect(nextAttempt([accepted, attempt(3, 'x')], from, { content: 'z' }, 0.01).attempt).toBe(2);
  });

  it('does not pay for what was turned away before anything was measured', () => {
    const turnedAway = attempt(1, 'x', { workloads: [] });
    expect(nextAttempt([turnedAway], from, { content: 'z' }, 0.01).attempt).toBe(1);
    expect(nextAttempt([turnedAway], from, { content: 'x' }, 0.01).former).toEqual([]);
  });

  it('counts undecided attempts like rejected ones: they were looked at', () => {
    const steps = [attempt(1, 'x', { outcome: 'undecided' })];
    expect(nextAttempt(steps, from, { content: 'z' }, 0.01).attempt).toBe(2);
  });

  it('never spends more than the error rate over all distinct contents, whatever is tried in which order', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('p', 'q', 'r', 's', 't', 'u'), { maxLength: 40 }), (contents) => {
        const steps: Step[] = [];
        const spent = new Map<string, number>();
        contents.forEach((content, index) => {
          const next = nextAttempt(steps, from, { content }, 0.05);
          expect(spent.get(content) ?? next.alpha).toBe(next.alpha);
          spent.set(content, next.alpha);
          expect(next.former).toHaveLength(steps.filter((step) => step.b.content === content).length);
          steps.push(attempt(index, content, { attempt: next.attempt, alpha: next.alpha }));
        });
        expect([...spent.values()].reduce((sum, each) => sum + each, 0)).toBeLessThan(0.05);
        for (const step of steps) expect(seriesRate(step)).toBeCloseTo(0.05, 12);
      }),
    );
  });

  it('refuses an error rate that is none', () => {
    expect(() => nextAttempt([], from, from, 0)).toThrow(RangeError);
    expect(() => nextAttempt([], from, from, 1)).toThrow(RangeError);
  });
});
