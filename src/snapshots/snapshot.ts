/** Where a snapshot lies and what its file name says; see {@link Snapshot} for the content. */
export interface SnapshotPlace {
  /** Absolute path. */
  readonly file: string;
  /** The number that pytest-benchmark counts up in each machine folder; undefined for a file with another name. */
  readonly number: number | undefined;
  /** `baseline` of `0001_baseline.json`; the file name without its ending where it has no number. */
  readonly name: string;
  /** The machine folder (`Linux-CPython-3.13-64bit`); undefined for a file that lies in none. */
  readonly machine: string | undefined;
}

/** One run of pytest-benchmark as it saved it, format versions 3.x to 5.x. Texts hold no control characters. */
export interface Snapshot extends SnapshotPlace {
  /** Version of pytest-benchmark that wrote it. */
  readonly version: string;
  /** When it was taken, as written; undefined in files that do not say. */
  readonly date: string | undefined;
  readonly commit: SnapshotCommit;
  readonly machineInfo: SnapshotMachine;
  /** In the order of the file; of two with the same full name the later one, as pytest-benchmark itself has it. */
  readonly benchmarks: readonly SnapshotBenchmark[];
}

/** The state of the project when a snapshot was taken, as far as pytest-benchmark knew it. */
export interface SnapshotCommit {
  /** Full hash; `unversioned` or `unknown` where there was none. */
  readonly id: string;
  /** The tree had changes that the commit lacks: the hash says what was below, not what was measured. */
  readonly dirty: boolean;
  readonly branch: string | undefined;
}

/** The machine of a snapshot; undefined for what the file does not say. */
export interface SnapshotMachine {
  readonly node: string | undefined;
  readonly cpu: string | undefined;
  readonly system: string | undefined;
  readonly implementation: string | undefined;
  readonly pythonVersion: string | undefined;
}

/** One benchmark of a snapshot; times in ns per iteration, over the rounds of the one process that ran it. */
export interface SnapshotBenchmark {
  /** pytest's node id, relative to pytest's root folder. */
  readonly fullname: string;
  readonly medianNs: number;
  readonly minNs: number;
  readonly meanNs: number;
  readonly sdNs: number;
  /** Interquartile range of the rounds; undefined where the file does not say. */
  readonly iqrNs: number | undefined;
  readonly rounds: number;
  readonly iterations: number;
  /** Whether the garbage collector was off; undefined where the file does not say. */
  readonly gcDisabled: boolean | undefined;
  /** The clock, `perf_counter` for instance; undefined where the file does not say. */
  readonly timer: string | undefined;
}
