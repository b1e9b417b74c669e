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

/** How hot changed code was, dearest first: by the newest profile of time and the newest of memory, where there are any. */
export async function hotnessOf(
  history: Pick<History, 'profiles'>,
  changed: readonly Definition[],
  before?: string,
): Promise<readonly Hotness[]> {
  return hotnessIn(await wholeProfiles(history, before), changed);
}

/** The newest kept profiles of time and of memory that saw every function, as far as there are any. */
export async function wholeProfiles(
  history: Pick<History, 'profiles'>,
  before?: string,
): Promise<readonly ProfileDocument[]> {
  const found = [await latestWhole(history, 'ns', before), await latestWhole(history, 'bytes', before)];
  return found.filter((profile) => profile !== undefined);
}

/** As {@link hotnessOf}, in profiles that were read before. */
export function hotnessIn(
  profiles: readonly ProfileDocument[],
  changed: readonly Definition[],
): readonly Hotness[] {
  return profiles
    .map((profile) => {
      const share = shareOf(profile, changed);
      return { profile, share, bound: boundSpeedup(share) ?? null };
    })
    .sort((a, b) => b.share - a.share);
}
