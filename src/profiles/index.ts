export type {
  CallEdge,
  CallGraphProfile,
  Frame,
  FunctionRow,
  Metric,
  Origin,
  Profile,
  StackNode,
  StackProfile,
} from './profile.ts';
export { classifyFrames, shortenPath } from './origins.ts';
export type { Roots } from './origins.ts';
export { costFunctions } from './costs.ts';
export type { Costs, FunctionCost } from './function-cost.ts';
export { boundSpeedup } from './bound.ts';
export { cutCallGraph } from './cut.ts';
export type { Cut, CutProfile } from './cut.ts';
export { dumpProfile } from './dump.ts';
