import { poolShare, scatterOf } from './share-interval.ts';
import type { Part, Share } from './share-interval.ts';
import { identifyFunctions } from './function-identity.ts';
import type { FunctionIdentity } from './function-identity.ts';
import { costPlaces } from './place-costs.ts';
import type { Folded, PlaceCost, PlaceCosts } from './place-costs.ts';
import { countSamples, findMetric } from './recording.ts';
import type { Question, Recording, SourceKind } from './recording.ts';

/** Which places are asked about. */
export type PlaceKind = 'lines' | 'functions';

/** All recordings of one tool that answer the question. */
export interface Pool {
  readonly tool: string;
  readonly kind: SourceKind;
  /** The times are not those of the program alone: the tool ran inside of it. Bytes are counted, and never distorted. */
  readonly distorted: boolean;
  readonly recordings: readonly Recording[];
  /** Of each recording the identities of its frames, the same for all tools. */
  readonly identities: readonly (readonly FunctionIdentity[])[];
  readonly costs: readonly PlaceCosts[];
  /** Samples of each recording; of tools that do not sample their whole cost. */
  readonly sizes: readonly number[];
  /** Whether `sizes` are samples, so that shares have intervals. */
  readonly sampled: boolean;
  /** How far the recordings lie apart over all places; see `scatterOf`. */
  readonly scatter: Readonly<Record<PlaceKind, number>>;
}

/** A share with its interval, where one is known. */
export interface MaybeShare {
  readonly share: number;
  readonly low: number | null;
  readonly high: number | null;
}

/** Tools in the order in which they are believed: samplers first, then what knows most samples. */
export function poolRecordings(recordings: readonly Recording[], question: Question): readonly Pool[] {
  const byTool = new Map<string, Recording[]>();
  const known = recordings.filter(({ profile }) => findMetric(profile, question) !== undefined);
  const identities = identifyFunctions(known);
  for (const recording of known) {
    // A tool that wrote several formats of different kinds is several tools, and so is one that was asked different things.
    const { kind, tool, asked = '' } = recording;
    const key = JSON.stringify([kind, tool, asked, meaningOf(recording, question)]);
    byTool.set(key, [...(byTool.get(key) ?? []), recording]);
  }
  const pools = [...byTool.values()].flatMap((group) => poolOf(group, identities, question));
  return pools.sort((a, b) => trustOf(b) - trustOf(a) || sum(b.sizes) - sum(a.sizes));
}

/** Work and waiting are both time, what is in use and what was ever allocated both bytes: they have no mean. */
function meaningOf({ profile }: Recording, question: Question): string {
  const { name, unit } = profile.metrics[findMetric(profile, question) ?? 0] ?? { name: '', unit: 'count' };
  return unit === 'bytes' || name === 'cpu' ? name : '';
}

function poolOf(
  recordings: readonly Recording[],
  all: ReadonlyMap<Recording, readonly FunctionIdentity[]>,
  question: Question,
): readonly Pool[] {
  const [first] = recordings;
  if (first === undefined) return [];
  const identities = recordings.map((one) => all.get(one) ?? []);
  const costs = recordings.map((one, index) =>
    costPlaces(one, identities[index] ?? [], findMetric(one.profile, question) ?? 0),
  );
  const samples = recordings.map(({ profile }) => countSamples(profile));
  const isTime = question === 'time';
  const sampled = isTime && first.kind === 'sampler' && samples.every((one) => one !== undefined);
  const sizes = costs.map(({ total }, index) => (sampled ? (samples[index] ?? 0) : total));
  const pool = {
    tool: first.tool,
    kind: first.kind,
    distorted: isTime && first.kind !== 'sampler',
    ...{ recordings, identities, costs, sizes, sampled },
  };
  return [
    {
      ...pool,
      scatter: { lines: measureScatter(pool, 'lines'), functions: measureScatter(pool, 'functions') },
    },
  ];
}

