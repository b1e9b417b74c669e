import { StropError } from '#base';
import type { Doubt } from '#base';
import type { Host } from '#host';
import { endedMeanwhile } from './dump-process.ts';
import { finish, outputOf } from './finish.ts';
import type { RecordedFile, RecordRequest } from './finish.ts';
import { hookedEnvironment } from './kit.ts';
import { explainWatch } from './permission.ts';
import type { Injection, Launch } from './profiler.ts';
import { isRunning, resumeStopped } from './running-process.ts';
import { startWatch } from './watch.ts';

/**
 * Watches a process that runs already, for the time that was asked, and leaves it running. Errors: `no-permission`,
 * `process-missing` (also when it ends before anything was seen), `tool-failed`.
 */
export async function recordProcess(host: Host, request: RecordRequest, pid: number): Promise<RecordedFile> {
  const { profiler, kit, ask, signal } = request;
  const begin = host.clock.nowNs();
  const injection = profiler.inject?.(ask, kit, pid);
  const launch = injection === undefined ? profiler.watch?.(ask, kit, pid) : injection.begin;
  if (launch === undefined) {
    throw new StropError({
      code: 'bad-request',
      problem: `${profiler.title} cannot look into a process that runs already`,
      remedy: 'Use --tool py-spy.',
    });
  }
  try {
    const recorded =
      injection === undefined
        ? await recordWatched(host, request, pid, launch)
        : await recordInjected(host, request, pid, injection);
    const seconds = (host.clock.nowNs() - begin) / 1e9;
    const early = seconds < ask.seconds || injection !== undefined;
    if (!early || (await isRunning(host, pid))) return recorded;
    return { ...recorded, doubts: [...recorded.doubts, endedEarly(seconds)] };
  } catch (error) {
    signal.throwIfAborted();
    const isToolsWord =
      error instanceof StropError &&
      ['tool-failed', 'stacks-unreadable', 'workload-failed'].includes(error.code);
    if (!isToolsWord || (await isRunning(host, pid))) throw error;
    throw endedMeanwhile(pid, error.facts.detail ?? '');
  }
}

function endedEarly(seconds: number): Doubt {
  return {
    code: 'profile-cut-short',
    text: `The process ended by itself ${seconds.toFixed(1)} s after strop began to look: there is no more of it.`,
  };
}

async function recordWatched(
  host: Host,
  request: RecordRequest,
  pid: number,
  launch: Launch,
): Promise<RecordedFile> {
  const { profiler, ask, signal } = request;
  const watch = await startWatch(host, profiler.title, launch, pid);
  const stop = (): void => void watch.kill();
  signal.addEventListener('abort', stop, { once: true });
  try {
    signal.throwIfAborted();
    const begin = host.clock.nowNs();
    const text = await watch.end(ask.seconds);
    return await finish(host, request, launch, {
      ...UNKNOWN,
      wallNs: host.clock.nowNs() - begin,
      text,
    });
  } finally {
    signal.removeEventListener('abort', stop);
    await watch.kill();
    await resumeStopped(host, pid);
  }
}

const UNKNOWN = { loops: undefined, cpuNs: undefined, bareCpuNs: undefined, held: false, notes: {} };

const TO_INJECT_MS = 60_000;
const POLL_MS = 200;

async function recordInjected(
  host: Host,
  request: RecordRequest,
  pid: number,
  { begin, end, hint }: Injection,
): Promise<RecordedFile> {
  const { profiler, kit, ask, signal } = request;
  const env = hookedEnvironment(host, kit, host.env);
  // Ended half-way a debugger leaves its break points behind, and the process dies of them: nothing ends it but time.
  const run = (argv: Launch['argv']) =>
    host.processes.run({ argv, env, cwd: ask.folder, timeoutMs: TO_INJECT_MS, outlives: true });
  const result = await run(begin.argv);
  const text = outputOf(result);
  if (!result.ok) {
    await resumeStopped(host, pid);
    if (result.timedOut || /found no moment to get in|Timed out waiting for connection/.test(text))
      throw neverIn(profiler.title, pid, text);
    const error = await explainWatch(host, profiler.title, pid, text);
    throw new StropError({ ...error.facts, remedy: `${error.facts.remedy} ${hint}` });
  }
  const begun = host.clock.nowNs();
  const passed = (): number => (host.clock.nowNs() - begun) / 1e6;
  while (passed() < ask.seconds * 1000 && !signal.aborted && (await isRunning(host, pid)))
    await host.clock.sleep(Math.min(POLL_MS, Math.max(1, ask.seconds * 1000 - passed())), signal);
  const wallNs = host.clock.nowNs() - begun;
  await run(end);
  signal.throwIfAborted();
  return finish(host, request, begin, { ...UNKNOWN, wallNs, text });
}

function neverIn(tool: string, pid: number, text: string): StropError {
  return new StropError({
    code: 'tool-failed',
    problem: `${tool} found no moment to get in: the process sleeps in one call`,
    where: `process ${String(pid)}`,
    remedy: 'Give it something to do, then try again; `strop dump` shows where it stands.',
    detail: text.trim().split('\n').slice(0, 12).join('\n'),
  });
}
