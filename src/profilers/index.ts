import { cprofile } from './cprofile/profiler.ts';
import type { Profiler } from './profiler.ts';

export type { Cleaned, Profiler, Setting } from './profiler.ts';
export { cprofile } from './cprofile/profiler.ts';

/** Every profiler that strop knows how to handle. */
export const profilers: readonly Profiler[] = [cprofile];