function trustOf({ kind, distorted, costs }: Pool): number {
  if (!distorted) return 3;
  // Both are wrong by tens of points at times; one of them at least sees the whole program.
  if (kind === 'tracer') return costs.some(({ lines }) => lines.size > 0) ? 1 : 2;
  return costs.every(({ pays }) => pays) ? 1 : 0;
}

function measureScatter(pool: Pick<Pool, 'costs' | 'sizes'>, kind: PlaceKind): number {
  return scatterOf([...keysOf(pool, kind)].map((key) => partsOf(pool, kind, key, 'paid')));
}

/** The keys of all places that any recording saw. */
export function keysOf(pool: Pick<Pool, 'costs'>, kind: PlaceKind): ReadonlySet<string> {
  return new Set(pool.costs.flatMap((costs) => [...costs[kind].keys()]));
}

/**
 * Whether one tool tells functions of one name apart and the other does not, or by something else: then nobody knows
 * which function of the one is that of the other.
 */
export function findBlurred(one: Pool, other: Pool): (key: string) => boolean {
  const [ways, otherWays] = [waysOf(one), waysOf(other)];
  return (key) => {
    const group = (placeOf(one, 'functions', key) ?? placeOf(other, 'functions', key))?.identity.group ?? '';
    const [mine, theirs] = [ways.get(group), otherWays.get(group)];
    if (mine === undefined || theirs === undefined) return false;
    return [...mine, ...theirs].some((way) => !mine.has(way) || !theirs.has(way));
  };
}

/** By group how its functions are told apart. */
function waysOf({ costs }: Pool): ReadonlyMap<string, ReadonlySet<FunctionIdentity['by']>> {
  const ways = new Map<string, Set<FunctionIdentity['by']>>();
  for (const { functions } of costs) {
    for (const { identity } of functions.values()) {
      const known = ways.get(identity.group);
      if (known === undefined) ways.set(identity.group, new Set([identity.by]));
      else known.add(identity.by);
    }
  }
  return ways;
}

/** What is asked of a place. */
export type Amount = 'self' | 'paid' | 'inclusive' | 'nested';

/** A place in each recording as samples of all samples. */
function partsOf(
  pool: Pick<Pool, 'costs' | 'sizes'>,
  kind: PlaceKind,
  key: string,
  amount: Amount,
): readonly Part[] {
  return pool.costs.map((costs, index) => {
    const samples = pool.sizes[index] ?? 0;
    const cost = costs[kind].get(key)?.[amount] ?? 0;
    return { count: costs.total > 0 ? Math.min(1, cost / costs.total) * samples : 0, samples };
  });
}

/** The share of a place in all recordings of a tool. */
export function shareOfPlace(pool: Pool, kind: PlaceKind, key: string, amount: Amount): MaybeShare {
  const found: Share = poolShare(partsOf(pool, kind, key, amount), pool.scatter[kind]);
  return pool.sampled ? found : { share: found.share, low: null, high: null };
}

/** The place as the recording has it that spent most there, hits added up; undefined where none saw it. */
export function placeOf(pool: Pool, kind: PlaceKind, key: string): PlaceCost | undefined {
  const seen = pool.costs.flatMap((costs) => costs[kind].get(key) ?? []);
  const [dearest] = [...seen].sort((a, b) => b.inclusive - a.inclusive);
  if (dearest === undefined) return undefined;
  const known = seen.flatMap(({ hits }) => (hits === null ? [] : [hits]));
  return { ...dearest, hits: known.length === 0 ? null : sum(known) };
}

/** Shares of what no own place pays for. */
export function foldedOf(pool: Pool): Folded {
  const share = (key: keyof Folded): number => {
    const parts = pool.costs.map(
      (costs, index) => (costs.folded[key] / (costs.total || 1)) * (pool.sizes[index] ?? 0),
    );
    const all = sum(pool.sizes);
    return all > 0 ? Math.min(1, sum(parts) / all) : 0;
  };
  return {
    dependency: share('dependency'),
    stdlib: share('stdlib'),
    native: share('native'),
    unknown: share('unknown'),
  };
}

/** The sum of numbers. */
export function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
