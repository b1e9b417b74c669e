import { describe, expect, it } from 'vitest';
import { proofOf } from './proof.ts';
import type { DiffResult } from './schema.ts';
import { diffText } from './text.ts';

const plain = (words: string): string => words;
const style = { bold: plain, dim: plain, good: plain, bad: plain, warn: plain, width: 100 };

const side = (revision: string): DiffResult['a'] => ({
  tools: ['py-spy'],
  recordings: 4,
  samples: 1000,
  files: ['20260101T000000000Z-01234567'],
  revision: { revision, commit: '0123456789abcdef', content: 't' },
  harness: { amount: 2e5, share: 0.02 },
});

const frame: DiffResult['frames'][number] = {
  ...{
    function: 'dedupe',
    file: 'shop/report.py',
    line: null,
    from: null,
    origin: 'mine',
    basis: 'paid',
    state: 'less',
  },
  ...{ a: 8e6, b: 1e6, change: -7e6, low: -8e6, high: -6e6 },
};

const result: DiffResult = {
  kind: 'profile-diff',
  version: 1,
  question: 'time',
  unit: 'ns',
  per: 'loop',
  a: side('HEAD'),
  b: side('working tree'),
  total: { a: 10e6, b: 3e6, change: -7e6, low: -8e6, high: -6e6 },
  frames: [frame],
  shown: 12,
  quiet: { functions: 5, unseen: 4e5, frames: [] },
  workload: 'shop.report:build',
  why: 'it looks from outside and leaves times as they are',
  proof: 'strop compare --workload shop.report:build',
  doubts: [],
};

describe('the text of a diff', () => {
  it('says sides, tool, change with interval, what is quiet, the harness, and what would prove it', () => {
    expect(diffText(result, style)).toEqual([
      'shop.report:build: HEAD (012345678) -> working tree',
      '4 recordings of each in turns by py-spy, 1000 and 1000 samples',
      'py-spy: it looks from outside and leaves times as they are',
      '10.0 ms -> 3.00 ms per run: -7.00 ms [-8.00 ms, -6.00 ms]',
      'less   -7.00 ms [-8.00 ms, -6.00 ms]  dedupe  shop/report.py',
      '… 5 functions quiet (none changed by more than 400 µs)',
      "harness share, in no number above (test runner, strop's loop): 2.0 % (200 µs) -> 2.0 % (200 µs)",
      'a profile says where; that it is a change, only a measurement proves:',
      '  strop compare --workload shop.report:build',
      'kept: strop top (newer side), strop top 20260101T000000000Z-01234567 (older), strop view newest',
    ]);
  });

  it('stays below 1.5 kB however much there is to say, and tells how much is left away', () => {
    const long = 'é'.repeat(300);
    const doubts = Array.from({ length: 9 }, () => ({ code: 'x', text: `${long} ${long}` }));
    const frames = Array.from({ length: 40 }, (_, at) => ({
      ...frame,
      function: long,
      file: `${String(at)}.py`,
    }));
    const lines = diffText({ ...result, frames, doubts, workload: long, proof: long }, style);
    expect(Buffer.byteLength(lines.join('\n'))).toBeLessThanOrEqual(1500);
    expect(lines.join('\n')).toMatch(/more changed: --top 40$/m);
    expect(diffText({ ...result, frames, shown: 40 }, style).join('\n')).not.toContain('more changed');
  });

  it('gives names of files and functions no power over the terminal', () => {
    const lines = diffText({ ...result, frames: [{ ...frame, function: 'a\u001b[2J' }] }, style);
    expect(lines.join('\n')).not.toContain('\u001b');
  });

  it('names a command for a shell that measures the same', () => {
    const statement = { kind: 'statement', id: 's', statement: "f('x')", setup: '' } as const;
    expect(proofOf({ before: 'v1..v2' }, statement)).toBe(`strop compare v1..v2 --stmt 'f('\\''x'\\'')'`);
    const command = { kind: 'command', id: 'c', argv: ['python', 'my app.py'] } as const;
    expect(proofOf({}, command)).toBe(`strop compare -- python 'my app.py'`);
  });
});
