import type { Context, OperationEntry } from '#operations';

/** A host that wants to be closed: children still running are ended, and what was only for the run is removed. */
export type OpenHost = Context['host'] & { close(): Promise<void> };

/** A command that serves others until they are gone, and stands for no operation. */
export interface Service {
  readonly name: string;
  /** One line in the imperative: shown in the list of commands. */
  readonly summary: string;
  /** Gets the words after its name and resolves to the exit code; `--help` is its own affair. */
  run(argv: readonly string[]): Promise<number>;
}

/** What a program gives to the command line: the operations, and the world that they work on. */
export interface Program {
  readonly version: string;
  readonly operations: readonly OperationEntry[];
  readonly services?: readonly Service[];
  createHost(): Promise<OpenHost>;
}
