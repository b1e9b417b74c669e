import type { OperationEntry } from './operation.ts';

export { declareOperation } from './operation.ts';
export type { Context, Effects, ExitCode, Operation, OperationEntry, Progress, Style } from './operation.ts';

/**
 * Everything that strop can do. A line names an operation without loading it: name and summary are repeated from its
 * declaration (a test holds them together) so that the list of commands costs nothing.
 */
export const operations: readonly OperationEntry[] = [
  {
    name: 'compare',
    summary: 'Say whether a change is really faster, and how sure that is',
    phase: 'change',
    load: async () => (await import('./compare/operation.ts')).operation,
  },
];
