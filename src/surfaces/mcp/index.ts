export { runMcp } from './run-mcp.ts';
export type { OpenHost, Program } from './program.ts';
