export { checkYardstick } from './yardstick/yardstick.ts';
export type { YardstickCheck, YardstickFile, YardstickRequest } from './yardstick/yardstick.ts';
export { checkOneChange } from './one-change/one-change.ts';
export type { OneChangeCheck, OneChangeRequest } from './one-change/one-change.ts';
export { checkApi } from './api/check-api.ts';
export type { ApiCheck, ApiRequest } from './api/check-api.ts';
export { checkTests } from './tests/tests.ts';
export type { TestsCheck, TestsRequest } from './tests/tests.ts';
