export { changedPaths } from './content.ts';
export type { ChangedPath } from './content.ts';
export { parseRevisions } from './request.ts';
export type { RevisionRequest, SideRequests } from './request.ts';
export { openRun, removeLeftovers } from './run.ts';
export type { Run } from './run.ts';
export { prepareSides } from './sides.ts';
export type { PreparedSides, SidesOptions } from './sides.ts';
export type { Revision, Side } from './side.ts';
