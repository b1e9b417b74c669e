import { formatChange, formatNumberOf } from '#base';
import { formatInterval } from './amounts.ts';
import { seriesRate } from './attempts.ts';
import { acceptedSteps } from './campaign.ts';
import type { Campaign } from './campaign.ts';
import type { StepWorkload } from './step.ts';

/** What all accepted steps together did to one workload, as far as the single steps tell. */
export interface Total {
  readonly id: string;
  readonly meter: string;
  readonly unit: StepWorkload['unit'];
  /** Accepted steps that measured it. */
  readonly steps: number;
  /** Ids of accepted steps that did not: what they did to it is not in the product. */
  readonly missingIn: readonly string[];
  /** Product of the steps' ratios, with its interval; `low` 0 or `high` null where a step excluded nothing. */
  readonly ratio: number;
  readonly low: number;
  readonly high: number | null;
  /** Chance that the interval misses, at most. */
  readonly errorRate: number;
  /** The baseline's value, or the first step's `before` where the baseline has none on this meter. */
  readonly start: number;
  /** What the ratio makes of the start: machines change their speed between steps, and a later time would not fit it. */
  readonly now: number;
}

/** The start of a campaign measured against the present, in pairs like any comparison. */
export interface DirectComparison {
  /** ISO 8601, UTC. */
  readonly date: string;
  /** Hash of the commit of the start. */
  readonly a: string;
  /** Hash of the content that was the present then. */
  readonly b: string;
  readonly workloads: readonly StepWorkload[];
}

/** Start to now for one workload: measured directly where that was done, else the product of the steps. */
export interface StartToNow extends Pick<
  StepWorkload,
  'id' | 'meter' | 'unit' | 'ratio' | 'low' | 'high' | 'verdict'
> {
  readonly how: 'direct' | 'product';
  readonly start: number;
  readonly now: number;
  /** Of a direct measurement; of a product null. */
  readonly pairs: number | null;
  /** Whether the product and the direct measurement agree, in a sentence; null without a direct one. */
  readonly agreement: Agreement | null;
}

/** How the product of the steps and a direct measurement lie to each other. */
export interface Agreement {
  /** `overlaps`: the product lies outside of the direct interval, but its own interval reaches into it. */
  readonly relation: 'inside' | 'overlaps' | 'apart' | 'unknown';
  readonly sentence: string;
}

type Series = Pick<StepWorkload, 'id'> & { readonly meter: string };

/** Which clock answers is chosen anew for each measurement, by what the code does then: time is one series. */
function seriesOf({ meter }: { readonly meter: string }): string {
  return ['cpu', 'wall', 'wall-less-queue'].includes(meter) ? 'time' : meter;
}

/** Whether two figures are of one workload and one kind of cost. */
export function sameSeries(one: Series, other: Series): boolean {
  return one.id === other.id && seriesOf(one) === seriesOf(other);
}

/**
 * The cumulative effect on every workload that an accepted step measured, one for each meter.
 *
 * The interval is the product of the steps' intervals, end by end (on a log scale: their ends are added). When every
 * step's interval holds its true ratio, the product of the intervals holds the product of the true ratios; so by the
 * union bound it misses at most with the sum of the steps' error rates, whether or not the steps' errors depend on each
 * other (they do: one machine, one yardstick). The root of summed squares would be narrower, but needs independent and
 * nearly Gaussian errors. A step counts with the error rate of its whole series of attempts, because which attempt was
 * accepted was picked by looking at them.
 *
 * It is a product of ratios of single changes, and what a workload does today may differ: what was committed between
 * the steps is not in it. A direct measurement from start to now is worth more ({@link startToNow}).
 */
