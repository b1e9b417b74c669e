import type { Host } from '#host';
import { loopWorkload } from '#measuring';
import type { WorkerSettings } from '#measuring';
import type { Side } from '#revisions';
import type { CommandWorkload, Workload } from '#workloads';
import { explainQuarrel } from './command-failure.ts';
import { recordDriven } from './driven.ts';
import { recordBenchmark } from './record-benchmark.ts';
import { finish } from './finish.ts';
import type { RecordedFile, RecordRequest } from './finish.ts';
import type { Launch } from './profiler.ts';
import { startWatch } from './watch.ts';
import type { Watch } from './watch.ts';

const MOST_LOOPS = 1_000_000;

/**
 * Repeats a workload that strop holds, with the profiler around the loop or looking from outside. Errors: those of the
 * workload, `tool-failed`, `no-permission`.
 */
export async function recordHeld(
  host: Host,
  request: RecordRequest,
  side: Side,
  workload: Exclude<Workload, CommandWorkload>,
  worker: WorkerSettings,
): Promise<RecordedFile> {
  try {
    return await record(host, request, side, workload, worker);
  } catch (error) {
    throw explainQuarrel(error, request.profiler);
  }
}

async function record(
  host: Host,
  request: RecordRequest,
  side: Side,
  workload: Exclude<Workload, CommandWorkload>,
  worker: WorkerSettings,
): Promise<RecordedFile> {
  const { profiler, kit, ask } = request;
  if (profiler.around !== undefined) {
    const { maxLoops = MOST_LOOPS, ...plan } = profiler.around(ask);
    const around = { ...plan, folder: kit.folder ?? null };
    const loop = { seconds: ask.seconds, maxLoops, around };
    const looped = await loopWorkload(host, side, worker, workload, loop);
    return finish(host, request, { output: plan.output }, { ...looped, held: true, text: '' });
  }
  if (profiler.benchmark !== undefined) return recordBenchmark(host, request, side, workload, worker);
  if (profiler.watch === undefined) return recordDriven(host, request, side, workload, worker);
  let watch: Watch | undefined;
  let launch: Launch | undefined;
  let asked = ask;
  try {
    const looped = await loopWorkload(
      host,
      side,
      worker,
      workload,
      { seconds: ask.seconds, maxLoops: MOST_LOOPS },
      {
        async begin(pid, worksAlone) {
          // On Windows it cannot be stopped before the worker goes, and a held one makes it miscount then.
          if (worksAlone && host.platform !== 'win32') asked = { ...ask, alone: true };
          launch = profiler.watch?.(asked, kit, pid);
          if (launch !== undefined) watch = await startWatch(host, profiler.title, launch, pid);
        },
        // Before the worker goes: on a busy machine samplers do not always notice an end, and take it for thousands of
        // stacks that they could not read.
        async end() {
          await watch?.stop();
        },
      },
    );
    const text = (await watch?.end()) ?? '';
    const seen = { ...looped, held: true, text };
    return await finish(host, { ...request, ask: asked }, { output: launch?.output ?? '' }, seen);
  } finally {
    await watch?.kill();
  }
}
