import { boundSpeedup, shareOf } from '#profiles';
import type { Definition } from '#profiles';
import type { History, ProfileDocument } from '#store';

/** What one kept profile says of changed code. */
export interface Hotness {
  readonly profile: ProfileDocument;
  /** Share of the whole that the changed definitions have with everything that they call, 0 to 1. */
  readonly share: number;
  /** How many times less it can become at most if they cost nothing; null when that is practically everything. */
  readonly bound: number | null;
}

/** Line tools see chosen functions alone, and what waits is not what works: such profiles cannot say that code is cold. */
const PARTIAL: readonly string[] = ['lines', 'async', 'leaks'];

function isWhole({ question, metric }: ProfileDocument, unit: string): boolean {
  return !PARTIAL.includes(question ?? '') && metric.unit === unit;
}

/**
 * The newest kept profile that saw every function and counts this unit, or undefined; with `before` the newest whose name
 * sorts before it. Errors: `store` for a file that cannot be read.
 */
export async function latestWhole(
  { profiles }: Pick<History, 'profiles'>,
  unit: 'ns' | 'bytes' = 'ns',
  before?: string,
): Promise<ProfileDocument | undefined> {
  for (const name of [...(await profiles.names())].reverse()) {
    // Names begin with the date, as the ids of steps do.
    if (before !== undefined && name >= before) continue;
    const profile = await profiles.get(name);
    if (profile !== undefined && isWhole(profile, unit)) return profile;
  }
  return undefined;
}

/**
 * Date of the first kept profile that somebody asked for and that is younger than the given date (of all where there is
 * none), or null. Nobody asked for what strop takes of the tests by itself, to propose a first benchmark.
 */
export async function firstDateSince(
  { profiles }: Pick<History, 'profiles'>,
  since: string | undefined,
): Promise<string | null> {
  for (const name of await profiles.names()) {
    const { date, question } = (await profiles.get(name)) ?? {};
    if (date === undefined || (question ?? null) === null) continue;
    if (!(since !== undefined && Date.parse(date) <= Date.parse(since))) return date;
  }
  return null;
}

/** So many kept profiles are looked at for the newest of each workload. */
const MOST_PROFILES = 40;

/**
 * The newest kept profile of each workload that saw every function, for time and for memory, and that a change can be held
 * against: none of the changed code itself (`changed`, its content), which `strop diff` records, too; with `before` of those
 * whose name sorts before it. Errors: `store` for a file that cannot be read.
 */
export async function wholeProfiles(
  { profiles }: Pick<History, 'profiles'>,
  { changed, before }: { readonly changed: string; readonly before?: string },
): Promise<readonly ProfileDocument[]> {
  const names = (await profiles.names()).filter((name) => before === undefined || name < before);
  const newest = new Map<string, ProfileDocument>();
  for (const name of names.slice(-MOST_PROFILES).reverse()) {
    const profile = await profiles.get(name);
    if (profile === undefined || PARTIAL.includes(profile.question ?? '')) continue;
    if (profile.content === changed) continue;
    const key = JSON.stringify([profile.metric.unit, profile.workload ?? profile.tool]);
    if (!newest.has(key)) newest.set(key, profile);
  }
  return [...newest.values()];
}

/**
 * How hot changed code was, by one profile of time and one of memory, as far as there are any, dearest first. Those of the
 * workloads that a step is measured with have the word, since a profile of something else says nothing of them; without any, the one
 * that saw most of the changed code.
 */
export function hotnessIn(
  profiles: readonly ProfileDocument[],
  changed: readonly Definition[],
  workloads: readonly string[],
): readonly Hotness[] {
  const hottest = (unit: 'ns' | 'bytes'): readonly Hotness[] => {
    const all = profiles.filter(({ metric }) => metric.unit === unit);
    const own = all.filter(({ workload }) => workload !== null && workloads.includes(workload));
    return (own.length > 0 ? own : all)
      .map((profile) => {
        const share = shareOf(profile, changed);
        return { profile, share, bound: boundSpeedup(share) ?? null };
      })
      .sort((a, b) => b.share - a.share)
      .slice(0, 1);
  };
  return [...hottest('ns'), ...hottest('bytes')].sort((a, b) => b.share - a.share);
}
