import { acceptedSteps, orderSteps } from './campaign.ts';
import type { Campaign } from './campaign.ts';
import { numberOptimizations } from './render-log.ts';
import type { Step, StepWorkload } from './step.ts';
import { isCurrent, startToNow } from './totals.ts';
import type { DirectComparison, StartToNow } from './totals.ts';

/** One attempt as a row of `strop log`. */
export interface LogRow {
  /** Place among all attempts, from 1. */
  readonly number: number;
  /** N of `### Optimization N` in the log; null for what was not kept. */
  readonly optimization: number | null;
  readonly id: string;
  readonly title: string;
  readonly date: string;
  readonly outcome: 'kept' | 'dropped' | 'undecided' | 'withdrawn';
  /** One sentence: why. */
  readonly reason: string;
  /** The workload that stands for the step: the campaign's lead where the step aims at it, else what it aims at; null when nothing was measured. */
  readonly lead: StepWorkload | null;
  readonly workloads: readonly StepWorkload[];
  readonly attempt: number;
  readonly alpha: number;
  /** Full hash; null where there is no commit. */
  readonly commit: string | null;
}

/** The first line of `strop log`: from where to where. */
export interface LogSummary {
  readonly kept: number;
  readonly dropped: number;
  readonly undecided: number;
  /** Accepted once, and no part of the present any more. */
  readonly withdrawn: number;
  /** Start to now of the lead workload; null before the first accepted step and without a direct measurement. */
  readonly lead: StartToNow | null;
  readonly workloads: readonly StartToNow[];
  /** `stale`: there is a direct measurement, but not of this start and this present. */
  readonly direct: 'current' | 'stale' | 'none';
  readonly directDate: string | null;
}

/**
 * The workload whose effects and values can be followed down the rows: the one that most steps were about, of several
 * the one that came first. Never the one with the nicest effect.
 */
function leadOf(campaign: Campaign): string | undefined {
  const accepted = acceptedSteps(campaign.steps);
  const counts = new Map<string, number>();
  for (const step of accepted.length > 0 ? accepted : orderSteps(campaign.steps)) {
    for (const id of new Set(step.workloads.filter((each) => each.role === 'target').map((each) => each.id)))
      counts.set(id, (counts.get(id) ?? 0) + 1);
  }
  const most = Math.max(0, ...counts.values());
  return [...counts].find(([, count]) => count === most)?.[0];
}

const OUTCOMES = {
  accepted: 'kept',
  rejected: 'dropped',
  undecided: 'undecided',
  withdrawn: 'withdrawn',
} as const;

function leadIn(step: Step, lead: string | undefined): StepWorkload | null {
  const targets = step.workloads.filter((workload) => workload.role === 'target');
  return (
    targets.find((workload) => workload.id === lead) ??
    targets[0] ??
    step.workloads.find((workload) => workload.id === lead) ??
    null
  );
}

/** All attempts, the oldest first. `log` is the text of the log, from which entries have their numbers. */
export function logRows(campaign: Campaign, log: string | undefined): readonly LogRow[] {
  const numbers = numberOptimizations(log, campaign);
  const lead = leadOf(campaign);
  return orderSteps(campaign.steps).map((step, index) => ({
    number: index + 1,
    optimization: numbers.get(step.id) ?? null,
    id: step.id,
    title: step.title,
    date: step.date,
    outcome: OUTCOMES[step.outcome],
    reason: step.reason,
    lead: leadIn(step, lead),
    workloads: step.workloads,
    attempt: step.attempt,
    alpha: step.alpha,
    commit: step.commit,
  }));
}

/** Where the campaign stands. `contentNow` is the content that the project has now, null where that is not known. */
export function summariseLog(
  campaign: Campaign,
  direct: DirectComparison | undefined,
  contentNow: string | null,
): LogSummary {
  const workloads = startToNow(campaign, direct, contentNow);
  const lead = leadOf(campaign);
  const count = (outcome: Step['outcome']): number =>
    campaign.steps.filter((step) => step.outcome === outcome).length;
  const state = direct === undefined ? 'none' : isCurrent(direct, campaign, contentNow) ? 'current' : 'stale';
  return {
    kept: count('accepted'),
    dropped: count('rejected'),
    undecided: count('undecided'),
    withdrawn: count('withdrawn'),
    lead: workloads.find((effect) => effect.id === lead) ?? workloads[0] ?? null,
    workloads,
    direct: state,
    directDate: direct?.date ?? null,
  };
}
