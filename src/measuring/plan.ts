import type { Host } from '#host';
import type { Block, Both, Plan, TimeMeter } from './pair.ts';

/**
 * A block lasts at least this long. Thirty blocks of 1 ms scatter no more than twenty of 5 ms in less than half the time: what
 * counts is how often the sides take turns. Still shorter ones drown in the cost of asking.
 */
const BLOCK_NS = 1e6;

/** Where the kernel tells no queueing: one voluntary switch in this time is no sign of blocking. */
const SWITCH_NS = 5e6;

/** Share of a block that may be spent off the core before the workload counts as one that blocks. */
const BLOCKING_SHARE = 0.05;

/** More CPU time than this share outside of the measuring thread is the work of other threads. */
const OTHERS_SHARE = 0.05;

/** CPU beyond the wall time by this factor means that threads ran at the same time. */
const PARALLEL_FACTOR = 1.15;

/** Fewer pairs than this cannot decide; the plan leaves room for a few more within the budget. */
const PAIRS_WANTED = 14;

/** What calibration saw of one side. */
export interface Seen {
  readonly block: Block;
  readonly threads: number;
  readonly childCpuNs: number;
  /** CPU time of the block that other threads spent, ended ones included; undefined where nobody tells (a command). */
  readonly othersCpuNs: number | undefined;
}

/**
 * Chooses the clock that makes the verdict: the same for both sides, by what either of them does. `slackNs`: time off the core
 * that any launch of a process takes (loading files, its parent's part) and that makes no blocking workload.
 */
export function chooseMeter(seen: Both<Seen>, slackNs = 0): TimeMeter {
  const sides = [seen.a, seen.b];
  const parallel = sides.some(
    (side) => side.block.cpuNs > PARALLEL_FACTOR * side.block.wallNs && mayBeParallel(side),
  );
  if (parallel) return 'wall';
  const told = sides.every(({ block }) => block.runDelayNs !== undefined);
  const blocks = sides.some(({ block, childCpuNs }) => childCpuNs > 0 || isBlocking(block, slackNs));
  if (!blocks) return 'cpu';
  return told ? 'wall-less-queue' : 'wall';
}

/**
 * One thread cannot run at once with itself: where setup stands around each short call, its CPU clock has only read its
 * wall clock along.
 */
function mayBeParallel({ othersCpuNs, childCpuNs, block }: Seen): boolean {
  return othersCpuNs === undefined || childCpuNs > 0 || othersCpuNs > OTHERS_SHARE * block.cpuNs;
}

function isBlocking(block: Block, slackNs: number): boolean {
  if (block.runDelayNs === undefined) {
    // Without the kernel's word on queueing only the switches tell.
    return block.voluntarySwitches > Math.max(1, block.wallNs / SWITCH_NS);
  }
  const off = block.wallNs - block.runDelayNs - block.cpuNs;
  return off > BLOCKING_SHARE * (block.wallNs - block.runDelayNs) + slackNs;
}

/** Threads or children need all cores: such a workload is not pinned. */
export function mayPin(seen: Both<Seen>): boolean {
  // Threads that were joined within the block are gone afterwards: their CPU time is not.
  return [seen.a, seen.b].every(
    ({ threads, childCpuNs, othersCpuNs, block }) =>
      threads <= 1 && childCpuNs === 0 && (othersCpuNs ?? 0) <= OTHERS_SHARE * block.cpuTotalNs,
  );
}

/** Whether the workload is one thread that never waits, as far as a block shows. */
export function worksAlone(seen: Seen): boolean {
  return mayPin({ a: seen, b: seen }) && !isBlocking(seen.block, 0);
}

/** How many rounds a pair has: never fewer than `least`, and beyond it as many as it takes to be steady, up to `most`. */
export interface Rounds {
  readonly least: number;
  readonly most: number;
}

/** A pair of long calls may have so many rounds where they scatter, and is done after two where they agree. */
const MOST_LONG_ROUNDS = 12;

/** More rounds than this say nothing more of two processes. */
const MOST_ROUNDS = 30;

/**
 * Rounds of a pair: at least as many as take one and a half times the start-up that they share, and fewer when the budget would
 * otherwise not hold enough pairs to decide.
 */
