export { openMeasurement } from './open-measurement.ts';
export type { MeasureRequest, Measurement, PairWish } from './measurement.ts';
export { fastestLogRatios, logRatios, timeOf } from './pair.ts';
export type { Block, Both, ExtraMeter, Pair, Plan, TimeMeter } from './pair.ts';
export { listAsv, listPytest, profileOnce } from './ask.ts';
export type { Found, FoundTest, ProfileRequest } from './ask.ts';
export type { WorkerSettings } from './session.ts';
export { bytecodeFolder } from './environment.ts';
