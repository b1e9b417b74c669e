import type { AnswerDocument } from '#store';
import { describe, expect, it } from 'vitest';
import { answerText } from './answer-text.ts';
import type { Style } from './operation.ts';

const plain = (text: string): string => text;
const style: Style = { bold: plain, dim: plain, good: plain, bad: plain, warn: plain, width: 100 };

function gain(change: Partial<AnswerDocument['lines'][number]>): AnswerDocument['lines'][number] {
  return {
    file: 'src/shop/report.py',
    line: 7,
    function: 'dedupe',
    origin: 'mine',
    share: 0.52,
    low: 0.47,
    high: 0.57,
    bound: 1 / 0.43,
    withCallees: 0.6,
    self: 0.5,
    hits: null,
    code: 'if r["id"] not in seen:',
    sources: [],
    doubts: [],
    ...change,
  };
}

function document(change: Partial<AnswerDocument>): AnswerDocument {
  return {
    kind: 'answer',
    version: 1,
    question: 'time',
    workload: 'tests/test_report.py::test_report',
    commit: null,
    lines: [gain({})],
    functions: [gain({})],
    hidden: { lines: 0, share: 0, functions: 0, functionsShare: 0 },
    folded: { dependencies: 0, stdlib: 0.14, native: 0, unknown: 0 },
    sources: [
      {
        ...{ tool: 'py-spy', kind: 'sampler', distorted: false, ranks: true, recordings: 3 },
        ...{ samples: 340, total: 2.03e9, unit: 'ns', files: ['a'], metric: 'wall', otherMetrics: [] },
      },
    ],
    doubts: [],
    ...change,
  };
}

describe('an answer as text', () => {
  it('names no bound where only chosen functions were watched', () => {
    const [source] = document({}).sources;
    if (source === undefined) throw new Error('there is no source');
    const text = answerText(document({ sources: [{ ...source, tool: 'line_profiler' }] }), style);
    expect(text[1]).toBe('52 % ±5  src/shop/report.py:7  dedupe  if r["id"] not in seen:');
  });

  it('says place, code, share and bound in one line, and where to look next', () => {
    expect(answerText(document({}), style)).toEqual([
      'tests/test_report.py::test_report: 2.03 s, 340 samples, py-spy, 3 recordings',
      '52 % ±5  src/shop/report.py:7  dedupe  if r["id"] not in seen:  at most 2.3x',
      '… paid by no line of yours: stdlib 14 %',
      'next: strop source src/shop/report.py:dedupe   |   strop callers dedupe',
    ]);
  });

  it('names the amount where the file holds several of its unit', () => {
    const [source] = document({}).sources;
    if (source === undefined) throw new Error('there is no source');
    const metrics = { metric: 'inuse_space', otherMetrics: ['alloc_space'] };
    const memory = { ...source, tool: 'pprof', samples: null, total: 2e6, recordings: 1, ...metrics };
    const sources: AnswerDocument['sources'] = [{ ...memory, unit: 'bytes' }];
    const text = answerText(document({ question: 'memory', workload: null, sources }), style);
    expect(text[0]).toBe('memory: 1.91 MiB of inuse_space, pprof');
  });

  it('stays within 1.2 kB and 100 columns, whatever is in it', () => {
    const long = 'ü'.repeat(300);
    const lines = Array.from({ length: 40 }, (_, index) =>
      gain({
        file: `${long}/${String(index)}.py`,
        function: long,
        code: long,
        doubts: [{ code: 'sources-differ', text: `sources differ (${long} 4 %)` }],
      }),
    );
    const doubts = Array.from({ length: 9 }, () => ({ code: 'x', text: `${'word '.repeat(80)}end.` }));
    const text = answerText(document({ workload: long, lines, doubts }), style);
    expect(Buffer.byteLength(text.join('\n'))).toBeLessThan(1200);
    expect(Math.max(...text.map((line) => line.length))).toBeLessThanOrEqual(100);
    expect(text.join('\n')).toMatch(/\d+ more lines of yours/);
  });

  it('says what to ask next as a command that can be copied, however long the path is', () => {
    const file = `src/${'very_long_package_name/'.repeat(6)}report.py`;
    const text = answerText(document({ lines: [gain({ file })] }), style);
    expect(text.at(-1)).toBe('next: strop source report.py:dedupe');
  });

  it('proposes a new profile where the code has changed since', () => {
    const doubts = [
      { code: 'recorded-before-change', text: 'The code has changed since this was recorded.' },
    ];
    expect(answerText(document({ doubts }), style).at(-1)).toBe(
      'next: strop profile tests/test_report.py::test_report',
    );
    expect(answerText(document({ doubts, workload: 'python app.py' }), style).at(-1)).toBe(
      'next: strop profile',
    );
  });

  it('leads from memory to its lines, not to callers by time', () => {
    const sources = document({}).sources.map((source) => ({
      ...source,
      unit: 'bytes' as const,
      samples: null,
    }));
    expect(answerText(document({ sources }), style).at(-1)).toBe(
      'next: strop source src/shop/report.py:dedupe',
    );
  });

  it('lets no name from a file steer the terminal', () => {
    const text = answerText(document({ lines: [gain({ function: 'a\u001b[2Jb', code: 'x\u0007' })] }), style);
    expect(text.join('')).not.toMatch(/[\u001b\u0007]/);
  });

  it('shows functions where no tool knows lines', () => {
    const text = answerText(document({ lines: [], functions: [gain({ line: null, code: null })] }), style);
    expect(text[1]).toBe('52 % ±5  src/shop/report.py  dedupe  at most 2.3x');
  });

  const deeper = { profiles: ['my spy.raw'], tree: true, callers: true, about: [] };

  it('names the question where it is not simply time or memory', () => {
    expect(answerText(document({ asked: 'leaks' }), style)[0]).toMatch(/^tests.* \(leaks\): /);
    expect(answerText(document({ asked: 'cpu' }), style)[0]).toMatch(/^tests[^(]*: /);
  });

  it('asks on of the same files, quoted for a shell', () => {
    const lines = [gain({ file: 'report.py' })];
    expect(answerText(document({ deeper, lines }), style).at(-1)).toBe(
      "next: strop source report.py:dedupe --profile 'my spy.raw'",
    );
  });

  it('names no command that these recordings cannot answer', () => {
    const none = { ...deeper, tree: false, callers: false };
    const empty = answerText(document({ deeper: none, lines: [], functions: [] }), style);
    expect(empty.join('\n')).not.toContain('next:');
    const rows = answerText(document({ deeper: none, lines: [] }), style);
    expect(rows.join('\n')).not.toContain('next:');
  });

  it('says what the same recordings know besides', () => {
    const text = answerText(document({ deeper: { ...deeper, profiles: [], about: ['time'] } }), style);
    expect(text.at(-1)).toBe('beside: strop top --about time');
  });
});