export function chooseRounds(plan: Plan, startupNs: number, budgetNs: number): Rounds {
  const blockNs = Math.max(plan.count.a * plan.iterationNs.a, plan.count.b * plan.iterationNs.b);
  const worth = Math.round((1.5 * startupNs) / (2 * blockNs));
  const affordable = Math.floor((budgetNs / PAIRS_WANTED - startupNs) / (2 * blockNs));
  const fit = (wanted: number): number => {
    const rounds = Math.min(wanted, MOST_ROUNDS, Math.max(affordable, 1));
    return rounds > 2 ? rounds - (rounds % 2) : rounds;
  };
  return { least: fit(Math.max(worth, 2)), most: fit(Math.max(worth, MOST_LONG_ROUNDS)) };
}

/** The middle half of a pair's rounds may spread by so much times the root of their number, as natural logarithms: 1.5 %. */
const STEADY_SPREAD = 0.015;

/**
 * Whether rounds with these ln(B/A) agree so well that more of them would add little to what differs between processes. Only their
 * spread counts, never their sign: a pair of equal sides stays as likely to point to either. Ratios without any spread come from a
 * clock that is too coarse for them, and say nothing.
 */
export function isSteady(logRatios: readonly number[]): boolean {
  const sorted = [...logRatios].sort((one, other) => one - other);
  const quarter = Math.floor(sorted.length / 4);
  const low = sorted[quarter];
  const high = sorted[sorted.length - 1 - quarter];
  if (low === undefined || high === undefined || low === high) return false;
  return (high - low) / Math.sqrt(sorted.length) < STEADY_SPREAD;
}

/** Whether the first call of a worker was a block like those that count, so that no other has to be left out. */
export function firstCallSettles({ count, iterationNs }: Plan): boolean {
  return Math.max(count.a, count.b) === 1 && Math.min(iterationNs.a, iterationNs.b) >= BLOCK_NS;
}

/** Iterations that make a block long enough, from what a smaller block took. */
export function nextCount(count: number, spentNs: number): number {
  if (spentNs >= BLOCK_NS) return count;
  const wanted = spentNs <= 0 ? count * 16 : Math.ceil((count * BLOCK_NS * 1.15) / spentNs);
  return Math.min(Math.max(wanted, count * 2), count * 16);
}

/** One side has to be so many times faster before the sides get counts of their own: a slow moment seldom is. */
const UNLIKE_FACTOR = 4;

/** Whether the counts differ so much that each side may need its own. */
export function countsDiffer(own: Both<number>): boolean {
  return Math.max(own.a, own.b) > UNLIKE_FACTOR * Math.min(own.a, own.b);
}

/**
 * Equal counts keep both sides doing the same thing; only when one side is many times faster does each get its own, because
 * blocks too short for the clock make large effects look timid. `iterationNs` is the time of one iteration on each side, taken
 * in turns in blocks of one count: a slow moment of the machine while one side looked for its count makes no other speed, nor
 * does a block of few calls, which are colder. Unequal counts on code that differs by a tenth read as a third.
 */
export function settleCounts(own: Both<number>, iterationNs: Both<number>): Both<number> {
  const high = Math.max(own.a, own.b);
  const slower = Math.max(iterationNs.a, iterationNs.b);
  const unlike = slower > UNLIKE_FACTOR * Math.min(iterationNs.a, iterationNs.b);
  return countsDiffer(own) && unlike ? own : { a: high, b: high };
}

/** A block of so many calls has some that run before its clock, and begins warm. */
export const FEWEST_WITH_LEAD = 4;

/**
 * Calls of a block that run before its clock, as a share of those that count; the other half of `_lead` in
 * `python/_strop/runners.py`.
 */
export function leadShare(count: number): number {
  return count < FEWEST_WITH_LEAD ? 0 : Math.max(Math.floor(count / 10), 1) / count;
}

/** Cores that this process may use, from the kernel; empty where pinning is not to be had. */
export async function allowedCores(host: Host): Promise<readonly number[]> {
  if (host.platform !== 'linux') return [];
  const status = (await host.files.readText('/proc/self/status')) ?? '';
  const list = /^Cpus_allowed_list:\s*(.+)$/m.exec(status)?.[1] ?? '';
  return list.split(',').flatMap((part) => {
    const [first, last] = part.trim().split('-').map(Number);
    if (first === undefined || !Number.isInteger(first)) return [];
    return Array.from({ length: (last ?? first) - first + 1 }, (_, index) => first + index);
  });
}
