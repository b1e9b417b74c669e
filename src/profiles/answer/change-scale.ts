import { sum } from './pool.ts';
import type { Recording } from './recording.ts';
import { countInterval } from './share-interval.ts';

/** An absolute amount per run before and after. */
export interface Amounts {
  readonly a: number;
  readonly b: number;
  /** b - a. */
  readonly change: number;
  /**
   * Where the change truly lies, 99 % sure of all frames together. Of tools that take no samples the smallest and largest
   * difference between two recordings; null where a side has one only.
   */
  readonly low: number | null;
  readonly high: number | null;
}

/** The recordings of one side as far as amounts per run follow from them. */
export interface Recorded {
  readonly recordings: readonly Recording[];
  /** Cost of the workload in each recording, in the unit of the metric. */
  readonly totals: readonly number[];
  /** Cost of the harness in each; undefined where one does not tell. */
  readonly harness: readonly number[] | undefined;
  /** Of all recordings together; null where nothing is sampled. */
  readonly samples: number | null;
}

/** How costs in the recordings of one side become an amount per run. */
export interface Scale {
  /** By which the costs of each recording are multiplied. */
  readonly factors: readonly number[];
  /** Runs in each recording. */
  readonly runs: readonly number[];
  /** Scaled cost of a sample; meaningless where nothing is sampled. */
  readonly weight: number;
  /** Variance of the cost of a run from recording to recording beyond that of samples, relative to its square. */
  readonly scatter: number;
  /** How many samples are worth one: 1 where each was taken by itself. */
  readonly dispersion: number;
}

/**
 * How far the sampled time may lie from the CPU time: a process that waits for a core is seen by the sampler, one whose
 * sampler is late is not. Farther apart, the clock and the sampler did not look at the same processes.
 */
const SAME_WORK = { least: 0.2, most: 1.5 };

/** Whether the CPU time of each recording is known, and is the time of what was sampled. */
export function isClockedSide(side: Recorded): boolean {
  return side.recordings.every(({ cpuNs }, index) => {
    if (cpuNs === undefined || side.harness === undefined) return false;
    const ratio = cpuNs / ((side.totals[index] ?? 0) + (side.harness[index] ?? 0));
    return ratio >= SAME_WORK.least && ratio <= SAME_WORK.most;
  });
}

/**
 * The scale of one side. Where the CPU time was measured it is the whole, and samples only say how it is divided: other
 * work of the machine makes samples more or fewer, but no run dearer.
 */
export function scaleSide(side: Recorded, per: 'loop' | 'recording', isClocked: boolean): Scale {
  const runs = side.recordings.map(({ loops }) => (per === 'loop' ? (loops ?? 1) : 1));
  const factors = side.recordings.map(({ cpuNs }, index) =>
    isClocked ? (cpuNs ?? 0) / ((side.totals[index] ?? 0) + (side.harness?.[index] ?? 0)) : 1,
  );
  const totals = side.totals.map((total, index) => total * (factors[index] ?? 1));
  const samples = side.samples ?? 0;
  const weight = samples > 0 ? sum(totals) / samples : 1;
  const costs = totals.map((total, index) => total / (runs[index] ?? 1));
  const mean = sum(costs) / costs.length;
  const variance =
    costs.length > 1 ? sum(costs.map((cost) => (cost - mean) ** 2)) / (costs.length - 1) / mean ** 2 : 0;
  const bySamples = isClocked || samples === 0 ? 0 : costs.length / samples;
  const scatter = Math.max(0, variance - bySamples) || 0;
  // A process that waits for a core is seen where it waits again and again: only its CPU time makes new samples.
  const dispersion = isClocked ? Math.max(1, samples > 0 ? sum(side.totals) / sum(totals) : 1) : 1;
  return { factors, runs, weight, scatter, dispersion };
}

/**
 * Scales with the dispersion that recordings of both sides show over all places together: samples in bursts disturb rare
 * places as well, which have too few of them to show it.
 */
