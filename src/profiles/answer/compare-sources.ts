import type { Doubt } from '#base';
import { bareName } from './function-identity.ts';
import { findBlurred, keysOf, placeOf, shareOfPlace, sum } from './pool.ts';
import type { Amount, MaybeShare, PlaceKind, Pool } from './pool.ts';
import { poolShare } from './share-interval.ts';
import type { SourceKind } from './recording.ts';

/** What one tool says of one place. */
export interface SourceShare {
  readonly tool: string;
  readonly kind: SourceKind;
  /** On the scale of the ranking source, so that tools that saw other parts of the program can be compared. */
  readonly share: number;
  readonly low: number | null;
  readonly high: number | null;
  /** What `share` holds: what the place pays for, or all that it called. */
  readonly basis: 'paid' | 'with-callees';
  readonly distorted: boolean;
}

/** A source with whether it contradicts the ranking one. */
export interface Opinion {
  readonly source: SourceShare;
  readonly differs: boolean;
}

/**
 * Of the whole. Single runs of the best samplers were 4 to 9 points off on a busy machine, so a smaller distance of a
 * tool without an interval says nothing.
 */
const MATERIAL = 0.05;

/** What another tool says of places, scaled to what both saw. Undefined where it did not look. */
export function scaleOther(
  ranking: Pool,
  other: Pool,
  kind: PlaceKind,
): (key: string) => Opinion | undefined {
  const pays = other.costs.every((costs) => costs.pays);
  if (pays) return scaleByFiles(ranking, other, kind);
  return kind === 'lines' ? scaleByFunctions(ranking, other) : () => undefined;
}

/** The tool saw what each place pays for, in some files at least: those are the common whole. */
function scaleByFiles(ranking: Pool, other: Pool, kind: PlaceKind): (key: string) => Opinion | undefined {
  const filesOf = (pool: Pool): ReadonlySet<string> =>
    new Set([...keysOf(pool, kind)].flatMap((key) => placeOf(pool, kind, key)?.file ?? []));
  const known = filesOf(other);
  const common = new Set([...filesOf(ranking)].filter((file) => known.has(file)));
  const whole = (pool: Pool): number =>
    sum(
      [...keysOf(pool, kind)]
        .filter((key) => common.has(placeOf(pool, kind, key)?.file ?? ''))
        .map((key) => shareOfPlace(pool, kind, key, 'paid').share),
    );
  const [mine, theirs] = [whole(ranking), whole(other)];
  const factor = theirs > 0 ? mine / theirs : 0;
  const isBlurred = kind === 'functions' ? findBlurred(ranking, other) : () => false;
  return (key) => {
    if (isBlurred(key)) return undefined;
    const file = (placeOf(ranking, kind, key) ?? placeOf(other, kind, key))?.file;
    if (file === undefined || !common.has(file)) return undefined;
    const own = shareOfPlace(ranking, kind, key, 'paid');
    const found = scale(shareOfPlace(other, kind, key, 'paid'), factor);
    return opinionOf(own, found, other, 'paid', 1);
  };
}

/** The tool charges lines with all that they call, in some functions: the lines of each are the common whole. */
function scaleByFunctions(ranking: Pool, other: Pool): (key: string) => Opinion | undefined {
  const groups = new Map<string, string[]>();
  for (const key of keysOf(other, 'lines')) {
    const place = placeOf(other, 'lines', key);
    const group = place?.identity.key ?? '';
    groups.set(group, [...(groups.get(group) ?? []), key]);
  }
  const groupOf = new Map([...groups.values()].flatMap((keys) => keys.map((key) => [key, keys] as const)));
  return (key) => {
    const keys = groupOf.get(key);
    if (keys === undefined) return undefined;
    const amount: Amount = ranking.costs.every(({ pays }) => pays) ? 'nested' : 'inclusive';
    const mine = sum(keys.map((one) => shareOfPlace(ranking, 'lines', one, amount).share));
    const theirs = sum(keys.map((one) => shareOfPlace(other, 'lines', one, 'nested').share));
    if (!(mine > 0 && theirs > 0)) return undefined;
    const own = shareOfPlace(ranking, 'lines', key, amount);
    // The fraction within the function is what both know; its interval is that of samples in the function only.
    const fraction = own.share / mine;
    const size = sum(ranking.sizes) * Math.min(1, mine);
    const range = poolShare(
      [{ count: fraction * size, samples: size }],
      ranking.scatter.lines / ranking.sizes.length,
    );
    const ofFunction: MaybeShare = ranking.sampled ? range : { share: fraction, low: null, high: null };
    const found = scale(shareOfPlace(other, 'lines', key, 'nested'), 1 / theirs);
    const weight = Math.min(1, mine);
    const opinion = opinionOf(ofFunction, found, other, 'with-callees', weight);
    return { ...opinion, source: { ...opinion.source, ...scale(found, weight) } };
  };
}

function scale({ share, low, high }: MaybeShare, factor: number): MaybeShare {
  const by = (value: number): number => Math.min(1, value * factor);
  return { share: by(share), low: low === null ? null : by(low), high: high === null ? null : by(high) };
}

function opinionOf(
  own: MaybeShare,
  found: MaybeShare,
  { tool, kind, distorted }: Pool,
  basis: SourceShare['basis'],
  weight: number,
): Opinion {
  const outside =
    (found.low ?? found.share) > (own.high ?? own.share) ||
    (found.high ?? found.share) < (own.low ?? own.share);
  const isMaterial = Math.abs(found.share - own.share) * weight >= MATERIAL;
  const bothSure = own.low !== null && found.low !== null;
  return { source: { tool, kind, ...found, basis, distorted }, differs: outside && (bothSure || isMaterial) };
}

/** The reservation of a place that sources contradict each other about. */
export function doubtDiffering(opinions: readonly Opinion[]): readonly Doubt[] {
  const differing = opinions.filter(({ differs }) => differs);
  if (differing.length === 0) return [];
  const said = differing.map(({ source }) => `${source.tool} ${String(Math.round(source.share * 100))} %`);
  return [{ code: 'sources-differ', text: `sources differ (${said.join(', ')})` }];
}

/** The reservation of a function that other tools cannot be asked about. */
export function doubtBlurred(name: string, tools: readonly string[]): readonly Doubt[] {
  if (tools.length === 0) return [];
  const text = `several functions are named ${bareName(name)}, which ${tools.join(', ')} tells apart otherwise or not at all`;
  return [{ code: 'name-ambiguous', text }];
}
