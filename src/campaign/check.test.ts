import { describe, expect, it } from 'vitest';
import { checkCampaign, passesCheck } from './check.ts';
import type { CampaignFacts } from './check-line.ts';
import { renderLog } from './render-log.ts';
import type { Step } from './step.ts';
import { drawBaseline, drawGate, drawGates, drawStep, drawWorkload } from './testing/drawn-campaign.ts';

/** A flawless campaign of two steps, with changes; the log is written from them unless given. */
function drawFacts(changes: Partial<CampaignFacts> = {}): CampaignFacts {
  const steps = changes.steps ?? [drawStep(1), drawStep(2)];
  const baseline = 'baseline' in changes ? changes.baseline : drawBaseline();
  const accepted = steps.filter((step) => step.outcome === 'accepted');
  return {
    baseline,
    steps,
    firstProfileDate: '2026-01-01T11:00:00Z',
    shares: Object.fromEntries(accepted.map((step) => [step.id, 0.5])),
    commits: accepted.flatMap(({ commit, title }) =>
      commit === null ? [] : [{ commit, title, isStep: true }],
    ),
    headContent: 'content 2',
    codeSinceLastStep: [],
    uncommitted: [],
    log: renderLog(undefined, { baseline, steps }),
    lastDirect: undefined,
    wholePrograms: [],
    fewestPairs: 9,
    ...changes,
  };
}

function withSecond(changes: Partial<Step>): Partial<CampaignFacts> {
  return { steps: [drawStep(1), drawStep(2, changes)] };
}

/** Ids of the lines that do not hold, with how. */
function failing(facts: CampaignFacts): Record<string, string> {
  const lines = checkCampaign(facts).filter((line) => line.holds !== 'yes');
  return Object.fromEntries(lines.map((line) => [line.id, line.holds]));
}

function evidence(facts: CampaignFacts, id: string): string {
  return checkCampaign(facts).find((line) => line.id === id)?.evidence ?? '';
}

const alone = [drawWorkload()];
const direct = {
  date: '2026-01-09T10:00:00Z',
  a: drawBaseline().revision.commit,
  b: 'content 2',
  workloads: [
    drawWorkload({ ratio: 0.25, low: 0.24, high: 0.26 }),
    drawWorkload({ id: 'whole', role: 'guard', verdict: 'no difference', ratio: 1, low: 0.99, high: 1.01 }),
  ],
};

