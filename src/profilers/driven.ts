import { StropError } from '#base';
import type { Host } from '#host';
import { workerEnvironment, workerSpec } from '#measuring';
import type { WorkerSettings } from '#measuring';
import type { Side } from '#revisions';
import type { CommandWorkload, Workload } from '#workloads';
import { finish, outputOf } from './finish.ts';
import type { RecordedFile, RecordRequest } from './finish.ts';
import { hookedEnvironment } from './kit.ts';

/**
 * Records a workload that strop holds with a tool that has to start the program itself: a small driver holds the workload
 * there. Errors: those of the workload, `tool-failed`.
 */
export async function recordDriven(
  host: Host,
  request: RecordRequest,
  side: Side,
  workload: Exclude<Workload, CommandWorkload>,
  worker: WorkerSettings,
): Promise<RecordedFile> {
  const { profiler, kit, ask, signal } = request;
  const driver = `${host.folders.shims}/_strop_profile/drive.py`;
  const spec = `${ask.folder}/spec.json`;
  const answers = `${ask.folder}/answers.json`;
  const loop = { op: 'loop', seconds: ask.seconds, loops: MOST_LOOPS, around: null };
  const hold = workerSpec(host, side, workload, worker.runFolder);
  await host.files.writeAtomically(spec, JSON.stringify({ hold, loop }));
  const launch = profiler.command?.(ask, kit, { options: [], target: [driver, spec, answers] });
  if (launch === undefined) {
    throw new StropError({
      code: 'bad-request',
      problem: `${profiler.title} cannot repeat a workload`,
      where: workload.id,
      remedy: 'Name a command after --, or leave --tool away.',
    });
  }
  const result = await host.processes.run({
    argv: launch.argv,
    cwd: side.project,
    env: {
      ...hookedEnvironment(host, kit, workerEnvironment(host, side, worker.runFolder, 0)),
      ...launch.env,
    },
    timeoutMs: worker.timeoutMs,
    signal,
    keepBytes: 65_536,
  });
  const answer = parseAnswers((await host.files.readText(answers)) ?? '[]');
  if (answer.loops === undefined || (answer.failed ?? '') !== '') {
    throw new StropError({
      code: result.timedOut ? 'workload-timeout' : 'workload-failed',
      problem: `the workload fails under ${profiler.title}: ${answer.failed ?? `exit code ${String(result.exitCode ?? result.signal ?? 'unknown')}`}`,
      where: workload.id,
      remedy: 'Run it without a profiler first (strop compare, or the test by itself).',
      detail: (answer.trace ?? outputOf(result)).trim().split('\n').slice(-25).join('\n'),
    });
  }
  const measured = { loops: answer.loops, wallNs: answer.wall, cpuNs: answer.cpu, bareCpuNs: undefined };
  return finish(host, request, launch, { ...measured, text: outputOf(result), held: true, notes: {} });
}

const MOST_LOOPS = 1_000_000;

interface Answers {
  readonly loops: number | undefined;
  readonly wall: number | undefined;
  readonly cpu: number | undefined;
  readonly failed: string | undefined;
  readonly trace: string | undefined;
}

/** The driver writes what a worker would send, one object after the other. */
function parseAnswers(text: string): Answers {
  const list: unknown = JSON.parse(text);
  const fields: Record<string, unknown> = {};
  for (const each of Array.isArray(list) ? list : []) Object.assign(fields, each);
  const number = (key: string) => (typeof fields[key] === 'number' ? fields[key] : undefined);
  const word = (key: string) => (typeof fields[key] === 'string' ? fields[key] : undefined);
  const message = word('message');
  return {
    loops: number('loops'),
    wall: number('wall'),
    cpu: number('cpu'),
    failed: word('failed') === undefined ? undefined : (message ?? word('failed')),
    trace: word('trace'),
  };
}
