export { compareSides } from './compare-sides.ts';
export type { Compared, Comparing } from './compare-sides.ts';
export { measureSame } from './measure-same.ts';
export { interrupted } from './measure-all.ts';
export type { Watcher } from './measure-all.ts';
export { overallVerdict } from './report.ts';
export type { CompareRequest, FormerEvidence, GuardRule, Selected } from './request.ts';
export { pairsOf } from './samples.ts';
