import { join } from 'node:path';
import { StropError } from '#base';
import type { Host } from '#host';

const TIMEOUT_MS = 30_000;

/**
 * Runs a shim that only parses files: without site-packages (`-S`) and without the user's settings (`-I`), so that
 * nothing of the project runs. Its answer stands between two fresh marks.
 */
export async function runParser(
  host: Host,
  python: string,
  shim: string,
  files: readonly string[],
): Promise<unknown> {
  const mark = `strop-${host.random.token(12)}`;
  const run = await host.processes.run({
    argv: [python, '-I', '-S', join(host.folders.shims, '_strop', shim), mark, ...files],
    timeoutMs: TIMEOUT_MS,
    keepBytes: 64 * 2 ** 20,
  });
  const start = run.stdout.indexOf(mark);
  const end = run.stdout.indexOf(mark, start + mark.length);
  if (start === -1 || end === -1) {
    throw new StropError({
      code: 'no-python',
      problem: 'the interpreter could not read the source',
      where: python,
      remedy: 'Name another interpreter with --python.',
      detail: run.stderr.slice(-4000),
    });
  }
  return JSON.parse(run.stdout.slice(start + mark.length, end)) as unknown;
}
