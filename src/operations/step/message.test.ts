import type { StepDocument } from '#store';
import { describe, expect, it } from 'vitest';
import { messageOf } from './message.ts';

const step = {
  title: 'Look seen lines up in a set',
  alpha: 0.005,
  tests: { passed: 88, failed: 0, skipped: 0 },
  workloads: [
    {
      id: 'm:f',
      role: 'target',
      verdict: 'faster',
      meter: 'cpu',
      unit: 'ns',
      before: 2e9,
      after: 1e9,
      ratio: 0.5,
      low: 0.4,
      high: 0.6,
      pairs: 8,
    },
  ],
  doubts: [],
} as unknown as StepDocument;

describe('the message of a commit', () => {
  it('states the error rate, and what it rests on where pairs were dear', () => {
    expect(messageOf(step, null)).toContain('up to 8 pairs, error rate 0.5 %; 88 tests pass.');
    const doubts: StepDocument['doubts'] = [{ code: 'near-normal-noise-assumed', text: 'Pairs are dear.' }];
    expect(messageOf({ ...step, doubts }, null)).toContain(
      'error rate 0.5 % if noise is nearly Gaussian; 88 tests pass.',
    );
  });
});
