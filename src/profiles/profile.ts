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

/**
 * A function as the profiler named it. Tools that know only files and lines (tracemalloc) give one frame for each
 * file, with `NO_FUNCTION` for its name.
 */
export interface Frame {
  readonly name: string;
  /** As recorded: absolute, relative to where the program was started, or `<string>`; absent for native code. */
  readonly file?: string;
  /** Line on which the function begins, from 1, where it is known. */
  readonly line?: number;
  readonly origin: Origin;
}

/** The name of a frame whose tool records only file and line. */
export const NO_FUNCTION = '(function not recorded)';

/** What a file says of its own making; each field is absent where the file is silent. */
export interface Source {
  /** The program that wrote the file: `py-spy`, `pyinstrument` … */
  readonly tool?: string;
  readonly toolVersion?: string;
  /** Version of the Python that was profiled. */
  readonly python?: string;
  /** Time between two samples. */
  readonly intervalNs?: number;
  /** Wall time of the recording. */
  readonly durationNs?: number;
  /** CPU time of the recording. */
  readonly cpuNs?: number;
  /** Number of samples taken, where it is not simply a metric of the profile. */
  readonly samples?: number;
  readonly command?: string;
  readonly pid?: number;
  /** Highest memory in use, for profiles of memory. */
  readonly peakBytes?: number;
}

/** A thread that stacks were seen in. */
export interface Thread {
  readonly name?: string;
  /** As the tool counts: the number of the operating system or of Python. */
  readonly id?: number;
  readonly pid?: number;
  /** What it did at the moment of a dump: `active+gil`, `idle` … */
  readonly state?: string;
}

/** What all shapes of a profile have in common. */
interface Recorded {
  /** Id of the reader that made it. */
  readonly format: string;
  readonly metrics: readonly Metric[];
  /** The functions; everything else points at them by index. */
  readonly frames: readonly Frame[];
  readonly source?: Source;
  /** What the file itself gives reason to doubt. */
  readonly doubts: readonly Doubt[];
}

/**
 * Where cost went. Three shapes, because tools record three things that cannot be turned into each other: a sampler
 * sees whole stacks, a tracer like cProfile keeps one row a function and the edges between neighbours, and others keep
 * one row a line and nothing about callers.
 */
export type Profile = StackProfile | CallGraphProfile | LineProfile;

/** Stacks with their cost, folded into a tree as they are read: equal stacks share their nodes. */
export interface StackProfile extends Recorded {
  readonly shape: 'stacks';
  /** A parent stands before its children. */
  readonly nodes: readonly StackNode[];
  /** The threads that outermost nodes point at; absent where the tool does not tell them apart. */
  readonly threads?: readonly Thread[];
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
  /** Index into `threads`, at outermost nodes only: what lies below is in the same thread. */
  readonly thread?: number;
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

/** One row for each line, without stacks and callers. */
export interface LineProfile extends Recorded {
  readonly shape: 'lines';
  /**
   * What the cost of a line holds. `self`: the line alone (tools that watch only some files charge a line also with
   * what it called elsewhere). `with-callees`: also everything that it called, again at every depth of a recursion, so
   * that these costs must never be added up over functions.
   */
  readonly charged: 'self' | 'with-callees';
  readonly rows: readonly LineRow[];
}

/** The cost of one line of a function. */
export interface LineRow {
  /** Index into `frames`. */
  readonly frame: number;
  /** From 1. */
  readonly line: number;
  /** How often the line began to run, where the tool counts. */
  readonly hits?: number;
  /** What the tool charged to the line, one number for each metric; see `charged`. */
  readonly self: readonly number[];
  /** Cost while this line was anywhere on the stack, where the tool tells it beside `self`. */
  readonly inclusive?: readonly number[];
}
