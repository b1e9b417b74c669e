import type { Doubt } from '#base';
import { costFunctions } from '../costs.ts';
import { plainName } from '../function-table.ts';
import type { Origin } from '../profile.ts';
import {
  differ,
  differByRange,
  estimateAmount,
  isClockedSide,
  poolDispersion,
  scaleAmount,
  scaleSide,
} from './change-scale.ts';
import type { Amounts, Scale } from './change-scale.ts';
import { sum } from './pool.ts';
import { bareName, costPlaces, functionKey } from './place-costs.ts';
import { countSamples, findMetric, shortPaths } from './recording.ts';
import type { Question, Recording } from './recording.ts';

/**
 * What became of a function. `quiet`: the interval of its change includes 0 (without intervals: it is smaller than runs
 * differ by themselves). `moved`: gone from one file and new in another; its amounts may have changed besides.
 */
export type FrameState = 'less' | 'more' | 'gone' | 'new' | 'moved' | 'quiet';

/** One function in two profiles. */
export interface FrameChange extends Amounts {
  readonly function: string;
  /** Null for compiled code. */
  readonly file: string | null;
  /** Where it was before it moved. */
  readonly from: string | null;
  readonly origin: Origin;
  /**
   * What the amounts hold: of own functions what they pay for (may be added up), of foreign ones their self cost, which
   * own functions pay for already; `with-callees` where a tool charges lines so.
   */
  readonly basis: 'paid' | 'self' | 'with-callees';
  readonly state: FrameState;
}

/** One side of a change. */
export interface ChangeSide {
  readonly tools: readonly string[];
  readonly recordings: number;
  readonly samples: number | null;
  readonly files: readonly string[];
  /** Cost per run outside of the workload (test runner, strop's loop), in no other number here; null where not seen. */
  readonly harness: { readonly amount: number; readonly share: number } | null;
}

/** Where the cost of two states of a program differs, in absolute amounts per run. */
export interface ProfileChange {
  readonly question: Question;
  readonly unit: 'ns' | 'bytes' | 'count';
  /** What a run is: a repetition of the workload; a whole recording where nobody counted, and of memory, which is a peak. */
  readonly per: 'loop' | 'recording';
  readonly a: ChangeSide;
  readonly b: ChangeSide;
  readonly total: Amounts;
  /** All that changed, by how much. */
  readonly frames: readonly FrameChange[];
  /** Functions that did not change, and the largest amount that a change of one could have without being seen. */
  readonly quiet: {
    readonly functions: number;
    readonly unseen: number | null;
    readonly frames: readonly FrameChange[];
  };
  readonly doubts: readonly Doubt[];
}

/** Above this the sides must be compared as they are: tools that take no samples differ so much from run to run. */
const RUNS_DIFFER = 0.1;
/** Part of the whole below which a tracer's change is not worth a row. */
const LEAST = 0.005;

/** Where two profiles cannot be compared, why. */
export type Incomparable = { readonly problem: 'nothing-recorded' | 'units-differ' };