export function poolDispersion(a: Places, b: Places): readonly [Scale, Scale] {
  let [found, degrees] = [0, 0];
  for (const { scale, places, totals } of [a, b]) {
    const all = sum(countsOf(totals, scale));
    for (const parts of places) {
      const each = countsOf(parts, scale);
      const one = excessOf(each, scale);
      if (one === undefined) continue;
      found += one;
      // What the places of one recording have in common is no chance: their sum is known.
      degrees += 1 - Math.min(0.9, sum(each) / all);
    }
  }
  const pooled = degrees > 0 ? found / degrees : 1;
  const widen = ({ scale }: Places): Scale => ({
    ...scale,
    dispersion: Math.max(scale.dispersion, pooled),
  });
  return [widen(a), widen(b)];
}

/** The cost of every place in each recording of a side. */
interface Places {
  readonly scale: Scale;
  readonly totals: readonly number[];
  readonly places: readonly (readonly number[])[];
}

function countsOf(parts: readonly number[], { factors, weight }: Scale): readonly number[] {
  return parts.map((part, index) => (part * (factors[index] ?? 1)) / weight);
}

/** Pearson's statistic over its degrees of freedom; undefined where too few samples are there to tell. */
function excessOf(counts: readonly number[], { runs }: Scale): number | undefined {
  const [count, all] = [sum(counts), sum(runs)];
  const expected = runs.map((run) => (count * run) / all);
  if (counts.length < 2 || expected.some((one) => one < FEWEST_EXPECTED)) return undefined;
  const squares = expected.map((one, index) => ((counts[index] ?? 0) - one) ** 2 / one);
  return sum(squares) / (counts.length - 1);
}

/** Cost per run, from the cost in each recording. */
export function scaleAmount(parts: readonly number[], { factors, runs }: Scale): number {
  return sum(parts.map((part, index) => part * (factors[index] ?? 1))) / sum(runs);
}

interface Estimate {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** Below this many expected samples in a recording Pearson's statistic says nothing. */
const FEWEST_EXPECTED = 5;

/**
 * Cost per run with its interval, `z` wide. A number of samples is one of Poisson's; recordings that differ by more, in
 * this place or in the whole, make it count for less.
 */
export function estimateAmount(parts: readonly number[], scale: Scale, z: number): Estimate {
  const { runs, weight, scatter } = scale;
  const counts = countsOf(parts, scale);
  const count = sum(counts);
  const dispersion = Math.max(
    scale.dispersion,
    excessOf(counts, scale) ?? 1,
    1 + (scatter * count) / counts.length,
  );
  const { low, high } = countInterval(count / dispersion, z);
  const unit = weight / sum(runs);
  return { value: count * unit, low: low * dispersion * unit, high: high * dispersion * unit };
}

/** The interval of a difference from those of its parts (Zou and Donner, Statistics in Medicine 2008). */
export function differ(a: Estimate, b: Estimate): Amounts {
  const change = b.value - a.value;
  return {
    a: a.value,
    b: b.value,
    change,
    low: change - Math.hypot(b.value - b.low, a.high - a.value),
    high: change + Math.hypot(b.high - b.value, a.value - a.low),
  };
}

/** The change by tools that take no samples: how far recordings lie apart is all that is known of chance. */
export function differByRange(
  [a, scaleA]: readonly [readonly number[], Scale],
  [b, scaleB]: readonly [readonly number[], Scale],
): Amounts {
  const [before, after] = [scaleAmount(a, scaleA), scaleAmount(b, scaleB)];
  const amounts = { a: before, b: after, change: after - before };
  if (a.length < 2 || b.length < 2) return { ...amounts, low: null, high: null };
  const each = (parts: readonly number[], { factors, runs }: Scale): readonly number[] =>
    parts.map((part, index) => (part * (factors[index] ?? 1)) / (runs[index] ?? 1));
  const [x, y] = [each(a, scaleA), each(b, scaleB)];
  return {
    ...amounts,
    low: Math.min(...y) - Math.max(...x),
    high: Math.max(...y) - Math.min(...x),
  };
}
