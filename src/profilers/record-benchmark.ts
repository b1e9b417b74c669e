import { StropError } from '#base';
import type { Host } from '#host';
import { loopWorkload, workerEnvironment } from '#measuring';
import type { WorkerSettings } from '#measuring';
import type { Side } from '#revisions';
import type { Workload } from '#workloads';
import { failureOfCommand } from './command-failure.ts';
import { cprofile } from './cprofile/profiler.ts';
import { finish, outputOf } from './finish.ts';
import type { RecordedFile, RecordRequest } from './finish.ts';
import { hookedEnvironment } from './kit.ts';

/** Inside half a second to one second, the profiler's own time included, rows are told apart, and nobody waits long. */
const PROFILED_NS = 750e6;
const MOST_TIMED = 1_000_000;
/** pytest-benchmark switches the profiler on and off around each call, which takes some 60 µs with sys.monitoring. */
const MOST_LOOPS = 20_000;
const TO_TIME_SECONDS = 0.2;

/** Profiles one benchmark by the means of its own plugin, with as many calls as fill the time. */
export async function recordBenchmark(
  host: Host,
  request: RecordRequest,
  side: Side,
  workload: Workload,
  worker: WorkerSettings,
): Promise<RecordedFile> {
  const { profiler, kit, ask, signal } = request;
  if (workload.kind !== 'pytest' || profiler.benchmark === undefined) {
    throw new StropError({
      code: 'bad-request',
      problem: `${profiler.title} profiles benchmarks of pytest only`,
      where: workload.id,
      remedy: 'Name a test that uses the fixture `benchmark`, or take --tool cprofile.',
    });
  }
  // Under the same tracer, which slows what calls much down by a multiple.
  const around = cprofile.around?.(ask);
  const timed = {
    seconds: TO_TIME_SECONDS,
    maxLoops: MOST_TIMED,
    ...(around === undefined ? {} : { around: { ...around, folder: null } }),
  };
  const traced = await loopWorkload(host, side, worker, workload, timed);
  const each = Math.max(1, traced.wallNs / traced.loops);
  const loops = Math.min(MOST_LOOPS, Math.max(1, Math.ceil(PROFILED_NS / each)));
  const launch = profiler.benchmark(ask, kit, workload.nodeId, loops);
  await host.files.makeFolder(launch.output);
  const separator = host.platform === 'win32' ? ';' : ':';
  const plain = workerEnvironment(host, side, worker.runFolder, 0);
  const path = [...side.sourceRoots, plain['PYTHONPATH'] ?? ''].filter((entry) => entry !== '');
  const result = await host.processes.run({
    argv: launch.argv,
    cwd: side.project,
    env: hookedEnvironment(host, kit, { ...plain, PYTHONPATH: path.join(separator) }),
    timeoutMs: worker.timeoutMs,
    signal,
    keepBytes: 65_536,
  });
  if (!result.ok) throw failureOfCommand(profiler, workload, result, outputOf(result));
  const measured = { loops, wallNs: undefined, cpuNs: undefined, bareCpuNs: traced.bareCpuNs };
  return finish(host, request, launch, { ...measured, held: true, notes: {}, text: outputOf(result) });
}