/** Says what changed from recordings `a` to recordings `b`; frames must be classified. */
export function compareProfiles(
  a: readonly Recording[],
  b: readonly Recording[],
  question: Question,
): ProfileChange | Incomparable {
  const sides = [a, b].map((recordings) => readSide(recordings, question));
  const [before, after] = sides;
  if (before === undefined || after === undefined) return { problem: 'nothing-recorded' };
  if (before.unit !== after.unit) return { problem: 'units-differ' };
  const pairs = pairFrames(before, after);
  const isSampled = before.samples !== null && after.samples !== null;
  const isCounted = [...before.recordings, ...after.recordings].every(({ loops }) => (loops ?? 0) > 0);
  const per = question === 'time' && isCounted ? 'loop' : 'recording';
  const isClocked =
    per === 'loop' && isSampled && before.unit === 'ns' && isClockedSide(before) && isClockedSide(after);
  const placesOf = (side: Side): Parameters<typeof poolDispersion>[0] => ({
    scale: scaleSide(side, per, isClocked),
    totals: side.totals,
    places: [...side.frames.values()].map(({ parts }) => parts),
  });
  const [scaleA, scaleB] = poolDispersion(placesOf(before), placesOf(after));
  // So that all intervals together hold 99 times of 100 (Chernoff's bound on the normal tail, Bonferroni over frames).
  const wide = Math.sqrt(2 * Math.log(100 * Math.max(1, pairs.length)));
  const measure = (x: Amount, y: Amount, z: number): Amounts =>
    isSampled
      ? differ(estimateAmount(x.parts, scaleA, z), estimateAmount(y.parts, scaleB, z))
      : differByRange([x.parts, scaleA], [y.parts, scaleB]);
  const whole = measure({ parts: before.totals }, { parts: after.totals }, 2.5758293035489004);
  const found = pairs.map((pair): FrameChange => {
    const amounts = measure(pair.a ?? nothing(before), pair.b ?? nothing(after), wide);
    const { name: shown, file, origin, basis } = pair.b ?? pair.a ?? NO_FRAME;
    const from =
      pair.a !== undefined && pair.b !== undefined && pair.a.file !== pair.b.file ? pair.a.file : null;
    const state = from !== null ? 'moved' : stateOf(amounts, pair, Math.max(whole.a, whole.b), isSampled);
    return { function: shown, file, from, origin, basis, state, ...amounts };
  });
  const quiet = found.filter(({ state }) => state === 'quiet');
  const unseen = quiet.map(({ low, high }) => Math.max(Math.abs(low ?? 0), Math.abs(high ?? 0)));
  return {
    question,
    unit: before.unit,
    per,
    a: describe(before, scaleA),
    b: describe(after, scaleB),
    total: whole,
    frames: found
      .filter(({ state }) => state !== 'quiet')
      .sort((x, y) => rankOf(x) - rankOf(y) || Math.abs(y.change) - Math.abs(x.change)),
    quiet: {
      frames: quiet.sort((x, y) => rankOf(x) - rankOf(y) || Math.max(y.a, y.b) - Math.max(x.a, x.b)),
      functions: quiet.length,
      unseen: isSampled && unseen.length > 0 ? unseen.reduce((most, one) => Math.max(most, one), 0) : null,
    },
    doubts: listDoubts(before, after, isSampled),
  };
}

/** Own functions first: foreign ones only say inside of what the change is. */
function rankOf({ origin }: FrameChange): number {
  return origin === 'mine' ? 0 : 1;
}

interface Amount {
  /** Cost in each recording, in the unit of the metric. */
  readonly parts: readonly number[];
}

interface FrameAmount extends Amount {
  readonly key: string;
  readonly name: string;
  readonly file: string | null;
  readonly origin: Origin;
  readonly basis: FrameChange['basis'];
}

const NO_FRAME = { name: '?', file: null, origin: 'unknown', basis: 'self' } as const;

interface Side {
  readonly recordings: readonly Recording[];
  readonly unit: ProfileChange['unit'];
  readonly samples: number | null;
  readonly totals: readonly number[];
  /** Cost of the harness in each recording; undefined where one does not tell. */
  readonly harness: readonly number[] | undefined;
  readonly frames: ReadonlyMap<string, FrameAmount>;
}

function readSide(recordings: readonly Recording[], question: Question): Side | undefined {
  const known = recordings.filter(({ profile }) => findMetric(profile, question) !== undefined);
  const [first] = known;
  if (first === undefined) return undefined;
  const metricOf = ({ profile }: Recording): number => findMetric(profile, question) ?? 0;
  const unit = first.profile.metrics[metricOf(first)]?.unit ?? 'count';
  const frames = new Map<string, Omit<FrameAmount, 'parts'> & { parts: number[] }>();
  const totals = known.map((recording, index) => {
    const metric = metricOf(recording);
    const add = (frame: Omit<FrameAmount, 'parts'>, cost: number): void => {
      const kept = frames.get(frame.key) ?? { ...frame, parts: known.map(() => 0) };
      kept.parts[index] = (kept.parts[index] ?? 0) + cost;
      frames.set(frame.key, kept);
    };
    const places = costPlaces(recording, metric);
    for (const [key, { file, function: name, paid, inclusive }] of places.functions) {
      const basis = places.pays ? 'paid' : 'with-callees';
      add({ key, name, file, origin: 'mine', basis }, places.pays ? paid : inclusive);
    }
    const paths = shortPaths(recording);
    for (const { frame: at, self } of costFunctions(recording.profile, metric).functions) {
      const frame = recording.profile.frames[at];
      if (frame === undefined || frame.origin === 'mine') continue;
      const file = paths[at] ?? null;
      const name = plainName(frame.name);
      const key = functionKey(file ?? '', name);
      add({ key, name, file, origin: frame.origin, basis: 'self' }, self);
    }
    return places.total;
  });
  const counts = known.map(({ profile }) => countSamples(profile));
  const isSampled =
    question === 'time' &&
    known.every(({ kind }) => kind === 'sampler') &&
    counts.every((one) => one !== undefined);
  const harness = known.flatMap((recording) => recording.harness?.[metricOf(recording)] ?? []);
  return {
    recordings: known,
    unit,
    samples: isSampled ? sum(counts) : null,
    totals,
    harness: harness.length === known.length ? harness : undefined,
    frames,
  };
}

