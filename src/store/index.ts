export { comparisonDocument, meterVerdict } from './documents/comparison.ts';
export type { ComparedMeter, ComparedWorkload, ComparisonDocument } from './documents/comparison.ts';
export { openHistory } from './history.ts';
export type { History } from './history.ts';
