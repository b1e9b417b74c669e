#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { operations } from '#operations';
import { realWorld, runCli } from '#surfaces/cli';

/*
 * Wires the real world to the command line. Nothing heavy may be imported here: every start of strop pays for it, and
 * `strop --version` has to cost about as much as an empty Node.
 */
try {
  // One level up, both from src/ and from dist/.
  const manifest: unknown = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  const { version } = manifest as { readonly version: string };
  const createHost = async () => (await import('#host')).createHost();
  process.exit(await runCli({ version, operations, createHost }, realWorld()));
} catch (error) {
  // Node's own exit code for this would be 1, which means "something got slower".
  console.error(error);
  process.exit(70);
}
