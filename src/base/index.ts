export { StropError } from './errors.ts';
export type { Problem, ProblemCode } from './errors.ts';
export { failureOf } from './failure.ts';
export type { Failure } from './failure.ts';
export type { Doubt, DoubtCode } from './doubts.ts';
export {
  formatBytes,
  formatChange,
  formatCount,
  formatDuration,
  formatNumberOf,
  formatShare,
} from './units.ts';
export { suggestWord } from './suggest.ts';
