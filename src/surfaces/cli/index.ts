export { runCli } from './run-cli.ts';
export type { Program } from './run-cli.ts';
export { realWorld } from './world.ts';
export type { Output, StopSignal, World } from './world.ts';
