export { comparisonDocument, meterVerdict, timeVerdict } from './documents/comparison.ts';
export type { ComparedMeter, ComparedWorkload, ComparisonDocument } from './documents/comparison.ts';
export { openHistory, projectKey } from './history.ts';
export type { History } from './history.ts';
