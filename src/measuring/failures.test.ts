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

describe('a workload that fails', () => {
  it('is placed on its side, or in the project where there is but one', () => {
    const failed = { kind: 'failed', failed: 'ValueError', message: 'ValueError: no', trace: '' } as const;
    const inPlace = { label: 'B', revision: { name: 'working tree', commit: '' } } as Side;
    expect(failureOf(failed, side, workload, 1000, '').message).toContain(
      'fails on side A (HEAD): ValueError',
    );
    expect(failureOf(failed, inPlace, workload, 1000, '').message).toContain(
      'fails in the working tree: Val',
    );
  });
});

describe('an import that fails', () => {
  const own = { ...side, modules: ['shop'], python: '/venv/bin/python' } as unknown as Side;
  const failed = { kind: 'failed', trace: '', missing: 'collections' } as const;

  it('is the fault of the environment only where the module is not there', () => {
    const none = { ...failed, failed: 'ModuleNotFoundError', message: "No module named 'collections'" };
    expect(failureOf(none, own, workload, 1000, '').message).toMatch(/module collections.* is not installed/);
    const lacks = {
      ...failed,
      failed: 'ImportError',
      message: "ImportError: cannot import name 'Mapping' from 'collections'",
    };
    expect(failureOf(lacks, own, workload, 1000, '').message).toMatch(
      /cannot be imported on side A \(HEAD\): ImportError: cannot import name 'Mapping'/,
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
