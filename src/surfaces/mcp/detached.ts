import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import process from 'node:process';
import { failureOf } from '#base';
import { confineHost } from './boundaries.ts';
import { carryOut } from './carry-out.ts';
import type { Host, Program } from './program.ts';
import { openRuns, stateHere } from './runs.ts';
import type { RunRequest } from './runs.ts';

/** The flag by which strop carries out a kept request; for strop itself. */
export const CARRY_OUT = '--carry-out';

/** The shortest time between two notes about progress. */
const NOTE_EVERY_MS = 1_000;

/**
 * Starts a strop of its own for a request, in a session of its own: neither the end of this process nor that of the
 * client's connection ends it.
 */
export async function startDetached(host: Host, request: RunRequest): Promise<void> {
  const runs = openRuns(host);
  await runs.begin(request);
  const output = openSync(`${runs.folderOf(request.id)}/output.txt`, 'a');
  try {
    const program = process.argv[1] ?? '';
    const child = spawn(process.execPath, [program, 'mcp', CARRY_OUT, request.id], {
      cwd: request.project,
      detached: true,
      stdio: ['ignore', output, output],
    });
    await new Promise<void>((resolve, reject) => {
      child.once('spawn', resolve);
      child.once('error', reject);
    });
    child.unref();
  } finally {
    closeSync(output);
  }
}

/** Carries out the request that was kept under this id and keeps how it ended; resolves to the exit code. */
export async function carryOutKept(program: Program, id: string): Promise<number> {
  const own = await program.createHost();
  const runs = openRuns(own);
  const run = await runs.get(id);
  if (run === undefined || run.state !== undefined) return 2;
  const { request } = run;
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => {
      stop.abort();
    });
  let told = -Infinity;
  let telling = runs.tell(id, await stateHere(own, 'started'));
  const progress = (text: string): void => {
    if (performance.now() - told < NOTE_EVERY_MS) return;
    told = performance.now();
    // One after the other: an older note must not overwrite a newer one.
    telling = telling.then(async () => runs.tell(id, await stateHere(own, text))).catch(() => undefined);
  };
  try {
    await telling;
    const operation = await program.operations.find(({ name }) => name === request.operation)?.load();
    if (operation === undefined) return 2;
    const host = confineHost(await program.createHost({ cwd: request.project }), request.allowed);
    const input = operation.input.parse(request.input);
    const end = await carryOut({ operation, input, host, signal: stop.signal, progress });
    await telling;
    await runs.end(id, end);
    return 0;
  } catch (error) {
    await runs.end(id, { outcome: 'failed', failure: failureOf(error) });
    return 70;
  } finally {
    await own.close();
  }
}
