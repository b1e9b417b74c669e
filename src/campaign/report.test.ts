import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { reportDocument } from './report-document.ts';
import type { ReportFacts } from './report-document.ts';
import { renderReport } from './report.ts';
import { drawBaseline, drawGate, drawGates, drawStep, drawWorkload } from './testing/drawn-campaign.ts';

fc.configureGlobal({ seed: 20, numRuns: 200 });

const only = [drawWorkload()];
const direct = {
  date: '2026-01-09T10:00:00Z',
  a: drawBaseline().revision.commit,
  b: 'content 2',
  workloads: [drawWorkload({ before: 2.03e9, after: 0.61e9, ratio: 0.3, low: 0.28, high: 0.32, pairs: 20 })],
};

function drawFacts(changes: Partial<ReportFacts> = {}): ReportFacts {
  return {
    baseline: drawBaseline(),
    steps: [drawStep(1, { workloads: only }), drawStep(2, { workloads: only })],
    direct,
    contentNow: null,
    log: undefined,
    conditions: { machines: ['Linux, 2 cores'], pythons: ['CPython 3.12.1'], margins: [0.01] },
    ...changes,
  };
}

describe('the report', () => {
  it('begins with start to now as it was measured directly', () => {
    expect(renderReport(drawFacts()).split('\n')[0]).toBe(
      '**Faster: -70.0 % [-72.0 %, -68.0 %], 2.03 s → 610 ms** on `tests/test_bench.py::test_dedupe` (measured directly from start to now)',
    );
  });

  it('marks a product of steps as such, also where the direct measurement is of another state', () => {
    for (const each of [undefined, { ...direct, b: 'content 1' }]) {
      const text = renderReport(drawFacts({ direct: each }));
      expect(text.split('\n')[0]).toMatch(
        /^\*\*Faster: -75\.0 % .* \(the product of 2 steps, not measured from start to now\)$/,
      );
    }
    expect(renderReport(drawFacts({ direct: { ...direct, b: 'content 1' } }))).toContain(
      'of another state and is not used',
    );
  });

  it('calls a direct measurement that has not ended undecided', () => {
    const open = drawWorkload({ verdict: 'undecided', low: 0, high: null, pairs: 3 });
    expect(renderReport(drawFacts({ direct: { ...direct, workloads: [open] } }))).toMatch(
      /^\*\*Undecided: -50\.0 % nothing excluded/,
    );
  });

  it('does not pick the nicest of several workloads for its first line', () => {
    const [first, , ...rest] = renderReport(drawFacts({ steps: [drawStep(1), drawStep(2)] })).split('\n');
    expect(first).toBe(
      '**1 faster, 1 no proven change** of 2 workloads (1 measured directly from start to now, the rest the product of 2 steps, not measured from start to now)',
    );
    expect(rest.join('\n')).toContain(
      '| `whole` | 2.00 s | 2.00 s | ±0.00 % | [-2.0 %, +2.0 %] | no proven change | product |',
    );
  });

  it('says so when nothing is proven', () => {
    const text = renderReport(drawFacts({ steps: [], direct: undefined, baseline: undefined }));
    expect(text).toMatch(/^\*\*Nothing is proven yet\*\*: no step was accepted\.\n/);
    expect(text).not.toMatch(/undefined|NaN|Infinity/);
  });

  it('lists the steps and hides how they were measured in a block', () => {
    const steps = [
      drawStep(1, {
        workloads: only,
        gates: drawGates(
          drawGate('api', { outcome: 'excused', reason: 'nobody calls it', summary: '1 removed' }),
        ),
        doubts: [{ code: 'noisy-machine', text: 'Pairs scatter.' }],
      }),
      drawStep(2, { title: 'slots', outcome: 'rejected', reason: 'no difference', workloads: only }),
    ];
    const [open, closed] = renderReport(drawFacts({ steps, direct: undefined })).split('<details>');
    expect(open).toContain(
      '| 1 | change 1 | `tests/test_bench.py::test_dedupe` | 2.00 s | 1.00 s | -50.0 % [-55.0 %, -45.0 %] | 12 | `1c1c1c1c1` |',
    );
    expect(open).not.toContain('slots');
    for (const words of [
      'Machine: Linux, 2 cores',
      'Python: CPython 3.12.1',
      '±1.0 % are no news',
      'in at most 1 % of such campaigns',
      '| 1 | yes (212 passed, 3 skipped) | excused: 1 removed |',
      '- change 1: API change, nobody calls it (1 removed)',
      '- slots: rejected, no difference (-50.0 % [-55.0 %, -45.0 %], 12 pairs)',
      '- change 1: Pairs scatter.',
      'products of steps can mislead',
    ])
      expect(closed).toContain(words);
  });

  it('points out steps that were measured on different machines', () => {
    const conditions = { machines: ['one', 'other', 'one'], pythons: ['3.12'], margins: [0.01] };
    expect(renderReport(drawFacts({ conditions }))).toContain('- Machine: one; other (**not one**');
  });

  it('is the same as data: all of it survives JSON', () => {
    const report = reportDocument(drawFacts());
    expect(JSON.parse(JSON.stringify(report))).toEqual(report);
    expect(report.summary.lead).toMatchObject({ how: 'direct', ratio: 0.3 });
    expect(report.kept.map((step) => step.title)).toEqual(['change 1', 'change 2']);
  });

  it('keeps its shape whatever titles and reasons say', () => {
    const parts = fc.constantFrom('</details>', '\n', '|', '`', '-->', '<!--', '\\', 'a', '](x)', '\n\n# ');
    const words = fc.array(parts, { maxLength: 6 }).map((each) => each.join(''));
    fc.assert(
      fc.property(words, words, words, (title, reason, id) => {
        const steps = [
          drawStep(1, {
            title,
            workloads: [drawWorkload({ id })],
            doubts: [{ code: 'few-pairs', text: reason }],
          }),
          drawStep(2, { title, reason, outcome: 'rejected' }),
        ];
        const plain = renderReport(
          drawFacts({
            steps: [
              drawStep(1, { workloads: only, doubts: [{ code: 'few-pairs', text: 'x' }] }),
              drawStep(2, { outcome: 'rejected' }),
            ],
            direct: undefined,
          }),
        );
        const text = renderReport(drawFacts({ steps, direct: undefined }));
        expect(text.split('\n')).toHaveLength(plain.split('\n').length);
        expect(text.split('\n').filter((line) => line.startsWith('</details>'))).toHaveLength(1);
        expect(text.split('\n').filter((line) => line.startsWith('#'))).toHaveLength(0);
      }),
    );
  });
});
