import { StropError } from '#base';
import type { Host } from '#host';
import { finish } from './finish.ts';
import type { RecordedFile, RecordRequest } from './finish.ts';
import { startWatch } from './watch.ts';

/** Watches a process that runs already, for the time that was asked. */
export async function recordProcess(host: Host, request: RecordRequest, pid: number): Promise<RecordedFile> {
  const { profiler, kit, ask, signal } = request;
  const launch = profiler.watch?.({ ...ask, question: ask.question }, kit, pid);
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

const UNKNOWN = { loops: undefined, cpuNs: undefined, bareCpuNs: undefined, notes: {} };
