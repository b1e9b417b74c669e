export type { Evidence, Judgement, Outcome, Rule } from './evidence.ts';
export { judge } from './judge.ts';
export { fewestPairs, pairsFor, smallestEffect } from './power.ts';
export { combineRounds, median, quantile, robustSd } from './quantile.ts';
export { judgeSuite, startSuite } from './suite.ts';
export type { Decision, Suite } from './suite.ts';
