import type { OperationEntry } from './operation.ts';

export { declareOperation } from './operation.ts';
export type { Context, Effects, ExitCode, Operation, OperationEntry, Progress, Style } from './operation.ts';

/**
 * Everything that strop can do. A line names an operation without loading it: name and summary are repeated from its
 * declaration (a test holds them together) so that the list of commands costs nothing.
 */
export const operations: readonly OperationEntry[] = [];
