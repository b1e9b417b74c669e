import { boundSpeedup } from './bound.ts';
import type { FunctionTable, TableRow } from './function-table.ts';

/** An own function with what fixing it could gain. */
export interface HotFunction {
  readonly row: TableRow;
  /** Share of the whole with everything that it called. */
  readonly share: number;
  /**
   * Share of the whole that it pays for: itself, the foreign code that it asked for, and the same of functions that
   * cannot stand for themselves and were called by it.
   */
  readonly gain: number;
  /** How many times faster the run could be at most if `gain` became free; null when practically all of it. */
  readonly bound: number | null;
}

/** What to rank. */
export interface HottestOptions {
  /** How many at most; default all. */
  readonly most?: number;
  /** Smallest `gain` that is worth a row; default 0, which leaves out only what costs nothing. */
  readonly least?: number;
  /**
   * Which functions can stand for themselves; default all. What another one costs is counted for its callers, each by
   * its share, through any number of others, and for nobody where that ends at one that cannot stand for itself.
   */
  readonly accept?: (row: TableRow) => boolean;
}

/** Shares of the whole below this are not followed to callers: they decide nothing. */
const LEAST_PAID = 1e-4;

/** Ranks the user's own functions by what fixing each could gain at most, best first. Gains may be added up. */
export function hottest(profile: FunctionTable, options: HottestOptions = {}): readonly HotFunction[] {
  const { most = Number.POSITIVE_INFINITY, least = 0, accept = () => true } = options;
  const { table, total } = profile;
  if (!(total > 0)) return [];
  const stands = (at: number): boolean => {
    const row = table[at];
    return row?.origin === 'mine' && accept(row);
  };
  const gains = new Map<number, number>();
  const pay = (at: number, amount: number, path: readonly number[]): void => {
    if (stands(at)) gains.set(at, (gains.get(at) ?? 0) + amount);
    else if (amount >= LEAST_PAID * total) {
      const callers = (table[at]?.callers ?? []).filter(({ row }) => !path.includes(row));
      const whole = callers.reduce((sum, { share }) => sum + share, 0);
      for (const { row, share } of callers) pay(row, (amount * share) / whole, [...path, row]);
    }
  };
  for (const [at, row] of table.entries()) if (row.origin === 'mine') pay(at, row.own, [at]);
  return [...gains]
    .map(([at, own]) => ({ at, gain: Math.min(1, own / total) }))
    .filter(({ gain }) => gain > 0 && gain >= least)
    .sort((a, b) => b.gain - a.gain || a.at - b.at)
    .slice(0, most)
    .flatMap(({ at, gain }) => {
      const row = table[at];
      if (row === undefined) return [];
      return [{ row, share: Math.min(1, row.inclusive / total), gain, bound: boundSpeedup(gain) ?? null }];
    });
}

/** A function, method or class of the project as a change touches it. */
export interface Definition {
  /** Relative to the project, with `/`. */
  readonly file: string;
  /** Qualified (`Cart.total`); the name of a class stands for all that is defined in it. */
  readonly name: string;
}

/**
 * The inclusive share of the whole, 0 to 1, that the given functions have. Of functions that called one another only
 * the dearest counts, since its share holds those of the others; shares of functions apart are added up. 0 when none of
 * them ran.
 */
export function shareOf(profile: FunctionTable, definitions: readonly Definition[]): number {
  const { table, total } = profile;
  if (!(total > 0)) return 0;
  const chosen = table.flatMap((row, at) =>
    row.origin === 'mine' && definitions.some((one) => isDefinition(row, one)) ? [at] : [],
  );
  // Dearest first: whatever called one of those before, or was called by it, adds nothing.
  const heads: { readonly at: number; readonly above: ReadonlySet<number> }[] = [];
  let sum = 0;
  for (const at of chosen.sort((a, b) => (table[b]?.inclusive ?? 0) - (table[a]?.inclusive ?? 0))) {
    const above = listAbove(table, at);
    if (heads.some((head) => above.has(head.at) || head.above.has(at))) continue;
    heads.push({ at, above });
    sum += table[at]?.inclusive ?? 0;
  }
  return Math.min(1, sum / total);
}

function isDefinition(row: TableRow, { file, name }: Definition): boolean {
  if (row.file !== file) return false;
  // Without the source only the last part of the name is known.
  if (row.qualname === null) return row.function === name.slice(name.lastIndexOf('.') + 1);
  return row.qualname === name || row.qualname.startsWith(`${name}.`);
}

/** All own functions from which this one was reached. */
function listAbove(table: readonly TableRow[], start: number): ReadonlySet<number> {
  const above = new Set<number>();
  const look = (at: number): void => {
    for (const { row } of table[at]?.callers ?? []) above.add(row);
  };
  look(start);
  for (const at of above) look(at);
  return above;
}
