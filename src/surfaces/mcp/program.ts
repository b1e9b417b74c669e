import type { Context, OperationEntry } from '#operations';

/** The world as operations get it. */
export type Host = Context['host'];

/** A host that wants to be closed: children still running are ended, and what was only for the run is removed. */
export type OpenHost = Host & { close(): Promise<void> };

/** What a program gives to the server: the operations, and the worlds that they work on. */
export interface Program {
  readonly version: string;
  readonly operations: readonly OperationEntry[];
  /** The cheat sheet of Python's profilers, as shipped with the package; the file may be missing. */
  readonly cheatSheet: string;
  /** A world of its own for each call, so that the end of one call ends what it started and nothing else. */
  createHost(options?: { readonly cwd: string }): Promise<OpenHost>;
}
