export type {
  CallEdge,
  CallGraphProfile,
  Frame,
  FunctionRow,
  LineProfile,
  LineRow,
  Metric,
  Origin,
  Profile,
  Source,
  StackNode,
  StackProfile,
  Thread,
} from './profile.ts';
export { NO_FUNCTION } from './profile.ts';
export { classifyFrames, portablePath, shortenPath } from './origins.ts';
export type { Roots } from './origins.ts';
export { costFunctions } from './costs.ts';
export type { Costs, FunctionCost } from './function-cost.ts';
export { leadWith } from './lead-with.ts';
export { boundSpeedup } from './bound.ts';
export { cutCallGraph } from './cut.ts';
export type { Cut, CutProfile } from './cut.ts';
export { dumpProfile } from './dump.ts';
export { plainName, tabulateFunctions } from './function-table.ts';
export type { Caller, CutTable, FunctionTable, TableRow } from './function-table.ts';
export { hottest, shareOf } from './hottest.ts';
export type { Definition, HotFunction, HottestOptions } from './hottest.ts';
export { answer, guessQuestion } from './answer/answer.ts';
export type { Answer, AnswerOptions, AnswerSource, Gain } from './answer/answer.ts';
export { highestShare } from './answer/share-interval.ts';
export { countSamples, kindOf, knowsOf, toolOf } from './answer/recording.ts';
export type { Question, Recording, SourceKind } from './answer/recording.ts';
export type { SourceShare } from './answer/compare-sources.ts';
export { compareProfiles } from './answer/change.ts';
export type { Amounts } from './answer/change-scale.ts';
export type { ChangeSide, FrameChange, FrameState, Incomparable, ProfileChange } from './answer/change.ts';
export { growTree } from './answer/call-tree.ts';
export type { CallTree, NoTree, TreeRequest, TreeRow } from './answer/call-tree.ts';
