export { runCli } from './run-cli.ts';
export type { OpenHost, Program, Service } from './program.ts';
export { realWorld } from './world.ts';
export type { Output, StopSignal, World } from './world.ts';
