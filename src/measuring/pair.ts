/** One block of iterations on one side, as measured in the worker. */
export interface Block {
  /** Iterations in this block. */
  readonly count: number;
  readonly wallNs: number;
  readonly cpuNs: number;
  /** CPU time of the block with the setup and teardown around each call, which the other figures leave out. */
  readonly cpuTotalNs: number;
  /** Time spent ready but waiting for a core; undefined where the kernel does not tell. */
  readonly runDelayNs: number | undefined;
  /** CPU time per iteration of the fastest part of the block. */
  readonly fastestNs: number;
  readonly voluntarySwitches: number;
  readonly involuntarySwitches: number;
  readonly minorFaults: number;
}

/** A value for each side. */
export interface Both<T> {
  readonly a: T;
  readonly b: T;
}

/**
 * Which clock makes the verdict on time. `cpu`: CPU time of the process. `wall-less-queue`: wall time less the time
 * waited for a core, for workloads that block. `wall`: plain wall time.
 */
export type TimeMeter = 'cpu' | 'wall-less-queue' | 'wall';

/** Meters that are read in separate iterations after the timed rounds, so that reading them never touches the timing. */
export type ExtraMeter = 'allocations' | 'peak' | 'bytecodes' | 'instructions';

/** A result: the name of its type, `lazy` for generators, iterators and coroutines; and what it was. */
export interface Answered {
  readonly type: string;
  readonly lazy: boolean;
  /** Equal for equal values; null (absent in older history) where calls differ, or values cannot be compared. */
  readonly fingerprint?: string | null | undefined;
  /** The value itself where it is a short one and has a fingerprint. */
  readonly shown?: string | null | undefined;
}

/** What one fresh pair of processes yielded: the unit of statistics. */
export interface Pair {
  /** 1 for the first pair that counts. */
  readonly index: number;
  /** PYTHONHASHSEED of both sides. */
  readonly seed: number;
  /** The core that both sides shared; undefined when they were not pinned. */
  readonly core: number | undefined;
  /** Which side's process was started first. */
  readonly startedFirst: 'A' | 'B';
  /** Which side ran the first round's first block. */
  readonly ranFirst: 'A' | 'B';
  readonly rounds: readonly Both<Block>[];
  /**
   * CPU time per block that the kernel counted and the worker did not report, in ns: what answering costs, about the same on
   * both sides; undefined where the kernel does not count.
   */
  readonly unaccountedNs: Both<number | undefined>;
  /**
   * CPU time per block, in ns, that the calls before its clock took beyond their share of the calls: about nothing, unless calls are
   * dearer after a pause. Undefined where a workload sets up around its calls.
   */
  readonly leadNs: Both<number | undefined>;
  /** `unaccountedNs` is exact to some clock ticks a pair only, because threads have ended. */
  readonly coarse: boolean;
  /** Time between request and answer that the worker did not report as that of the block, in ns; the median block's. */
  readonly unobservedNs: Both<number | undefined>;
  /** CPU time per block of processes that the worker started and that live on, in ns. */
  readonly elsewhereNs: Both<number | undefined>;
  /** What a call answered, where one was looked at: its type, and whether its work is done only when it is used. */
  readonly answered: Both<Answered | undefined>;
  /** The first call in each fresh process, in ns of CPU time (wall for a command). */
  readonly firstCallNs: Both<number>;
  /** Highest resident size of each process in bytes. */
  readonly peakRssBytes: Both<number | undefined>;
  /** Extra meters of one iteration each, where they were asked for and could be read. */
  readonly extras: Readonly<Partial<Record<ExtraMeter, Both<number>>>>;
  /** Time until both processes were ready, in ns. */
  readonly startupNs: number;
  /** Wall time of this pair without the extra meters, and of the extra meters alone. */
  readonly timedNs: number;
  readonly extrasNs: number;
}

/** Fixed by calibration before the first pair that counts. */
export interface Plan {
  readonly meter: TimeMeter;
  /** Iterations of a block on each side: equal unless one side is much faster. */
  readonly count: Both<number>;
  /** Cores that a pair may be pinned to; empty when sides are not pinned. */
  readonly cores: readonly number[];
  /** Time of one iteration on each side by the plan's meter, in ns. */
  readonly iterationNs: Both<number>;
}

/** Time per iteration of a block by a meter, in ns. */
export function timeOf(block: Block, meter: TimeMeter): number {
  switch (meter) {
    case 'cpu':
      return block.cpuNs / block.count;
    case 'wall-less-queue':
      return Math.max(block.wallNs - (block.runDelayNs ?? 0), 0) / block.count;
    case 'wall':
      return block.wallNs / block.count;
  }
}

/** ln(B/A) of every round by a meter; rounds in which a side took no time at all say nothing and are left out. */
export function logRatios(pair: Pick<Pair, 'rounds'>, meter: TimeMeter): readonly number[] {
  return pair.rounds
    .map(({ a, b }) => Math.log(timeOf(b, meter) / timeOf(a, meter)))
    .filter((value) => Number.isFinite(value));
}

/** ln(B/A) of the fastest parts of the rounds' blocks. */
export function fastestLogRatios(pair: Pair): readonly number[] {
  return pair.rounds.map(({ a, b }) => Math.log(b.fastestNs / a.fastestNs)).filter(Number.isFinite);
}
