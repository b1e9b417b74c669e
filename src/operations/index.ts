import type { OperationEntry } from './operation.ts';

export { declareOperation } from './operation.ts';
export type {
  ConsentQuestion,
  Consent,
  Context,
  Effects,
  ExitCode,
  Operation,
  OperationEntry,
  Progress,
  Style,
} from './operation.ts';

export { findProjectFolders, openKept } from './project-access.ts';
export type { Kept } from './project-folders.ts';

/**
 * Everything that strop can do. A line names an operation without loading it: name and summary are repeated from its
 * declaration (a test holds them together) so that the list of commands costs nothing.
 */
export const operations: readonly OperationEntry[] = [
  {
    name: 'inspect',
    phase: 'understand',
    summary: 'Say what the project and this machine are, each fact with its evidence',
    load: async () => (await import('./inspect/operation.ts')).operation,
  },
  {
    name: 'tools',
    phase: 'understand',
    summary: 'List, install, update or remove the Python tools that strop uses',
    load: async () => (await import('./tools/operation.ts')).operation,
  },
  {
    name: 'skill',
    phase: 'understand',
    summary: 'Give your coding agent the method: install the skill and the MCP server',
    load: async () => (await import('./skill/operation.ts')).operation,
  },
  {
    name: 'status',
    phase: 'understand',
    summary: 'Say where you are in the loop, and the one next command',
    load: async () => (await import('./status/operation.ts')).operation,
  },
  {
    name: 'scaffold',
    phase: 'baseline',
    summary: "Write a first benchmark for a function, in the project's own style",
    load: async () => (await import('./scaffold/operation.ts')).operation,
  },
  {
    name: 'baseline',
    phase: 'baseline',
    summary: 'Save what HEAD costs now, before anything changes',
    load: async () => (await import('./baseline/operation.ts')).operation,
  },
  {
    name: 'profile',
    phase: 'find',
    summary: 'Show where the time of a workload goes, own code first',
    load: async () => (await import('./profile/operation.ts')).operation,
  },
  {
    name: 'attach',
    phase: 'find',
    summary: 'Show where the time or memory of a process goes that runs already',
    load: async () => (await import('./attach/operation.ts')).operation,
  },
  {
    name: 'dump',
    phase: 'find',
    summary: 'Show where each thread of a running process stands now',
    load: async () => (await import('./dump/operation.ts')).operation,
  },
  {
    name: 'view',
    phase: 'find',
    summary: 'Open a profile in the browser, offline, or write it as one file to send',
    load: async () => (await import('./view/operation.ts')).operation,
  },
  {
    name: 'top',
    phase: 'find',
    summary: 'Name the lines of yours that cost most, and what fixing each could gain at most',
    load: async () => (await import('./top/operation.ts')).operation,
  },
  {
    name: 'source',
    phase: 'find',
    summary: 'Show a file or function with what each line costs, by every tool that looked',
    load: async () => (await import('./source/operation.ts')).operation,
  },
  {
    name: 'tree',
    phase: 'find',
    summary: 'Show what called what, dearest first and never more than asked',
    load: async () => (await import('./tree/operation.ts')).operation,
  },
  {
    name: 'callers',
    phase: 'find',
    summary: 'Show who called a function, and how much of its cost each asked for',
    load: async () => (await import('./callers/operation.ts')).operation,
  },
  {
    name: 'callees',
    phase: 'find',
    summary: 'Show what a function called, and what each of these cost',
    load: async () => (await import('./callees/operation.ts')).operation,
  },
  {
    name: 'diff',
    phase: 'find',
    summary: 'Say where the cost of two revisions or profiles differs, in absolute amounts with intervals',
    load: async () => (await import('./diff/operation.ts')).operation,
  },
  {
    name: 'compare',
    summary: 'Say whether a change is really faster, and how sure that is',
    phase: 'change',
    load: async () => (await import('./compare/operation.ts')).operation,
  },
  {
    name: 'step',
    summary: 'Prove one change: faster, all tests pass, same API; then log and commit it',
    phase: 'change',
    load: async () => (await import('./step/operation.ts')).operation,
  },
  {
    name: 'log',
    summary: 'Show every attempt so far and what they gained together',
    phase: 'close',
    load: async () => (await import('./log/operation.ts')).operation,
  },
  {
    name: 'check',
    summary: 'Hold the campaign against the checklist; exit code 0 only if every line holds',
    phase: 'close',
    load: async () => (await import('./check/operation.ts')).operation,
  },
  {
    name: 'report',
    summary: 'Write the campaign as Markdown for a pull request',
    phase: 'close',
    load: async () => (await import('./report/operation.ts')).operation,
  },
];
