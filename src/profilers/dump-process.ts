import { StropError } from '#base';
import type { Host } from '#host';
import type { RecordRequest } from './finish.ts';
import { explainWatch } from './permission.ts';
import { isRunning, resumeStopped } from './running-process.ts';

const TO_DUMP_MS = 30_000;
/** Threads with all their variables; more is cut off, and the reader says so. */
const MOST_BYTES = 256 * 1024 * 1024;

/**
 * What a tool prints about where each thread of a process stands, in a format that a reader knows. The process is held for
 * that moment and goes on. Errors: `no-permission`, `process-missing`, `tool-failed`.
 */
export async function dumpProcess(host: Host, request: RecordRequest, pid: number): Promise<Uint8Array> {
  const { profiler, kit, ask, signal } = request;
  const argv = profiler.dump?.(ask, kit, pid);
  if (argv === undefined) {
    throw new StropError({
      code: 'bad-request',
      problem: `${profiler.title} cannot tell where threads stand`,
      remedy: 'Use py-spy.',
    });
  }
  const result = await host.processes.run({
    argv,
    cwd: ask.folder,
    timeoutMs: TO_DUMP_MS,
    keepBytes: MOST_BYTES,
    signal,
  });
  if (!result.ok && (result.aborted || result.timedOut)) await resumeStopped(host, pid);
  signal.throwIfAborted();
  if (result.ok) return new TextEncoder().encode(result.stdout);
  if (result.timedOut) {
    throw new StropError({
      code: 'tool-failed',
      problem: `${profiler.title} did not answer within ${String(TO_DUMP_MS / 1000)} s`,
      where: `process ${String(pid)}`,
      remedy: 'Try again; where the machine is too busy, wait until it is not.',
    });
  }
  if (!(await isRunning(host, pid))) throw endedMeanwhile(pid, result.stderr);
  throw await explainWatch(host, profiler.title, pid, `${result.stderr}\n${result.stdout}`);
}

/** The process ended before anything was seen of it. */
export function endedMeanwhile(pid: number, detail: string): StropError {
  const said = detail.trim().split('\n').slice(0, 12).join('\n');
  return new StropError({
    code: 'process-missing',
    problem: 'the process ended before anything could be recorded of it',
    where: `process ${String(pid)}`,
    remedy:
      'Name one that runs longer; a short program is better started by strop itself: strop profile -- COMMAND.',
    ...(said === '' ? {} : { detail: said }),
  });
}
