import { cprofile } from './cprofile/profiler.ts';
import { lineProfiler } from './line_profiler/profiler.ts';
import { memray } from './memray/profiler.ts';
import type { Profiler } from './profiler.ts';
import { pyinstrument } from './pyinstrument/profiler.ts';
import { pytestBenchmark } from './pytest-benchmark/profiler.ts';
import { scalene } from './scalene/profiler.ts';
import { tachyon } from './tachyon/profiler.ts';
import { tracemalloc } from './tracemalloc/profiler.ts';
import { pySpy } from './py-spy/profiler.ts';

export type {
  Ask,
  ChosenFunction,
  Cleaned,
  Kit,
  Launch,
  Place,
  Printed,
  Profiler,
  PythonCommand,
  Question,
  Setting,
} from './profiler.ts';
export { chooseProfilers } from './choose.ts';
export type { Candidate, Choices, Wish } from './choose.ts';
export type { RecordedFile, RecordRequest } from './finish.ts';
export { openKit } from './kit.ts';
export type { FoundTool } from './kit.ts';
export { recordCommand } from './record-command.ts';
export type { CommandRun } from './record-command.ts';
export { recordHeld } from './record-held.ts';
export { dumpProcess } from './dump-process.ts';
export { requireSight } from './permission.ts';
export { recordProcess } from './record-process.ts';
export { findProcess } from './running-process.ts';
export type { RunningProcess } from './running-process.ts';
export { cprofile } from './cprofile/profiler.ts';

/** Every profiler that strop knows how to handle. */
export const profilers: readonly Profiler[] = [
  cprofile,
  tachyon,
  pySpy,
  lineProfiler,
  scalene,
  tracemalloc,
  memray,
  pyinstrument,
  pytestBenchmark,
];
