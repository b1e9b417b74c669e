import { formatNumberOf } from '#base';
import { acceptedSteps, orderSteps } from './campaign.ts';
import { answer, quote } from './check-line.ts';
import type { CampaignFacts, CheckLine } from './check-line.ts';
import { gateOf } from './gate-words.ts';
import { logHolds } from './render-log.ts';
import {
  commitFindings,
  gateFindings,
  isProvenBetter,
  isWorse,
  nameFiles,
  sentencesOf,
  unmeasuredChanges,
  unprovenStep,
} from './step-findings.ts';
import { compareDirect, isCurrent, sameSeries, totalEffects } from './totals.ts';

const NOTHING_YET = 'No step was accepted yet.';

/**
 * The baseline must be older than every attempt, start where the first step starts, and hold a number for everything
 * that a step was meant to improve: a benchmark written after the change was never measured before it.
 */
function checkBaseline(facts: CampaignFacts): CheckLine {
  const { baseline } = facts;
  const steps = orderSteps(facts.steps);
  const accepted = acceptedSteps(facts.steps);
  const against: string[] = [];
  const missing: string[] = [];
  if (baseline === undefined) against.push('No baseline was saved.');
  else {
    if (baseline.workloads.length === 0) against.push('The baseline holds no numbers.');
    const early = steps.find((step) => !(Date.parse(step.date) >= Date.parse(baseline.date)));
    if (early !== undefined)
      against.push(`The baseline of ${baseline.date} is younger than ${quote(early.title)} (${early.date}).`);
    const known = new Set(baseline.workloads.map((workload) => workload.id));
    const targets = accepted.flatMap((step) =>
      step.workloads.filter((workload) => workload.role === 'target').map((workload) => workload.id),
    );
    for (const id of new Set(targets)) {
      if (!known.has(id)) against.push(`${id} has no number in the baseline.`);
    }
    const [first] = accepted;
    const { revision } = baseline;
    const startsThere =
      first === undefined ||
      first.a.content === revision.content ||
      first.a.commit === revision.commit ||
      // Commits that touch no code may lie between; others are listed with the separate changes.
      facts.commits !== null;
    if (!startsThere)
      missing.push(
        `The first step starts at another state than the baseline, and the commits between are not known.`,
      );
  }
  return answer({
    id: 'baseline-saved',
    kind: 'checklist',
    text: 'A baseline was saved before any change',
    against,
    missing,
    evidence: `${formatNumberOf(baseline?.workloads.length ?? 0, 'workload')} at ${baseline?.revision.commit.slice(0, 9) ?? ''} on ${baseline?.date ?? ''}, before the first of ${formatNumberOf(steps.length, 'attempt')}.`,
    remedy:
      'Save a baseline at the commit before the first change (strop baseline), then measure the steps from there.',
  });
}

/** One concern a step, one commit a step, and nothing in the code that is not a step. */
function checkSeparate(facts: CampaignFacts): CheckLine {
  const accepted = acceptedSteps(facts.steps);
  const focus = gateFindings(accepted, 'one change', false);
  const unmeasured = unmeasuredChanges(facts);
  return answer({
    id: 'separate-changes',
    kind: 'checklist',
    text: 'Each optimization is a separate, focused change',
    against: [...focus.against, ...commitFindings(facts), ...unmeasured.against],
    missing: [...(accepted.length === 0 ? [NOTHING_YET] : []), ...focus.missing, ...unmeasured.missing],
    evidence: `${formatNumberOf(accepted.length, 'step')}, each one change in its own commit; no other code changed since the baseline.`,
    remedy: unmeasured.remedy,
  });
}

/** Every step proven by its interval, and the start-to-now measurement, where there is one, saying the same. */
function checkImproved(facts: CampaignFacts): CheckLine {
  const accepted = acceptedSteps(facts.steps);
  const against = [...sentencesOf(accepted, (step) => unprovenStep(step, facts.fewestPairs))];
  const totals = totalEffects(facts);
  const { lastDirect } = facts;
  const direct =
    lastDirect !== undefined && isCurrent(lastDirect, facts, facts.headContent) ? lastDirect.workloads : [];
  const aimed = new Set(
    accepted.flatMap((step) =>
      step.workloads.filter((each) => each.role === 'target').map((each) => each.id),
    ),
  );
  const aims = direct.filter((workload) => aimed.has(workload.id));
  if (aims.length > 0 && !aims.some((workload) => isProvenBetter(workload, facts.fewestPairs)))
    against.push('Measured directly from start to now, nothing that the steps aimed at is proven better.');
  for (const workload of aims.filter(isWorse))
    against.push(`From start to now ${workload.id} became ${workload.verdict}.`);
  const [first] = direct.filter((workload) => isProvenBetter(workload, facts.fewestPairs));
  const total = totals.find((each) => first !== undefined && sameSeries(first, each));
  const shown =
    first === undefined
      ? 'Start to now was not measured directly.'
      : `${first.id}: ${compareDirect(total, first).sentence}`;
  return answer({
    id: 'measurable-improvement',
    kind: 'checklist',
    text: 'The comparison shows an improvement beyond the noise',
    against: accepted.length === 0 ? [NOTHING_YET] : against,
    missing: [],
    evidence: `The interval of each of ${formatNumberOf(accepted.length, 'step')} excludes "no change", with the ${formatNumberOf(facts.fewestPairs, 'pair')} or more that a proof takes. ${shown}`,
    remedy:
      'Measure on (strop step carries the evidence on), or take the change back: it is not proven faster.',
  });
}

