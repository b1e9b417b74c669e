/**
 * What is run to be measured. `id` is what the user typed or the discovery found, stable between runs, unique in one
 * request; `file` is the file that holds the workload itself (the yardstick), relative to the project, where there is one.
 */
export type Workload = PytestWorkload | CallableWorkload | StatementWorkload | CommandWorkload | AsvWorkload;

/** A pytest test: one that uses the `benchmark` fixture (only the benchmarked call is measured), or any other (the whole call). */
export interface PytestWorkload {
  readonly kind: 'pytest';
  readonly id: string;
  /** pytest's node id, relative to the project: `tests/test_x.py::TestY::test_z[param]`. */
  readonly nodeId: string;
  readonly file: string;
}

/** A function called with fixed arguments; a coroutine function is run to its end on one event loop. */
export interface CallableWorkload {
  readonly kind: 'callable';
  readonly id: string;
  readonly module: string;
  /** File of the module, relative to the project, where it was put on a side only to measure; absent where it is code. */
  readonly file?: string;
  /** Dotted path inside the module: `Class.method` or `function`. */
  readonly qualname: string;
  /** Python literals, evaluated by `ast.literal_eval` in the worker: `["1", "'text'"]`. */
  readonly args: readonly string[];
  readonly kwargs: Readonly<Record<string, string>>;
}

/** A statement with setup code, as in `timeit`. */
export interface StatementWorkload {
  readonly kind: 'statement';
  readonly id: string;
  readonly statement: string;
  readonly setup: string;
}

/** A whole program, measured from outside: one launch is one iteration. */
export interface CommandWorkload {
  readonly kind: 'command';
  readonly id: string;
  readonly argv: readonly [string, ...string[]];
}

/** An asv benchmark `time_*` with one combination of its parameters. */
export interface AsvWorkload {
  readonly kind: 'asv';
  readonly id: string;
  /** The benchmark file, relative to the project. */
  readonly file: string;
  /** `benchmark_dir` of asv.conf.json, relative to the project. */
  readonly benchmarkFolder: string;
  /** `Suite.time_name` or `time_name`. */
  readonly qualname: string;
  /** Index into each parameter list, in order; empty without parameters. */
  readonly params: readonly number[];
}
