import type { Side } from '#revisions';
import { describe, expect, it } from 'vitest';
import { failureOf, tail } from './failures.ts';

const side = { label: 'A', revision: { name: 'HEAD' } } as Side;
const workload = { kind: 'statement', id: 'pass', statement: 'pass', setup: '' } as const;

describe('a worker that ended', () => {
  it('is told by its signal, and by what strop ended it for', () => {
    const ended = { kind: 'ended', exitCode: undefined, signal: 'SIGKILL' } as const;
    expect(failureOf(ended, side, workload, 1000, '').message).toMatch(/signal SIGKILL .* side A \(HEAD\)$/);
    const condemned = { ...ended, problem: 'it closed its channel' };
    expect(failureOf(condemned, side, workload, 1000, '').message).toMatch(
      /\(HEAD\): it closed its channel$/,
    );
  });
});

describe('the output below an error', () => {
  it('is text alone: binary output fills no terminal', () => {
    const binary = Buffer.from(
      Array.from({ length: 5000 }, (_, index) => (index * 37 + 128) % 256),
    ).toString();
    const shown = tail(`before\n${binary}\nMemoryError: \u001b[31mtoo\u001b[0m much\r\n\tnaïve 日本\n`);
    expect(shown).toBe('before\n(output that is no text)\nMemoryError: too much\n    naïve 日本');
  });

  it('is cut in its length and its width', () => {
    const shown = tail(`${'line\n'.repeat(100)}${'x'.repeat(9000)}`).split('\n');
    expect(shown).toHaveLength(25);
    expect(shown.at(-1)).toBe(`${'x'.repeat(500)} …`);
  });
});
