#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { operations } from '#operations';
import { realWorld, runCli } from '#surfaces/cli';
import type { Service } from '#surfaces/cli';

/*
 * Wires the real world to the command line. Nothing heavy may be imported here: every start of strop pays for it, and
 * `strop --version` has to cost about as much as an empty Node.
 */
try {
  // One level up, both from src/ and from dist/.
  const shipped = (path: string): URL => new URL(`../${path}`, import.meta.url);
  const manifest: unknown = JSON.parse(readFileSync(shipped('package.json'), 'utf8'));
  const { version } = manifest as { readonly version: string };
  const createHost = async (options?: { readonly cwd: string }) =>
    (await import('#host')).createHost(options);
  const mcp: Service = {
    name: 'mcp',
    summary: 'Serve coding agents: every command as a tool of the Model Context Protocol',
    async run(argv) {
      const { runMcp } = await import('#surfaces/mcp');
      const cheatSheet = fileURLToPath(shipped('skill/references/tools-cheatsheet.md'));
      return runMcp({ version, operations, cheatSheet, createHost }, argv);
    },
  };
  process.exit(await runCli({ version, operations, services: [mcp], createHost }, realWorld()));
} catch (error) {
  // Node's own exit code for this would be 1, which means "something got slower".
  console.error(error);
  process.exit(70);
}
