import type { Doubt } from '#base';

/**
 * What a number in a profile counts. Values are stored in the base unit; a profile has one or several metrics, and
 * every cost is a vector with one number for each, in the same order (the sample types of pprof).
 */
export interface Metric {
  /** `wall`, `cpu`, `allocated`, `samples` … */
  readonly name: string;
  readonly unit: 'ns' | 'bytes' | 'count';
}

/**
 * Whose code a frame is. `native` is compiled code without a Python file; `unknown` is code that was not classified
 * or cannot be (text given to `exec`, generated methods).
 */
export type Origin = 'mine' | 'dependency' | 'stdlib' | 'native' | 'unknown';

/** A function as the profiler named it. */
export interface Frame {
  readonly name: string;
  /** As recorded: absolute, relative to where the program was started, or `<string>`; absent for native code. */
  readonly file?: string;
  /** Line on which the function begins, from 1, where it is known. */
  readonly line?: number;
  readonly origin: Origin;
}

/** What both shapes of a profile have in common. */
interface Recorded {
  /** Id of the reader that made it. */
  readonly format: string;
  readonly metrics: readonly Metric[];
  /** The functions; everything else points at them by index. */
  readonly frames: readonly Frame[];
  /** What the file itself gives reason to doubt. */
  readonly doubts: readonly Doubt[];
}

/**
 * Where cost went. Two shapes, because tools record two things that cannot be turned into each other: a sampler sees
 * whole stacks, a tracer like cProfile keeps one row a function and the edges between neighbours.
 */
export type Profile = StackProfile | CallGraphProfile;

/** Stacks with their cost, folded into a tree as they are read: equal stacks share their nodes. */
export interface StackProfile extends Recorded {
  readonly shape: 'stacks';
  /** A parent stands before its children. */
  readonly nodes: readonly StackNode[];
}

/** One frame at one place in the stacks. */
export interface StackNode {
  /** Index of the node of the caller, -1 for the outermost frame. */
  readonly parent: number;
  /** Index into `frames`. */
  readonly frame: number;
  /** The line that was executing, where the tool tells. */
  readonly line?: number;
  /** Cost while this frame was innermost, one number for each metric. */
  readonly self: readonly number[];
}

/** One row for each function, and who called whom: one level deep, so a path of three functions is not known. */
export interface CallGraphProfile extends Recorded {
  readonly shape: 'call-graph';
  readonly rows: readonly FunctionRow[];
  readonly edges: readonly CallEdge[];
}

/** The totals of one function. */
export interface FunctionRow {
  /** Index into `frames`; a frame has at most one row. */
  readonly frame: number;
  readonly calls: number;
  /** Calls that were not made while the same function was already running. */
  readonly primitiveCalls: number;
  /** Cost in the function itself. */
  readonly self: readonly number[];
  /** Cost with everything that it called, charged once per outermost recursion. */
  readonly inclusive: readonly number[];
}

/** The calls that one function made to another. */
export interface CallEdge {
  /** Indexes into `frames`; equal for direct recursion. */
  readonly caller: number;
  readonly callee: number;
  readonly calls: number;
  /** Of the callee's self cost, the part in calls from this caller; absent where only calls were counted. */
  readonly self?: readonly number[];
  /** Of the callee's inclusive cost, the part in calls from this caller. */
  readonly inclusive?: readonly number[];
}
