import type { ComparedWorkload } from '#store';
import { describe, expect, it } from 'vitest';
import { text } from './text.ts';

const plain = (words: string): string => words;
const style = { bold: plain, dim: plain, good: plain, bad: plain, warn: plain, width: 100 };

const workload: ComparedWorkload = {
  id: 'm:f',
  kind: 'callable',
  verdict: 'faster',
  meter: 'cpu',
  ratio: 0.5,
  low: 0.48,
  high: 0.52,
  detectable: 0.03,
  pairs: 9,
  pairsNeeded: null,
  secondsNeeded: null,
  seconds: 2,
  before: 5e6,
  after: 2.5e6,
  doubts: [],
  meters: {},
  witnesses: {},
};

function shownFor(one: ComparedWorkload): readonly string[] {
  const side = { revision: 'HEAD', commit: '0123456789abcdef', content: 't' };
  return text(
    {
      kind: 'comparison',
      version: 1,
      date: '2026-01-01T00:00:00.000Z',
      a: side,
      b: { ...side, revision: 'working tree' },
      verdict: one.verdict,
      rule: { alpha: 0.01, margin: 0.01, budgetSeconds: 60 },
      python: { executable: 'python3', version: '3.12.1' },
      machine: { system: 's', cpu: 'c', cores: 2, load: null },
      seconds: 1,
      doubts: [],
      workloads: [one],
      samples: null,
    },
    style,
  );
}

describe('the text of a comparison', () => {
  it('asks for more time where too few pairs were measured, and doubts it where many tell nothing', () => {
    const open = { ...workload, verdict: 'undecided', ratio: 1.47, low: 0, high: null } as const;
    expect(shownFor({ ...open, pairs: 2, detectable: null })).toContain(
      '  2 pairs say too little: give it more time (--budget)',
    );
    expect(shownFor({ ...open, pairs: 40 })).toContain(
      '  more time may not help: the change lies near the margin or the noise is too large',
    );
  });

  it('shows verdict, interval, amounts and what could have been seen', () => {
    const shown = shownFor(workload);
    expect(shown[0]).toBe('A HEAD (012345678)  →  B working tree (012345678), Python 3.12.1');
    expect(shown[3]).toBe('  FASTER  -50.0 % [-52.0 %, -48.0 %]  5.00 ms → 2.50 ms');
    expect(shown[4]).toMatch(/^ {2}CPU time, 9 pairs, .*; a change of .* % would have been seen$/);
    expect(shown.at(-1)).toBe(
      '1 faster in 1.00 s (error rate 1 %, estimates within ±1 % are not called changes)',
    );
  });
});
