import type { Doubt } from '#base';
import type { Pair, TimeMeter } from '#measuring';
import type { Rule } from '#verdict';
import type { Workload } from '#workloads';

/** The numbers and choices of one comparison. */
export interface CompareRequest {
  /** Time for one workload, in ns. */
  readonly budgetNs: number;
  /** How long one answer of a worker may take, in ms. */
  readonly timeoutMs: number;
  readonly rule: Pick<Rule, 'alpha' | 'margin'>;
  /** `auto`: time by the best clock, and memory; `cpu` or `wall`: time alone; `memory`: memory makes the verdict. */
  readonly meter: 'auto' | 'cpu' | 'wall' | 'memory';
}

/** A workload to measure, with what was doubtful about finding it. */
export interface Selected {
  readonly workload: Workload;
  readonly doubts: readonly Doubt[];
}

/**
 * Evidence from an earlier measurement of the same two contents: it is carried on, never started afresh. Clock and method
 * of judging were fixed then.
 */
export interface FormerEvidence {
  readonly meter: TimeMeter;
  readonly method: Rule['method'];
  readonly pairs: readonly Pair[];
}

/** When a workload that need not get better has been measured enough. Margins are shares: 0.05 is 5 %. */
export interface GuardRule {
  /** A guard is done when it is shown to be no slower than this. */
  readonly margin: number;
  readonly budgetNs: number;
  /** Workloads that are guards from the start; every other becomes one as soon as some workload is better. */
  isGuard(id: string): boolean;
}