/** All tests, run and passed, on the code that is there now and not on one that was. */
function checkTests(facts: CampaignFacts): CheckLine {
  const accepted = acceptedSteps(facts.steps);
  const gates = gateFindings(accepted, 'tests', false);
  const counts = sentencesOf(accepted, ({ title, tests, gates: reports }) => {
    if (gateOf({ gates: reports }, 'tests')?.outcome !== 'passed') return undefined;
    if (tests === null) return `${quote(title)}: the tests were not run.`;
    if (tests.failed > 0) return `${quote(title)}: ${formatNumberOf(tests.failed, 'test')} failed.`;
    return tests.passed === 0 ? `${quote(title)}: not one test was run and passed.` : undefined;
  });
  const fewer = accepted.flatMap((step, index) => {
    const before = accepted[index - 1]?.tests;
    const isSaid = gateOf(step, 'yardstick')?.outcome === 'excused';
    if (before === null || before === undefined || step.tests === null || isSaid) return [];
    if (step.tests.passed + (step.tests.flaky ?? 0) >= before.passed + (before.flaky ?? 0)) return [];
    return [
      `Tests went missing: ${String(before.passed)} passed before ${quote(step.title)}, ${String(step.tests.passed)} with it.`,
    ];
  });
  const last = accepted.at(-1);
  const since = facts.codeSinceLastStep;
  const other =
    last === undefined || since === null || since.length === 0
      ? []
      : [`The tests ran on other code than there is now: ${nameFiles(since)}.`];
  const missing: string[] = [...gates.missing];
  if (last === undefined) missing.push(NOTHING_YET);
  else if (since === null)
    missing.push('Whether the tested code is the code that is there now could not be told.');
  return answer({
    id: 'tests-pass',
    kind: 'checklist',
    text: 'The full test suite passes',
    against: [...gates.against, ...counts, ...fewer, ...other],
    missing,
    evidence: `${String(last?.tests?.passed ?? 0)} passed and ${String(last?.tests?.skipped ?? 0)} skipped at the last step, whose code is the code now.`,
    remedy:
      counts.length > 0
        ? 'Mend the tests that fail (or have the project itself leave them out), commit that, and take a new baseline: a campaign needs a suite that passes from its start.'
        : other.length > 0
          ? unmeasuredChanges(facts).remedy
          : 'Run the full test suite on the code as it is now: strop step does so on both sides.',
  });
}

/** Every number in the log is the number that was measured, attempts that were not kept included. */
function checkLog(facts: CampaignFacts): CheckLine {
  const accepted = acceptedSteps(facts.steps);
  const state = logHolds(facts.log, facts);
  return answer({
    id: 'log-updated',
    kind: 'checklist',
    text: 'The progress log has the numbers before and after',
    against: state.missing,
    missing: accepted.length === 0 ? [NOTHING_YET] : [],
    evidence: `${formatNumberOf(accepted.length, 'entry', 'entries')} as measured, and what was tried and not kept.`,
    remedy: 'Write the log anew from the history (strop log --write); your own words in it are kept.',
  });
}

/** A change of the API is fine when the log says so with its reason; code beside the steps was never compared. */
function checkApi(facts: CampaignFacts): CheckLine {
  const accepted = acceptedSteps(facts.steps);
  const gates = gateFindings(accepted, 'api', true);
  const state = logHolds(facts.log, facts);
  const excused = accepted.filter((step) => gateOf(step, 'api')?.outcome === 'excused');
  const silent = sentencesOf(excused, (step) =>
    facts.log === undefined || state.steps.includes(step.id)
      ? `${quote(step.title)} changes the public API, and the log does not say so.`
      : undefined,
  );
  const unmeasured = unmeasuredChanges(facts);
  const beside = [...unmeasured.against, ...unmeasured.missing];
  return answer({
    id: 'api-unchanged',
    kind: 'checklist',
    text: 'The public API is unchanged, or its changes are documented',
    against: [...gates.against, ...silent],
    missing: [
      ...(accepted.length === 0 ? [NOTHING_YET] : []),
      ...gates.missing,
      ...(beside.length > 0 ? [`The API of code beside the steps was not compared. ${beside[0] ?? ''}`] : []),
    ],
    evidence:
      excused.length === 0
        ? `Compared for ${formatNumberOf(accepted.length, 'step')}: the same.`
        : `Changed with a reason in the log: ${excused.map((step) => quote(step.title)).join(', ')}.`,
    remedy:
      beside.length > 0 && gates.against.length === 0 && silent.length === 0
        ? unmeasured.remedy
        : 'Restore the public API, or give the reason for its change (strop step --api-change "reason").',
  });
}

/** What has to be true before an optimization may be called complete. */
export function checkList(facts: CampaignFacts): readonly CheckLine[] {
  return [checkBaseline, checkSeparate, checkImproved, checkTests, checkLog, checkApi].map((check) =>
    check(facts),
  );
}