export function totalEffects(campaign: Campaign): readonly Total[] {
  const accepted = acceptedSteps(campaign.steps);
  const totals = new Map<string, Total>();
  for (const step of accepted) {
    for (const workload of step.workloads) {
      const { id, meter, unit } = workload;
      const key = JSON.stringify([id, seriesOf(workload)]);
      const base = campaign.baseline?.workloads.find((each) => sameSeries(workload, each));
      // A guard that the campaign did not start with (importing what one step changed) has no start to count from.
      if (workload.role === 'guard' && base === undefined && !totals.has(key)) continue;
      const former = totals.get(key) ?? {
        ...{ id, meter, unit, steps: 0, missingIn: [], ratio: 1, low: 1, high: 1, errorRate: 0 },
        start: base?.value ?? workload.before,
        now: base?.value ?? workload.before,
      };
      const ratio = former.ratio * workload.ratio;
      totals.set(key, {
        ...former,
        steps: former.steps + 1,
        ratio,
        low: former.low * workload.low,
        high: former.high === null || workload.high === null ? null : former.high * workload.high,
        errorRate: Math.min(1, former.errorRate + seriesRate(step)),
        now: former.start * ratio,
      });
    }
  }
  return [...totals.values()].map((total) => ({
    ...total,
    missingIn: accepted
      .filter((step) => !step.workloads.some((workload) => sameSeries(workload, total)))
      .map((step) => step.id),
  }));
}

/**
 * Whether a direct measurement is one from the campaign's start to its present: from the baseline's commit to the
 * content after the last accepted step, or to `contentNow` (null where that is not known).
 */
export function isCurrent(direct: DirectComparison, campaign: Campaign, contentNow: string | null): boolean {
  const last = acceptedSteps(campaign.steps).at(-1);
  const isStart = direct.a === campaign.baseline?.revision.commit;
  return isStart && (direct.b === last?.b.content || (contentNow !== null && direct.b === contentNow));
}

/** Holds the product of the steps against what was measured directly for the same workload and meter. */
export function compareDirect(total: Total | undefined, direct: StepWorkload): Agreement {
  const measured = `Measured directly from start to now: ${formatChange(direct.ratio)} ${formatInterval(direct)}`;
  if (total === undefined) return { relation: 'unknown', sentence: `${measured}; no step measured it.` };
  const steps = total.steps === 1 ? 'the one step' : `the product of ${formatNumberOf(total.steps, 'step')}`;
  const says = `${measured}; ${steps} says ${formatChange(total.ratio)}`;
  if (direct.high === null || direct.low <= 0)
    return { relation: 'unknown', sentence: `${says}, which cannot be checked with so few pairs.` };
  if (total.ratio >= direct.low && total.ratio <= direct.high)
    return { relation: 'inside', sentence: `${says}, which lies in that interval.` };
  if (total.low <= direct.high && (total.high === null || total.high >= direct.low))
    return {
      relation: 'overlaps',
      sentence: `${says}, outside of that interval, though within the steps' own uncertainty.`,
    };
  return { relation: 'apart', sentence: `${says}: the steps do not add up, believe the direct measurement.` };
}

/** What a product proves: its interval lies on one side of 1, or nothing. */
function verdictOf(total: Total): StepWorkload['verdict'] {
  const isTime = total.unit === 'ns';
  if (total.high !== null && total.high < 1) return isTime ? 'faster' : 'leaner';
  if (total.low > 1) return isTime ? 'slower' : 'heavier';
  return 'undecided';
}

/**
 * Start to now for every workload, in the order in which steps measured them first. A direct measurement that is no
 * longer (or never was) one of start to now is left aside.
 */
export function startToNow(
  campaign: Campaign,
  direct: DirectComparison | undefined,
  contentNow: string | null,
): readonly StartToNow[] {
  const totals = totalEffects(campaign);
  const measured = direct !== undefined && isCurrent(direct, campaign, contentNow) ? direct.workloads : [];
  const fromSteps = totals
    .filter((total) => !measured.some((workload) => sameSeries(workload, total)))
    .map((total): StartToNow => {
      const { id, meter, unit, ratio, low, high, start, now } = total;
      const verdict = verdictOf(total);
      return {
        ...{ id, meter, unit, ratio, low, high, verdict, start, now },
        ...{ how: 'product', pairs: null, agreement: null },
      };
    });
  const fromPairs = measured.map((workload): StartToNow => {
    const { id, meter, unit, ratio, low, high, verdict, before, after, pairs } = workload;
    const agreement = compareDirect(
      totals.find((total) => sameSeries(workload, total)),
      workload,
    );
    return {
      ...{ id, meter, unit, ratio, low, high, verdict, start: before, now: after },
      ...{ how: 'direct', pairs, agreement },
    };
  });
  const position = (effect: StartToNow): number => {
    const index = totals.findIndex((total) => sameSeries(effect, total));
    return index < 0 ? totals.length : index;
  };
  return [...fromPairs, ...fromSteps].sort((one, other) => position(one) - position(other));
}