describe('checking a campaign', () => {
  it('passes a flawless one, with evidence and without remedies', () => {
    const lines = checkCampaign(drawFacts());
    expect(lines.map((line) => `${line.kind} ${line.holds}`)).toEqual([
      ...new Array<string>(6).fill('checklist yes'),
      ...new Array<string>(6).fill('anti-pattern yes'),
    ]);
    expect(lines.every((line) => line.evidence.length > 20 && line.remedy === null)).toBe(true);
    expect(lines.map((line) => line.evidence).join(' ')).not.toMatch(/undefined|NaN|Infinity/);
    expect(passesCheck(lines)).toBe(true);
  });

  it('passes a flawless one in which attempts were refused', () => {
    const refused = drawStep(3, { outcome: 'rejected', commit: null });
    expect(failing(drawFacts({ steps: [drawStep(1), drawStep(2), refused] }))).toEqual({});
  });

  it('says what can be done about a commit that no step can measure', () => {
    const commits = [{ commit: 'f'.repeat(40), title: 'Warnings are errors', isStep: false }];
    const remedies = (facts: CampaignFacts) =>
      checkCampaign(facts).filter(
        ({ id }) => id === 'separate-changes' || id === 'api-unchanged' || id === 'tests-pass',
      );
    for (const { remedy } of remedies(drawFacts({ commits, codeSinceLastStep: ['pytest.ini'] })))
      expect(remedy).toContain('(strop baseline)');
    for (const { remedy } of remedies(
      drawFacts({ uncommitted: ['shop/report.py'], codeSinceLastStep: ['shop/report.py'] }),
    ))
      expect(remedy).toContain('strop step --commit');
  });

  it('gives every line that fails a remedy, and counts unknown as no', () => {
    const lines = checkCampaign(drawFacts({ commits: null }));
    const open = lines.filter((line) => line.holds !== 'yes');
    expect(open.map((line) => line.holds)).toEqual(['unknown', 'unknown']);
    expect(open.every((line) => line.remedy !== null)).toBe(true);
    expect(passesCheck(lines)).toBe(false);
    expect(passesCheck([])).toBe(false);
  });

  it('passes nothing that was never done', () => {
    const nothing = drawFacts({ baseline: undefined, steps: [], firstProfileDate: null, log: undefined });
    expect(Object.keys(failing(nothing))).toHaveLength(12);
  });

  it.each<[string, Partial<CampaignFacts>, Record<string, string>]>([
    [
      'a baseline that is younger than the first step',
      { baseline: drawBaseline({ date: '2026-01-02T12:00:00Z' }) },
      { 'baseline-saved': 'no' },
    ],
    [
      'a benchmark that was written after the change',
      { baseline: drawBaseline({ workloads: drawBaseline().workloads.slice(1) }) },
      { 'baseline-saved': 'no' },
    ],
    [
      'a baseline of one run',
      {
        baseline: drawBaseline({
          workloads: drawBaseline().workloads.map((each) => ({ ...each, processes: 1 })),
        }),
      },
      { 'no-single-measurement': 'no' },
    ],
    [
      'a commit between the steps that was never measured',
      { commits: [...(drawFacts().commits ?? []), { commit: 'ff', title: 'tidy up', isStep: false }] },
      { 'separate-changes': 'no', 'api-unchanged': 'unknown' },
    ],
    [
      'a commit that only calls itself a step',
      { commits: [...(drawFacts().commits ?? []), { commit: 'ff', title: 'change 2', isStep: true }] },
      { 'separate-changes': 'no', 'api-unchanged': 'unknown' },
    ],
    [
      'a step whose commit is gone',
      { commits: (drawFacts().commits ?? []).slice(0, 1) },
      { 'separate-changes': 'no', 'no-bundled-changes': 'no' },
    ],
    [
      'a step that was never committed',
      { ...withSecond({ commit: null }), uncommitted: ['shop/report.py'] },
      { 'separate-changes': 'no', 'no-bundled-changes': 'no', 'api-unchanged': 'unknown' },
    ],
    [
      'two steps in one commit',
      withSecond({ commit: drawStep(1).commit }),
      { 'separate-changes': 'no', 'no-bundled-changes': 'no' },
    ],
    [
      'a bundle with a reason',
      withSecond({
        gates: drawGates(drawGate('one change', { outcome: 'excused', reason: 'they belong together' })),
      }),
      { 'separate-changes': 'no', 'no-bundled-changes': 'no' },
    ],
    [
      'tests that ran before the last edit',
      { codeSinceLastStep: ['shop/report.py'], uncommitted: ['shop/report.py'] },
      { 'separate-changes': 'no', 'tests-pass': 'no', 'api-unchanged': 'unknown' },
    ],
    [
      'a commit beside the steps',
      {
        commits: [
          ...[drawStep(1), drawStep(2)].map(({ commit, title }) => ({
            commit: commit ?? '',
            title,
            isStep: true,
          })),
          { commit: 'f'.repeat(40), title: 'Warnings are errors', isStep: false },
        ],
      },
      { 'separate-changes': 'no', 'api-unchanged': 'unknown' },
    ],
    [
      'a project of which nothing can be seen',
      { codeSinceLastStep: null, uncommitted: null, commits: null },
      { 'separate-changes': 'unknown', 'tests-pass': 'unknown', 'api-unchanged': 'unknown' },
    ],
    [
      'no tests, with a reason',
      withSecond({
        tests: null,
        gates: drawGates(drawGate('tests', { outcome: 'excused', reason: 'there are none' })),
      }),
      { 'tests-pass': 'no' },
    ],
    [
      'tests that are all skipped',
      withSecond({ tests: { passed: 0, failed: 0, skipped: 215 } }),
      { 'tests-pass': 'no' },
    ],
    [
      'a test that fails on both sides',
      withSecond({ tests: { passed: 212, failed: 1, skipped: 2 } }),
      { 'tests-pass': 'no' },
    ],
    [
      'a test that fails in both runs beside a flaky one',
      withSecond({ tests: { passed: 210, failed: 1, skipped: 3, flaky: 1 } }),
      { 'tests-pass': 'no' },
    ],
    [
      'tests that went missing between steps',
      withSecond({ tests: { passed: 12, failed: 0, skipped: 0 } }),
      { 'tests-pass': 'no' },
    ],
    [
      'a step that was accepted with one pair',
      withSecond({
        workloads: [drawWorkload({ pairs: 1, low: 0, high: null }), ...drawStep(2).workloads.slice(1)],
      }),
      { 'measurable-improvement': 'no', 'no-single-measurement': 'no' },
    ],
    [
      'a step whose interval includes no change',
      withSecond({
        workloads: [drawWorkload({ ratio: 0.95, low: 0.8, high: 1.1 }), ...drawStep(2).workloads.slice(1)],
      }),
      { 'measurable-improvement': 'no' },
    ],
    [
      'a step that makes another target slower',
      withSecond({
        workloads: [
          drawWorkload(),
          drawWorkload({ id: 'whole', verdict: 'slower', ratio: 1.2, low: 1.1, high: 1.3 }),
        ],
      }),
      { 'measurable-improvement': 'no' },
    ],
    [
      'a step that was not measured at all',
      withSecond({ workloads: [] }),
      {
        'measurable-improvement': 'no',
        'no-isolated-microbenchmark': 'no',
        'no-single-measurement': 'no',
      },
    ],
    [
      'retries that were not counted',
      {
        steps: [
          drawStep(1),
          drawStep(2, { outcome: 'rejected', commit: null }),
          drawStep(3, { a: drawStep(2).a, commit: drawStep(2).commit }),
        ],
      },
      { 'no-single-measurement': 'no' },
    ],
    [
      'a log with nicer numbers',
      { log: drawFacts().log?.replace('-50.0 %', '-90.0 %') },
      { 'log-updated': 'no' },
    ],
    ['no log', { log: undefined }, { 'log-updated': 'no' }],
    [
      'an API change that the log does not tell',
      {
        ...withSecond({ gates: drawGates(drawGate('api', { outcome: 'excused', reason: 'r' })) }),
        log: drawFacts().log,
      },
      { 'log-updated': 'no', 'api-unchanged': 'no' },
    ],
    [
      'an API change without a word of reason',
      withSecond({ gates: drawGates(drawGate('api', { outcome: 'excused', reason: ' ' })) }),
      { 'api-unchanged': 'no', 'no-broken-api': 'no' },
    ],
    [
      'a step without its gates',
      withSecond({ gates: [] }),
      {
        'separate-changes': 'unknown',
        'tests-pass': 'unknown',
        'api-unchanged': 'unknown',
        'no-isolated-microbenchmark': 'unknown',
        'no-broken-api': 'unknown',
        'no-bundled-changes': 'unknown',
      },
    ],
    ['no profile', { firstProfileDate: null }, { 'no-premature-optimization': 'no' }],
    [
      'a profile that was taken afterwards',
      { firstProfileDate: '2026-01-02T11:00:00Z' },
      { 'no-premature-optimization': 'no' },
    ],
    [
      'a change of what no profile shows',
      { shares: { [drawStep(1).id]: 0.5, [drawStep(2).id]: null } },
      { 'no-cold-path': 'unknown' },
    ],
    [
      'a change on a cold path',
      { shares: { [drawStep(1).id]: 0.5, [drawStep(2).id]: 0.004 } },
      { 'no-cold-path': 'no' },
    ],
    ['one workload alone', withSecond({ workloads: alone }), { 'no-isolated-microbenchmark': 'no' }],
    [
      'one workload with the guard of the import time beside it',
      withSecond({ workloads: [...alone, drawWorkload({ id: 'import pkg', role: 'guard' })] }),
      { 'no-isolated-microbenchmark': 'no' },
    ],
    [
      'a guard that got worse, with a reason',
      withSecond({ gates: drawGates(drawGate('guards', { outcome: 'excused', reason: 'fine' })) }),
      { 'no-isolated-microbenchmark': 'no' },
    ],
    [
      'an improvement that start to now does not show',
      {
        lastDirect: {
          ...direct,
          workloads: [drawWorkload({ verdict: 'no difference', ratio: 1, low: 0.99, high: 1.01 })],
        },
      },
      { 'measurable-improvement': 'no' },
    ],
    [
      'a program that became slower from start to now',
      {
        lastDirect: {
          ...direct,
          workloads: [direct.workloads[0]!, drawWorkload({ id: 'whole', verdict: 'slower', ratio: 1.1 })],
        },
      },
      { 'no-isolated-microbenchmark': 'no' },
    ],
  ])('finds %s', (_, changes, expected) => {
    expect(failing(drawFacts(changes))).toEqual(expected);
  });

  it.each<[string, Partial<CampaignFacts>]>([
    [
      'one workload that is a whole program',
      { ...withSecond({ workloads: alone }), wholePrograms: [alone[0]!.id] },
    ],
    [
      'one workload, when start to now was measured on more',
      { ...withSecond({ workloads: alone }), lastDirect: direct },
    ],
    [
      'an API change with its reason in the log',
      withSecond({ gates: drawGates(drawGate('api', { outcome: 'excused', reason: 'nobody calls it' })) }),
    ],
    [
      'fewer tests, when the change of the yardstick was said',
      withSecond({
        tests: { passed: 12, failed: 0, skipped: 0 },
        gates: drawGates(drawGate('yardstick', { outcome: 'excused', reason: 'split off' })),
      }),
    ],
    [
      'retries that were counted',
      {
        steps: [
          drawStep(1),
          drawStep(2, { outcome: 'rejected', commit: null }),
          drawStep(3, { a: drawStep(2).a, commit: drawStep(2).commit, attempt: 2 }),
        ],
      },
    ],
  ])('accepts %s', (_, changes) => {
    expect(failing(drawFacts(changes))).toEqual({});
  });

  it('does not believe a direct measurement of another state', () => {
    const facts = drawFacts({
      ...withSecond({ workloads: alone }),
      lastDirect: { ...direct, b: 'content 1' },
    });
    expect(failing(facts)).toEqual({ 'no-isolated-microbenchmark': 'no' });
  });

  it('says what was found: names, figures and how many more', () => {
    expect(evidence(drawFacts({ lastDirect: direct }), 'measurable-improvement')).toContain(
      'the product of 2 steps says -75.0 %, which lies in that interval',
    );
    const strange = ['1', '2', '3', '4', '5'].map((n) => ({
      commit: n.repeat(40),
      title: `no ${n}`,
      isStep: false,
    }));
    const facts = drawFacts({ commits: [...(drawFacts().commits ?? []), ...strange] });
    expect(evidence(facts, 'separate-changes')).toBe(
      'Commit 111111111 "no 1" was never measured as a step. Commit 222222222 "no 2" was never measured as a step. Commit 333333333 "no 3" was never measured as a step. And 2 more.',
    );
  });
});
