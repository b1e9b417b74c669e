import { formatNumberOf, formatShare } from '#base';
import { acceptedSteps, orderSteps } from './campaign.ts';
import { answer, quote } from './check-line.ts';
import type { CampaignFacts, CheckLine } from './check-line.ts';
import { gateOf } from './gate-words.ts';
import { commitFindings, gateFindings, isWorse, retryFindings, sentencesOf } from './step-findings.ts';
import { isCurrent } from './totals.ts';

const NOTHING_YET = 'No step was accepted yet.';

/** Below this share of the profile a change cannot gain what a measurement of the whole would see. */
const COLD_SHARE = 0.01;

/** A median of fewer processes says nothing about how it varies. */
const FEWEST_PROCESSES = 3;

/** Where the time goes must have been known before the first attempt, not looked up to fit it. */
function checkPremature(facts: CampaignFacts): CheckLine {
  const [first] = orderSteps(facts.steps);
  const { firstProfileDate } = facts;
  const against: string[] = [];
  if (firstProfileDate === null) against.push('Nothing was profiled in this campaign.');
  else if (first !== undefined && !(Date.parse(firstProfileDate) <= Date.parse(first.date)))
    against.push(
      `The first profile (${firstProfileDate}) is younger than the first attempt (${first.date}).`,
    );
  return answer({
    id: 'no-premature-optimization',
    kind: 'anti-pattern',
    text: 'No premature optimization: profiled first',
    against,
    missing: first === undefined ? ['No change was tried yet.'] : [],
    evidence: `Profiled on ${firstProfileDate ?? ''}, before the first attempt on ${first?.date ?? ''}.`,
    remedy: 'Profile before choosing what to change (strop profile).',
  });
}

/**
 * What is faster alone may be slower in its place. Context is a workload that runs the whole program, or at least a
 * second workload: beside the target in every step, or all of them measured directly from start to now. The guard of
 * the import time runs in every step and is none of the campaign's workloads, so it is no context.
 */
function checkIsolation(facts: CampaignFacts): CheckLine {
  const accepted = acceptedSteps(facts.steps);
  const { lastDirect } = facts;
  const direct =
    lastDirect !== undefined && isCurrent(lastDirect, facts, facts.headContent) ? lastDirect.workloads : [];
  const own = new Set([
    ...(facts.baseline?.workloads ?? []).map(({ id }) => id),
    ...accepted.flatMap((step) => step.workloads.filter(({ role }) => role === 'target').map(({ id }) => id)),
  ]);
  const isWide = (workloads: readonly { readonly id: string }[]): boolean =>
    new Set(workloads.map(({ id }) => id).filter((id) => own.has(id))).size > 1 ||
    workloads.some((workload) => facts.wholePrograms.includes(workload.id));
  const guards = gateFindings(accepted, 'guards', false);
  const worse = direct.filter(isWorse);
  const narrow = isWide(direct)
    ? []
    : sentencesOf(accepted, (step) =>
        isWide(step.workloads)
          ? undefined
          : `${quote(step.title)} was measured on ${step.workloads[0]?.id ?? 'nothing'} alone, and start to now was not measured on more.`,
      );
  return answer({
    id: 'no-isolated-microbenchmark',
    kind: 'anti-pattern',
    text: 'No micro-benchmark in isolation: measured in context',
    against: [
      ...worse.map((each) => `From start to now ${each.id} became ${each.verdict}.`),
      ...guards.against,
      ...narrow,
    ],
    missing: [...(accepted.length === 0 ? [NOTHING_YET] : []), ...guards.missing],
    evidence: isWide(direct)
      ? `Start to now was measured directly on ${formatNumberOf(direct.length, 'workload')}, none of which got worse.`
      : 'Every step was measured on more than its own benchmark, and nothing else is proven worse.',
    remedy:
      'Add a workload that runs the whole program, or measure start to now on all workloads (strop log --direct).',
  });
}

/** The changed code must have had a share of the time worth changing. */
function checkCold(facts: CampaignFacts): CheckLine {
  const accepted = acceptedSteps(facts.steps);
  const shareOf = (id: string): number | null => facts.shares[id] ?? null;
  const shares = accepted.flatMap((step) => shareOf(step.id) ?? []);
  return answer({
    id: 'no-cold-path',
    kind: 'anti-pattern',
    text: 'No optimizing of cold paths: the changed code was hot',
    against: sentencesOf(accepted, (step) => {
      const share = shareOf(step.id);
      return share !== null && share < COLD_SHARE
        ? `What ${quote(step.title)} changes had ${formatShare(share)} of the profile before it.`
        : undefined;
    }),
    missing: [
      ...(accepted.length === 0 ? [NOTHING_YET] : []),
      ...sentencesOf(accepted, (step) =>
        shareOf(step.id) === null
          ? `No profile before ${quote(step.title)} shows what it changes.`
          : undefined,
      ),
    ],
    evidence: `The changed code had at least ${formatShare(Math.min(1, ...shares))} of the profile before each step.`,
    remedy: 'Profile the workload and change what stands at the top (strop profile, strop top).',
  });
}

