import type { Doubt } from '#base';
import { formatChange } from '#base';
import type { Snapshot, SnapshotBenchmark } from './snapshot.ts';

/*
 * How far two runs of pytest-benchmark on identical code lie apart, measured: version 5.3.1 on a shared virtual machine
 * with two cores and a load average around 9, a 100 µs loop and a 20 ms parser, both runs of a comparison within seconds.
 * Between runs the median of the rounds scattered by 23 % (loop) and 29 % (parser), the minimum by 8 % and 23 %; the rule
 * `median:5%` called 19 and 29 of 36 comparisons of identical code different, `min:5%` 7 and 21. The reason is drift: each
 * side is one stretch of time in one process, so whatever changes between the stretches reads as an effect, however many
 * rounds there are. A band from the rounds would only measure the noise within a stretch.
 *
 * The larger figure of each pair is taken: nothing in a snapshot tells on which machine, and under which load, it would be
 * smaller, and snapshots taken days apart have had more time to drift than those seconds.
 */

/** Standard deviation of the log of one run's median, between runs of identical code. */
const MEDIAN_SD = 0.29;

/** The same of one run's minimum. */
const MIN_SD = 0.23;

/** Share of comparisons of identical code that `--benchmark-compare-fail=median:5%` would call different, either way. */
const FALSE_AT_5_PERCENT = '53 % and 81 %';

/** Standard error of a median over that of a mean, for Gaussian values. */
const MEDIAN_PENALTY = 1.2533;

/** Interquartile range of Gaussian values in standard deviations. */
const IQR_IN_SD = 1.349;

/** With fewer rounds the spread within a run is not known; pytest-benchmark itself takes at least as many by default. */
const FEWEST_ROUNDS = 5;

/** 80 % point of the standard normal distribution. */
const EIGHT_OF_TEN = 0.8416;

/** Under which rule two snapshots are judged. */
export interface SnapshotRule {
  /** Chance that any benchmark at all is called faster or slower though the code is the same, as far as the figures hold. */
  readonly alpha: number;
  /** Changes up to this share are no news. */
  readonly margin: number;
}

/** B/A of one figure with the interval that covers drift between runs. */
export interface SnapshotRatio {
  readonly ratio: number;
  readonly low: number;
  readonly high: number;
}

/** What two snapshots say about one benchmark. */
export interface ComparedSnapshotBenchmark {
  readonly fullname: string;
  /** Never "no difference": nothing as small as a margin can be proven this way. */
  readonly verdict: 'faster' | 'slower' | 'undecided';
  readonly before: SnapshotBenchmark;
  readonly after: SnapshotBenchmark;
  /** Undefined when a side was too short for its clock (0 ns). */
  readonly median: SnapshotRatio | undefined;
  readonly min: SnapshotRatio | undefined;
  /** Relative slowdown (0.5 is 50 %) that would have been found in 8 of 10 cases; undefined when none would. */
  readonly detectable: number | undefined;
  readonly doubts: readonly Doubt[];
}

/** What two snapshots say. */
export interface SnapshotComparison {
  /** Benchmarks that both have, in the order of A. */
  readonly benchmarks: readonly ComparedSnapshotBenchmark[];
  readonly onlyInA: readonly string[];
  readonly onlyInB: readonly string[];
  /** Always at least `unpaired-snapshot`. */
  readonly doubts: readonly Doubt[];
}

/** Upper point of the standard normal distribution; error below 5e-4 (Abramowitz and Stegun, 26.2.23). */
function normalPoint(tail: number): number {
  const t = Math.sqrt(-2 * Math.log(tail));
  const above = 2.515517 + t * (0.802853 + t * 0.010328);
  const below = 1 + t * (1.432788 + t * (0.189269 + t * 0.001308));
  return t - above / below;
}

/** Relative standard error of the median of one run, from the spread of its rounds. */
function roundsError({ sdNs, iqrNs, medianNs, rounds }: SnapshotBenchmark): number {
  // The quartiles leave out single interruptions, which hardly move a median.
  const sd = iqrNs === undefined ? sdNs : Math.min(sdNs, iqrNs / IQR_IN_SD);
  return (MEDIAN_PENALTY * sd) / (medianNs * Math.sqrt(rounds));
}

function ratioOf(before: number, after: number, halfWidth: number): SnapshotRatio | undefined {
  if (!(before > 0 && after > 0)) return undefined;
  const ratio = after / before;
  return { ratio, low: ratio * Math.exp(-halfWidth), high: ratio * Math.exp(halfWidth) };
}

/** The same direction with both figures, beyond the band of each and beyond the margin. */
function decide(
  median: SnapshotRatio | undefined,
  min: SnapshotRatio | undefined,
  margin: number,
): ComparedSnapshotBenchmark['verdict'] {
  if (median === undefined || min === undefined) return 'undecided';
  if (median.low > 1 && min.low > 1 && median.ratio > 1 + margin) return 'slower';
  if (median.high < 1 && min.high < 1 && median.ratio < 1 / (1 + margin)) return 'faster';
  return 'undecided';
}

