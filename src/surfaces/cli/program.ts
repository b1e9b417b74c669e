import type { Context, OperationEntry } from '#operations';

/** A host that wants to be closed: children still running are ended, and what was only for the run is removed. */
export type OpenHost = Context['host'] & { close(): Promise<void> };

/** What a program gives to the command line: the operations, and the world that they work on. */
export interface Program {
  readonly version: string;
  readonly operations: readonly OperationEntry[];
  createHost(): Promise<OpenHost>;
}
