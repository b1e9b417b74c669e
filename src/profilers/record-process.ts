import { StropError } from '#base';
import type { Host } from '#host';
import { finish, outputOf } from './finish.ts';
import type { RecordedFile, RecordRequest } from './finish.ts';
import { hookedEnvironment } from './kit.ts';
import { explainWatch } from './permission.ts';
import type { Injection, Launch } from './profiler.ts';
import { startWatch } from './watch.ts';

/** Watches a process that runs already, for the time that was asked. */
export async function recordProcess(host: Host, request: RecordRequest, pid: number): Promise<RecordedFile> {
  const { profiler, kit, ask, signal } = request;
  const injection = profiler.inject?.(ask, kit, pid);
  if (injection !== undefined) return recordInjected(host, request, pid, injection);
  const launch = profiler.watch?.(ask, kit, pid);
  if (launch === undefined) {
    throw new StropError({
      code: 'bad-request',
      problem: `${profiler.title} cannot look into a process that runs already`,
      remedy: 'Use --tool py-spy.',
    });
  }
  const watch = await startWatch(host, profiler.title, launch, pid, ask.seconds);
  const stop = (): void => void watch.kill();
  signal.addEventListener('abort', stop, { once: true });
  try {
    const begin = host.clock.nowNs();
    const text = await watch.end();
    const measured = {
      ...UNKNOWN,
      wallNs: host.clock.nowNs() - begin,
      text,
    };
    return await finish(host, request, launch, measured);
  } finally {
    signal.removeEventListener('abort', stop);
    await watch.kill();
  }
}

const UNKNOWN = { loops: undefined, cpuNs: undefined, bareCpuNs: undefined, held: false, notes: {} };

const TO_INJECT_MS = 60_000;

async function recordInjected(
  host: Host,
  request: RecordRequest,
  pid: number,
  { begin, end, hint }: Injection,
): Promise<RecordedFile> {
  const { profiler, kit, ask, signal } = request;
  const env = hookedEnvironment(host, kit, host.env);
  const run = (argv: Launch['argv']) =>
    host.processes.run({ argv, env, cwd: ask.folder, timeoutMs: TO_INJECT_MS, signal });
  const result = await run(begin.argv);
  const text = outputOf(result);
  if (!result.ok) {
    const error = await explainWatch(host, profiler.title, pid, text);
    throw new StropError({ ...error.facts, remedy: `${error.facts.remedy} ${hint}` });
  }
  const begun = host.clock.nowNs();
  await host.clock.sleep(ask.seconds * 1000, signal);
  await run(end);
  signal.throwIfAborted();
  const wallNs = host.clock.nowNs() - begun;
  return finish(host, request, begin, { ...UNKNOWN, wallNs, text });
}
