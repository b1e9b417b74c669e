export type { Revision, Side } from './side.ts';