/** Settings of pytest-benchmark that change what its numbers mean. */
function findSettingDoubts(before: SnapshotBenchmark, after: SnapshotBenchmark): readonly Doubt[] {
  const doubts: Doubt[] = [];
  const differ = <T>(one: T | undefined, other: T | undefined): boolean =>
    one !== undefined && other !== undefined && one !== other;
  if (differ(before.gcDisabled, after.gcDisabled)) {
    doubts.push({
      code: 'yardstick-differs',
      text: `The garbage collector was ${before.gcDisabled === true ? 'off' : 'on'} on side A and ${after.gcDisabled === true ? 'off' : 'on'} on side B (--benchmark-disable-gc).`,
    });
  }
  if (differ(before.timer, after.timer)) {
    doubts.push({
      code: 'yardstick-differs',
      text: `The sides were timed by different clocks: ${before.timer ?? ''} and ${after.timer ?? ''}.`,
    });
  }
  return doubts;
}

function fewRounds(before: SnapshotBenchmark, after: SnapshotBenchmark): readonly Doubt[] {
  const rounds = Math.min(before.rounds, after.rounds);
  if (rounds >= FEWEST_ROUNDS) return [];
  return [
    {
      code: 'few-pairs',
      text: `A side has ${String(rounds)} rounds only: at least ${String(FEWEST_ROUNDS)} are needed to know how much they scatter.`,
    },
  ];
}

function compareOne(
  before: SnapshotBenchmark,
  after: SnapshotBenchmark,
  z: number,
  margin: number,
  sameMachine: boolean,
): ComparedSnapshotBenchmark {
  const sd = Math.hypot(MEDIAN_SD, MEDIAN_SD, roundsError(before), roundsError(after));
  const median = ratioOf(before.medianNs, after.medianNs, z * sd);
  const min = ratioOf(before.minNs, after.minNs, z * Math.hypot(MIN_SD, MIN_SD));
  const doubts = [...findSettingDoubts(before, after), ...fewRounds(before, after)];
  const decidable = sameMachine && doubts.length === 0 && median !== undefined;
  return {
    fullname: before.fullname,
    verdict: decidable ? decide(median, min, margin) : 'undecided',
    before,
    after,
    median,
    min,
    detectable: decidable ? Math.expm1((z + EIGHT_OF_TEN) * sd) : undefined,
    doubts,
  };
}

/** What the snapshots say of their machines, where both say it. */
function findMachineDoubts(a: Snapshot, b: Snapshot): readonly Doubt[] {
  const minor = (version: string | undefined): string | undefined =>
    version?.split('.').slice(0, 2).join('.');
  const facts: readonly (readonly [string, string | undefined, string | undefined])[] = [
    ['machine', a.machineInfo.node, b.machineInfo.node],
    ['processor', a.machineInfo.cpu, b.machineInfo.cpu],
    ['system', a.machineInfo.system, b.machineInfo.system],
    ['Python implementation', a.machineInfo.implementation, b.machineInfo.implementation],
    ['Python', minor(a.machineInfo.pythonVersion), minor(b.machineInfo.pythonVersion)],
  ];
  const different = facts.filter(
    ([, one, other]) => one !== undefined && other !== undefined && one !== other,
  );
  if (different.length === 0) return [];
  const list = different.map(([what, one, other]) => `${what} ${one ?? ''} and ${other ?? ''}`).join(', ');
  return [
    {
      code: 'environments-differ',
      text: `The snapshots come from different places (${list}): what they differ by need not be the code, so nothing is decided.`,
    },
  ];
}

/**
 * Compares two snapshots benchmark by benchmark, matched by full name. Each side is one process measured in one stretch of
 * time, so the evidence is far weaker than that of pairs: `faster` and `slower` only where both median and minimum changed
 * by more than runs of identical code were seen to differ, at `alpha` for all benchmarks together (Bonferroni), and
 * never where machine, Python, clock or garbage collection differ; else `undecided`. Pure.
 */
export function compareSnapshots(a: Snapshot, b: Snapshot, rule: SnapshotRule): SnapshotComparison {
  const after = new Map(b.benchmarks.map((each) => [each.fullname, each]));
  const inA = new Set(a.benchmarks.map((each) => each.fullname));
  const both = a.benchmarks.flatMap((before) => {
    const other = after.get(before.fullname);
    return other === undefined ? [] : [[before, other] as const];
  });
  const z = normalPoint(rule.alpha / 2 / Math.max(both.length, 1));
  const machineDoubts = findMachineDoubts(a, b);
  const band = z * Math.hypot(MEDIAN_SD, MEDIAN_SD);
  return {
    benchmarks: both.map(([before, other]) =>
      compareOne(before, other, z, rule.margin, machineDoubts.length === 0),
    ),
    onlyInA: a.benchmarks.flatMap(({ fullname }) => (after.has(fullname) ? [] : [fullname])),
    onlyInB: b.benchmarks.flatMap(({ fullname }) => (inA.has(fullname) ? [] : [fullname])),
    doubts: [
      {
        code: 'unpaired-snapshot',
        text: `Snapshots are weak evidence: one process a side, measured at different times. Medians of identical code scattered by up to 29 % from run to run, and a limit of 5 % called ${FALSE_AT_5_PERCENT} of identical pairs different (two workloads, loaded machine); so only changes beyond ${formatChange(Math.exp(-band))} or ${formatChange(Math.exp(band))} count here. \`strop compare REVISION\` measures pairs and sees far smaller ones.`,
      },
      ...machineDoubts,
    ],
  };
}
