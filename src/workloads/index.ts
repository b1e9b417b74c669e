export type {
  AsvWorkload,
  CallableWorkload,
  CommandWorkload,
  PytestWorkload,
  StatementWorkload,
  Workload,
} from './workload.ts';
export { findAsvFolder, findBenchmarkFiles } from './discover.ts';
export { looksLikeTestId, parseCallable } from './parse.ts';
export { profilerOf } from './profiler-command.ts';