interface Pair {
  readonly a?: FrameAmount;
  readonly b?: FrameAmount;
}

/** Functions by file and name; then those that are missing on one side by name alone, where that is unique. */
function pairFrames(before: Side, after: Side): readonly Pair[] {
  const pairs: Pair[] = [];
  const gone: FrameAmount[] = [];
  for (const [key, a] of before.frames) {
    const b = after.frames.get(key);
    if (b === undefined) gone.push(a);
    else pairs.push({ a, b });
  }
  const added = [...after.frames].filter(([key]) => !before.frames.has(key)).map(([, frame]) => frame);
  const alike = (frames: readonly FrameAmount[], one: FrameAmount): readonly FrameAmount[] =>
    frames.filter((frame) => bareName(frame.name) === bareName(one.name) && frame.origin === one.origin);
  const moved = new Set<FrameAmount>();
  for (const a of gone) {
    const [b, ...others] = alike(added, a);
    const isMove =
      a.origin === 'mine' &&
      b !== undefined &&
      others.length === 0 &&
      alike(gone, a).length === 1 &&
      !/^</.test(a.name);
    if (isMove) moved.add(b);
    pairs.push(isMove ? { a, b } : { a });
  }
  for (const b of added) if (!moved.has(b)) pairs.push({ b });
  return pairs.filter(({ a, b }) => sum(a?.parts ?? []) + sum(b?.parts ?? []) > 0);
}

function nothing(side: Side): Amount {
  return { parts: side.totals.map(() => 0) };
}

function stateOf(
  { a, b, change, low, high }: Amounts,
  pair: Pair,
  whole: number,
  isSampled: boolean,
): FrameState {
  const isQuiet =
    (low !== null && high !== null && low <= 0 && high >= 0) ||
    (!isSampled && Math.abs(change) < Math.max(RUNS_DIFFER * Math.max(a, b), LEAST * whole));
  if (isQuiet) return 'quiet';
  if (pair.b === undefined || b === 0) return 'gone';
  if (pair.a === undefined || a === 0) return 'new';
  return change < 0 ? 'less' : 'more';
}

function describe({ recordings, samples, harness, totals }: Side, scale: Scale): ChangeSide {
  const amount = harness === undefined ? undefined : scaleAmount(harness, scale);
  return {
    tools: [...new Set(recordings.map(({ tool }) => tool))],
    recordings: recordings.length,
    samples,
    files: recordings.map(({ name }) => name),
    harness:
      amount === undefined
        ? null
        : { amount, share: amount > 0 ? amount / (amount + scaleAmount(totals, scale)) : 0 },
  };
}

function listDoubts(before: Side, after: Side, isSampled: boolean): readonly Doubt[] {
  const doubts: Doubt[] = [];
  const isSingle = before.recordings.length < 2 || after.recordings.length < 2;
  if (!isSampled) {
    doubts.push({
      code: 'tracer-distorts',
      text: `These tools take no samples: ${isSingle ? 'there are no intervals' : 'intervals are only how far recordings lie apart'}, and changes below a tenth are taken for chance.`,
    });
  } else if (isSingle) {
    doubts.push({
      code: 'one-recording',
      text: 'One recording of a side: the intervals hold the chance of the samples, not how runs differ; `strop compare` proves a change.',
    });
  }
  const seen = new Set(['few-samples', ...doubts.map(({ code }) => code)]);
  for (const { profile } of [...before.recordings, ...after.recordings]) {
    for (const doubt of profile.doubts) {
      if (!seen.has(doubt.code)) doubts.push(doubt);
      seen.add(doubt.code);
    }
  }
  return doubts;
}
