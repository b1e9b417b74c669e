import { StropError } from '#base';
import type { Doubt } from '#base';
import type { Host } from '#host';
import type { CommandWorkload } from '#workloads';
import { failureOfCommand } from './command-failure.ts';
import { finish, outputOf, readNotes } from './finish.ts';
import type { RecordedFile, RecordRequest } from './finish.ts';
import { hookedEnvironment } from './kit.ts';
import type { Profiler } from './profiler.ts';
import { requireTarget, splitCommand } from './python-command.ts';
import { startWatch } from './watch.ts';

/** A whole program to be recorded. */
export interface CommandRun {
  readonly workload: CommandWorkload;
  readonly cwd: string;
  /** The complete environment. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly timeoutMs: number;
  /** The program is ended after so many seconds; it runs to its end without. Only for tools that watch. */
  readonly limitSeconds: number | undefined;
}

/** Runs a program to its end under a profiler. Errors: `workload-failed`, `workload-timeout`, and those of the tool. */
export async function recordCommand(
  host: Host,
  request: RecordRequest,
  run: CommandRun,
): Promise<RecordedFile> {
  const { profiler, kit, ask, signal } = request;
  const { workload } = run;
  const parts = await splitCommand(host, kit.python, run.cwd, workload.argv);
  if (profiler.watch !== undefined) {
    const argv: readonly [string, ...string[]] =
      parts === undefined ? workload.argv : [kit.python, ...parts.options, ...parts.target];
    return watchCommand(host, request, run, argv);
  }
  if (profiler.command === undefined) throw cannotRun(profiler, workload);
  if (run.limitSeconds !== undefined) {
    throw new StropError({
      code: 'bad-request',
      problem: `${profiler.title} writes its file at the end of the program, so --duration cannot end it before`,
      where: workload.id,
      remedy: 'Leave --duration away, or watch from outside: --tool py-spy.',
    });
  }
  const launch = profiler.command(ask, kit, requireTarget(parts, profiler.title, workload.id));
  const result = await host.processes.run({
    argv: launch.argv,
    cwd: run.cwd,
    env: { ...hookedEnvironment(host, kit, run.env), ...launch.env },
    timeoutMs: run.timeoutMs,
    signal,
    keepBytes: 65_536,
  });
  if (!result.ok) throw failureOfCommand(profiler, workload, result);
  const notes = await readNotes(host, launch.output);
  const measured = { ...ONCE, wallNs: result.durationNs, notes, held: false, text: outputOf(result) };
  return finish(host, request, launch, measured);
}

const ONCE = { loops: 1, cpuNs: undefined, bareCpuNs: undefined };

const POLL_MS = 10;
const TO_BEGIN_MS = 5_000;

/** The program waits at its start until the sampler looks, so that short programs are seen whole. */
async function watchCommand(
  host: Host,
  request: RecordRequest,
  run: CommandRun,
  argv: readonly [string, ...string[]],
): Promise<RecordedFile> {
  const { profiler, kit, ask, signal } = request;
  const hold = `${ask.folder}/hold`;
  const env = {
    ...hookedEnvironment(host, kit, run.env),
    STROP_TOOL_PATH: undefined,
    STROP_HOLD: hold,
    STROP_TRACEABLE: '1',
  };
  const target = host.processes.startWorker({ argv, cwd: run.cwd, env });
  const stop = (): void => void target.kill();
  signal.addEventListener('abort', stop, { once: true });
  let watch: Awaited<ReturnType<typeof startWatch>> | undefined;
  try {
    const early = await waitForHold(host, target, hold);
    const launch = target.pid === undefined ? undefined : profiler.watch?.(ask, kit, target.pid);
    if (early !== undefined || launch === undefined || target.pid === undefined) {
      signal.throwIfAborted();
      throw failureOfCommand(profiler, run.workload, early ?? { kind: 'timeout' }, target.output());
    }
    watch = await startWatch(host, profiler.title, launch, target.pid);
    const begin = host.clock.nowNs();
    await host.files.writeAtomically(hold, '');
    const reply = await target.receive(
      run.limitSeconds === undefined ? run.timeoutMs : run.limitSeconds * 1000,
    );
    const wallNs = host.clock.nowNs() - begin;
    const printed = target.output();
    await target.kill();
    signal.throwIfAborted();
    const cut = reply.kind === 'timeout' && run.limitSeconds !== undefined;
    if (!cut && (reply.kind !== 'ended' || reply.exitCode !== 0))
      throw failureOfCommand(profiler, run.workload, reply, printed);
    const text = await watch.end();
    const recorded = await finish(host, request, launch, { ...ONCE, wallNs, text, held: false, notes: {} });
    return cut ? { ...recorded, loops: undefined, doubts: [...recorded.doubts, CUT_SHORT] } : recorded;
  } finally {
    signal.removeEventListener('abort', stop);
    await watch?.kill();
    await target.kill();
  }
}

const CUT_SHORT: Doubt = {
  code: 'profile-cut-short',
  text: 'The program was ended when the time of the recording was up: what it does later is not in here.',
};

/** Resolves when the program waits; with its end when it did not come so far. A program that never waits is watched as it runs. */
async function waitForHold(
  host: Host,
  target: ReturnType<Host['processes']['startWorker']>,
  hold: string,
): Promise<Awaited<ReturnType<typeof target.receive>> | undefined> {
  const begin = host.clock.nowNs();
  while ((host.clock.nowNs() - begin) / 1e6 < TO_BEGIN_MS) {
    if ((await host.files.kind(`${hold}.here`)) !== undefined) return undefined;
    const reply = await target.receive(POLL_MS);
    if (reply.kind === 'ended') return reply;
  }
  return undefined;
}

function cannotRun(profiler: Profiler, workload: CommandWorkload): StropError {
  return new StropError({
    code: 'bad-request',
    problem: `${profiler.title} cannot run a whole command`,
    where: workload.id,
    remedy: 'Name a workload for it, or leave --tool away.',
  });
}
