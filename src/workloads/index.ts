export type {
  AsvWorkload,
  CallableWorkload,
  CommandWorkload,
  PytestWorkload,
  StatementWorkload,
  Workload,
} from './workload.ts';
