export type { GateName, GateReport } from './gate.ts';
export type {
  Baseline,
  BaselineWorkload,
  ChangedDefinition,
  Step,
  StepSide,
  StepWorkload,
} from './step.ts';
