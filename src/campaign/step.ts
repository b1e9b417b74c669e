import type { GateReport } from './gate.ts';

/** One workload of a step, as the log shows it. */
export interface StepWorkload {
  readonly id: string;
  /** A target is meant to get better; a guard must not get worse. */
  readonly role: 'target' | 'guard';
  readonly verdict: 'faster' | 'slower' | 'leaner' | 'heavier' | 'no difference' | 'undecided';
  /** The meter that makes the verdict (`cpu`, `wall`, `wall-less-queue`, `peak`, `allocations`, `rss`). */
  readonly meter: string;
  readonly unit: 'ns' | 'bytes' | 'count';
  /** Per iteration, in the unit: medians over pairs. */
  readonly before: number;
  readonly after: number;
  /** B/A with its interval at the error rate of the step; `low` 0 and `high` null when nothing is excluded. */
  readonly ratio: number;
  readonly low: number;
  readonly high: number | null;
  readonly pairs: number;
}

/** One state of the project in a step. */
export interface StepSide {
  readonly revision: string;
  /** Full hash of the commit; of the commit below for a working tree. */
  readonly commit: string;
  /** Hash of the content (git's tree hash). */
  readonly content: string;
}

/** A changed definition (function, method, class, or the module level of a file, named `<module>`). */
export interface ChangedDefinition {
  /** Relative to the project, with `/`. */
  readonly file: string;
  readonly name: string;
}

/** One attempt at one optimisation: what was changed, what was measured, what the gates said, what became of it. */
export interface Step {
  /** Sorts by time; unique in the campaign. */
  readonly id: string;
  readonly title: string;
  readonly description: string | null;
  /** ISO 8601, UTC. */
  readonly date: string;
  /** `withdrawn`: accepted once, and its commit has left the history of the present. Told by the history, never kept. */
  readonly outcome: 'accepted' | 'rejected' | 'undecided' | 'withdrawn';
  /** One sentence: why this outcome. */
  readonly reason: string;
  readonly a: StepSide;
  readonly b: StepSide;
  /** Full hash of the commit that holds an accepted change, where there is one already. */
  readonly commit: string | null;
  /** Empty when a gate failed before anything was measured. */
  readonly workloads: readonly StepWorkload[];
  readonly gates: readonly GateReport[];
  /** Tests of side B by outcome; null when they were not run. */
  readonly tests: {
    readonly passed: number;
    readonly failed: number;
    readonly skipped: number;
    /** Failed in the first of two runs and passed in the second; absent in older history. */
    readonly flaky?: number | undefined;
  } | null;
  /** Which attempt this was since the last accepted step, from 1; the same content again is the same attempt. */
  readonly attempt: number;
  /** Error rate left for this attempt: attempts from one state share one rate. */
  readonly alpha: number;
  readonly changed: readonly ChangedDefinition[];
  /** File name of the comparison in the store. */
  readonly comparison: string | null;
  /** Reservations as they were kept: also those of other versions of strop. */
  readonly doubts: readonly { readonly code: string; readonly text: string }[];
}

/** What was measured before anything was changed. */
export interface Baseline {
  readonly id: string;
  readonly date: string;
  readonly name: string;
  readonly revision: StepSide;
  readonly workloads: readonly BaselineWorkload[];
}

/** One workload at the start of a campaign. */
export interface BaselineWorkload {
  readonly id: string;
  readonly meter: string;
  readonly unit: 'ns' | 'bytes' | 'count';
  /** Median over fresh processes, per iteration, with its 99 % interval, in the unit. */
  readonly value: number;
  readonly low: number;
  readonly high: number;
  /** Fresh processes that were measured. */
  readonly processes: number;
}
