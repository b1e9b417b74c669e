import type { Side } from '#revisions';
import { describe, expect, it } from 'vitest';
import { failureOf } from './failures.ts';

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
