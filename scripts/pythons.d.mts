/** A Python found on this machine. */
export interface FoundPython {
  /** `3.12` */
  readonly version: string;
  /** `3.12.1` */
  readonly full: string;
  /** Absolute path of the interpreter. */
  readonly python: string;
  /** Folder of the installation, which holds its standard library. */
  readonly prefix: string;
}

/** A virtual environment made for tests. */
export interface TestVenv extends Omit<FoundPython, 'prefix'> {
  readonly folder: string;
}

/** The versions that strop's shims run on, oldest first. */
export const SUPPORTED: readonly string[];

/** Requirements that install on every supported version. */
export const PINNED: Readonly<
  Record<
    | 'pytest'
    | 'pytestBenchmark'
    | 'pytestCodspeed'
    | 'pytestAsyncio'
    | 'pytestXdist'
    | 'pytestRandomly'
    | 'pytestSubtests',
    string
  >
>;

/** The newest Python found of each supported version that can make virtual environments, oldest version first. */
export function findPythons(): readonly FoundPython[];

/**
 * A virtual environment of this version with these requirements, made once and kept below .cache/. It is shared:
 * install nothing more into it.
 */
export function testVenv(version: string, requirements?: readonly string[]): Promise<TestVenv>;

/**
 * Lets a home of strop's (`STROP_HOME`) share the bytecode of what no test changes: interpreters, environments of the tests,
 * and strop's own shims.
 */
export function shareBytecode(home: string): void;
