import type { Doubt } from '#base';
import { costFunctions } from '../costs.ts';
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
import type { FunctionIdentity } from './function-identity.ts';
import { identifyFunctions } from './function-identity.ts';
import { pairFunctions } from './pair-functions.ts';
import type { FunctionPair, SideFunction } from './pair-functions.ts';
import { costPlaces } from './place-costs.ts';
import { countSamples, findMetric } from './recording.ts';
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
  /** Its first line, after the change where it is there; null where the tool does not tell. */
  readonly line: number | null;
  /** Where it was before it moved. */
  readonly from: string | null;
  readonly origin: Origin;
  /**
   * What the amounts hold: of own functions what they pay for (may be added up), of foreign ones their self cost, which
   * own functions pay for already; `with-callees` where a tool charges lines so.
   */
  readonly basis: SideFunction['basis'];
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
  const { pairs: paired, joined } = pairFunctions([...before.frames.values()], [...after.frames.values()]);
  const pairs = paired.filter(({ a: x, b: y }) => sum(x?.parts ?? []) + sum(y?.parts ?? []) > 0);
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
    const { name: shown, file, line, origin, basis } = pair.b ?? pair.a ?? NO_FRAME;
    const from =
      pair.a !== undefined && pair.b !== undefined && pair.a.file !== pair.b.file ? pair.a.file : null;
    const state = from !== null ? 'moved' : stateOf(amounts, pair, Math.max(whole.a, whole.b), isSampled);
    return { function: shown, file, line, from, origin, basis, state, ...amounts };
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
    doubts: [
      ...doubtJoined(joined, Math.max(sum(before.totals), sum(after.totals))),
      ...listDoubts(before, after, isSampled),
    ],
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

const NO_FRAME = { name: '?', file: null, line: null, origin: 'unknown', basis: 'self' } as const;

interface Side {
  readonly recordings: readonly Recording[];
  readonly unit: ProfileChange['unit'];
  readonly samples: number | null;
  readonly totals: readonly number[];
  /** Cost of the harness in each recording; undefined where one does not tell. */
  readonly harness: readonly number[] | undefined;
  readonly frames: ReadonlyMap<string, SideFunction>;
}

function readSide(recordings: readonly Recording[], question: Question): Side | undefined {
  const known = recordings.filter(({ profile }) => findMetric(profile, question) !== undefined);
  const [first] = known;
  if (first === undefined) return undefined;
  const metricOf = ({ profile }: Recording): number => findMetric(profile, question) ?? 0;
  const unit = first.profile.metrics[metricOf(first)]?.unit ?? 'count';
  const frames = new Map<string, SideFunction & { readonly parts: number[] }>();
  const identities = identifyFunctions(known);
  const totals = known.map((recording, index) => {
    const metric = metricOf(recording);
    const own = identities.get(recording) ?? [];
    const add = (identity: FunctionIdentity, basis: FrameChange['basis'], cost: number): void => {
      const kept = frames.get(identity.key) ?? { ...identity, basis, parts: known.map(() => 0) };
      kept.parts[index] = (kept.parts[index] ?? 0) + cost;
      frames.set(identity.key, kept);
    };
    const places = costPlaces(recording, own, metric);
    for (const { identity, paid, inclusive } of places.functions.values())
      add(identity, places.pays ? 'paid' : 'with-callees', places.pays ? paid : inclusive);
    for (const { frame, self } of costFunctions(recording.profile, metric).functions) {
      const identity = own[frame];
      if (identity !== undefined && identity.origin !== 'mine') add(identity, 'self', self);
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

function nothing(side: Side): Amount {
  return { parts: side.totals.map(() => 0) };
}

function stateOf(
  { a, b, change, low, high }: Amounts,
  pair: FunctionPair,
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

/** Functions named in a doubt at most. */
const MOST_NAMED = 3;

function doubtJoined(joined: readonly FunctionPair[], whole: number): readonly Doubt[] {
  const notable = joined
    .filter(({ a, b }) => sum(a?.parts ?? []) + sum(b?.parts ?? []) >= LEAST * whole)
    .flatMap(({ a, b }) => (a?.line === null ? a : b) ?? []);
  if (notable.length === 0) return [];
  const named = notable
    .slice(0, MOST_NAMED)
    .map(({ name, file }) => (file === null ? name : `${name} in ${file}`))
    .join(', ');
  const more = notable.length > MOST_NAMED ? ` and ${String(notable.length - MOST_NAMED)} more` : '';
  const text = `Several functions have this name, and nothing says which of one side is which of the other, so that they are one row: ${named}${more}.`;
  return [{ code: 'name-ambiguous', text }];
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
  if (before.unit === 'count' && before.samples !== null) {
    doubts.unshift({
      code: 'rate-assumed',
      text: 'The files do not hold the rate of the samples: equal rates are assumed, and of recordings at different rates everything seems to change.',
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