/** Internal changes first; a change of the interface needs a reason, given when the step was made. */
function checkBreaking(facts: CampaignFacts): CheckLine {
  const accepted = acceptedSteps(facts.steps);
  const gates = gateFindings(accepted, 'api', true);
  const excused = accepted.filter((step) => gateOf(step, 'api')?.outcome === 'excused');
  return answer({
    id: 'no-broken-api',
    kind: 'anti-pattern',
    text: 'No API broken for speed',
    against: gates.against,
    missing: [...(accepted.length === 0 ? [NOTHING_YET] : []), ...gates.missing],
    evidence:
      excused.length === 0
        ? 'No step changed the public interface.'
        : excused
            .map((step) => `${quote(step.title)} did, because ${quote(gateOf(step, 'api')?.reason ?? '')}.`)
            .join(' '),
    remedy: 'Optimize behind the public interface, and leave the interface as it is.',
  });
}

/** Enough pairs of fresh processes for every target, retries counted as what they are, a baseline that is no snapshot. */
function checkSingle(facts: CampaignFacts): CheckLine {
  const accepted = acceptedSteps(facts.steps);
  const targets = accepted.flatMap((step) =>
    step.workloads.filter((each) => each.role === 'target').map((workload) => ({ step, workload })),
  );
  const few = sentencesOf(targets, ({ step, workload }) =>
    workload.pairs < facts.fewestPairs
      ? `${quote(step.title)}: ${workload.id} has ${formatNumberOf(workload.pairs, 'pair')}, and fewer than ${String(facts.fewestPairs)} prove nothing.`
      : undefined,
  );
  const unmeasured = sentencesOf(accepted, (step) =>
    targets.some((each) => each.step === step) ? undefined : `${quote(step.title)} was not measured at all.`,
  );
  const thin = sentencesOf(facts.baseline?.workloads ?? [], ({ id, processes }) =>
    processes < FEWEST_PROCESSES
      ? `The baseline of ${id} comes from ${formatNumberOf(processes, 'process', 'processes')}.`
      : undefined,
  );
  return answer({
    id: 'no-single-measurement',
    kind: 'anti-pattern',
    text: 'No trust in a single measurement',
    against: [...unmeasured, ...few, ...retryFindings(facts), ...thin],
    missing: [
      ...(accepted.length === 0 ? [NOTHING_YET] : []),
      ...(facts.baseline === undefined ? ['There is no baseline.'] : []),
    ],
    evidence: `At least ${formatNumberOf(Math.min(...targets.map(({ workload }) => workload.pairs)), 'pair')} of fresh processes behind what each step aimed at, and every attempt counted.`,
    remedy: 'Let strop measure until it decides (a larger --budget), and keep the history of attempts.',
  });
}

/** One change a step and one step a commit: else nobody knows which change helped. */
function checkBundles(facts: CampaignFacts): CheckLine {
  const accepted = acceptedSteps(facts.steps);
  const focus = gateFindings(accepted, 'one change', false);
  const suspects = accepted.filter((step) => step.doubts.some((doubt) => doubt.code === 'several-concerns'));
  const suspicion =
    suspects.length === 0
      ? ''
      : ` Doubtful, within one file: ${suspects.map((step) => quote(step.title)).join(', ')}.`;
  return answer({
    id: 'no-bundled-changes',
    kind: 'anti-pattern',
    text: 'No bundling of several changes',
    against: [...focus.against, ...commitFindings(facts)],
    missing: [...(accepted.length === 0 ? [NOTHING_YET] : []), ...focus.missing],
    evidence: `${formatNumberOf(accepted.length, 'step')}, ${formatNumberOf(accepted.length, 'commit')}, one change each.${suspicion}`,
    remedy: 'Split the change, and measure each part as a step of its own.',
  });
}

/** What must not have happened, each line as that it did not. */
export function checkAntiPatterns(facts: CampaignFacts): readonly CheckLine[] {
  return [checkPremature, checkIsolation, checkCold, checkBreaking, checkSingle, checkBundles].map((check) =>
    check(facts),
  );
}
