export type { Evidence, Judgement, Outcome, Rule } from './evidence.ts';
export { judgeCalls } from './judge-calls.ts';
export type { CallRatios, CallsJudgement } from './judge-calls.ts';
export { judge } from './judge.ts';
export { medianInterval } from './median-interval.ts';
export { fewestPairs, smallestEffect } from './power.ts';
export { combineRounds, median, robustSd } from './quantile.ts';
export { startSuite } from './suite.ts';
export type { Decision, Suite } from './suite.ts';
