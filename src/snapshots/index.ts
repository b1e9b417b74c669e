export { compareSnapshots } from './compare-snapshots.ts';
export type {
  ComparedSnapshotBenchmark,
  SnapshotComparison,
  SnapshotRatio,
  SnapshotRule,
} from './compare-snapshots.ts';
export { findSnapshots, readSnapshot } from './find.ts';
export { measureSnapshot } from './measure.ts';
export type { LeftOut, MeasuredSnapshot, SnapshotRequest } from './measure.ts';
export { findNodePrefix } from './node-prefix.ts';
export type {
  Snapshot,
  SnapshotBenchmark,
  SnapshotCommit,
  SnapshotMachine,
  SnapshotPlace,
} from './snapshot.ts';
export { takeSnapshot } from './take.ts';
export type { TakenSnapshot } from './take.ts';
