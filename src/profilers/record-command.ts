import { StropError } from '#base';
import type { Doubt } from '#base';
import type { Host, Reply, Worker } from '#host';
import type { CommandWorkload } from '#workloads';
import { doubtEnd, failureOfCommand } from './command-failure.ts';
import { finish, outputOf, readNotes } from './finish.ts';
import type { Measured, RecordedFile, RecordRequest } from './finish.ts';
import { hookedEnvironment } from './kit.ts';
import type { Launch, Profiler } from './profiler.ts';
import { requireTarget, splitCommand } from './python-command.ts';
import { startWatch } from './watch.ts';
import type { Watch } from './watch.ts';

/** A whole program to be recorded. */
export interface CommandRun {
  readonly workload: CommandWorkload;
  readonly cwd: string;
  /** The complete environment. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly timeoutMs: number;
  /** It reads what strop itself was given on stdin, instead of nothing. */
  readonly inheritsInput: boolean;
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
    inheritsInput: run.inheritsInput,
    signal,
    keepBytes: 65_536,
  });
  signal.throwIfAborted();
  const ending = doubtEnd(profiler, workload, result, outputOf(result));
  const notes = await readNotes(host, launch.output);
  const measured = { ...ONCE, wallNs: result.durationNs, notes, held: false, text: outputOf(result) };
  const failure = ending.length > 0 ? failureOfCommand(profiler, workload, result) : undefined;
  const recorded = await finishOr(host, request, launch, measured, failure);
  return { ...recorded, doubts: [...recorded.doubts, ...ending] };
}

/** A program that ended oddly is an answer where it left a recording; where it did not, its end says why. */
async function finishOr(
  host: Host,
  request: RecordRequest,
  launch: Launch,
  measured: Measured,
  instead: StropError | undefined,
): Promise<RecordedFile> {
  try {
    return await finish(host, request, launch, measured);
  } catch (error) {
    throw error instanceof StropError && instead !== undefined ? instead : error;
  }
}

const ONCE = { loops: 1, cpuNs: undefined, bareCpuNs: undefined };

const POLL_MS = 10;
const TO_BEGIN_MS = 5_000;
/** How often the sampler is looked after while the program runs. */
const TO_LOOK_AFTER_MS = 100;

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
  const target = host.processes.startWorker({ argv, cwd: run.cwd, env, inheritsInput: run.inheritsInput });
  const stop = (): void => void target.kill();
  signal.addEventListener('abort', stop, { once: true });
  let watch: Awaited<ReturnType<typeof startWatch>> | undefined;
  try {
    const started = await waitForHold(host, target, hold);
    const launch = target.pid === undefined ? undefined : profiler.watch?.(ask, kit, target.pid);
    if (typeof started === 'object' || launch === undefined || target.pid === undefined) {
      signal.throwIfAborted();
      const end = typeof started === 'object' ? started : { kind: 'timeout' as const };
      throw failureOfCommand(profiler, run.workload, end, target.output());
    }
    watch = await startWatch(host, profiler.title, launch, target.pid);
    const begin = host.clock.nowNs();
    await host.files.writeAtomically(hold, '');
    const mostMs = run.limitSeconds === undefined ? run.timeoutMs : run.limitSeconds * 1000;
    const { reply, unseenNs } = await waitBeside(host, target, watch, mostMs);
    const wallNs = host.clock.nowNs() - begin;
    const printed = target.output();
    await target.kill();
    signal.throwIfAborted();
    const cut = reply.kind === 'timeout' && run.limitSeconds !== undefined;
    const ending = cut ? [CUT_SHORT] : doubtEnd(profiler, run.workload, reply, printed);
    const text = await watch.end();
    const isPartly = unseenNs / 1e6 > 2 * TO_LOOK_AFTER_MS;
    // How much it waited is to be judged by the time in which somebody looked.
    const seen = { ...ONCE, wallNs: isPartly ? wallNs - unseenNs : wallNs, text, held: false, notes: {} };
    const failure = isPartly
      ? stoppedEarly(profiler, run.workload, unseenNs)
      : cut || ending.length === 0
        ? undefined
        : failureOfCommand(profiler, run.workload, reply, printed);
    const recorded = await finishOr(host, request, launch, seen, failure);
    const doubts = [
      ...recorded.doubts,
      ...ending,
      ...(started === 'unseen' ? [START_UNSEEN] : []),
      ...(isPartly ? [doubtUnseen(profiler, unseenNs, wallNs)] : []),
    ];
    return { ...recorded, wallNs, doubts, ...(cut ? { loops: undefined } : {}) };
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

const START_UNSEEN: Doubt = {
  code: 'start-unseen',
  text: `The command did not wait for the sampler at its start, as with \`python -I\`, -E or -S, or a Python that it starts without its environment: what it did in its first ${String(TO_BEGIN_MS / 1000)} s is not in here.`,
};

/** A sampler ends when it finds no Python any more, though the command may start another one a moment later. */
function doubtUnseen({ title }: Profiler, unseenNs: number, wallNs: number): Doubt {
  const share = Math.round((100 * unseenNs) / wallNs);
  return {
    code: 'profile-cut-short',
    text: `${title} stopped looking when the first Python had ended, and the command went on for ${(unseenNs / 1e9).toFixed(1)} s (${String(share)} % of the time) that are not in here: profile its Python programs one by one.`,
  };
}

function stoppedEarly({ title }: Profiler, { id }: CommandWorkload, unseenNs: number): StropError {
  return new StropError({
    code: 'tool-failed',
    problem: `${title} stopped looking when the first Python had ended, too soon for a sample, and the command went on for ${(unseenNs / 1e9).toFixed(1)} s`,
    where: id,
    remedy: 'Profile the Python programs that it starts, one by one.',
  });
}

/** Waits for the end of the program, and says how long it went on when the sampler looked no more. */
async function waitBeside(
  host: Host,
  target: Worker,
  watch: Watch,
  mostMs: number,
): Promise<{ readonly reply: Reply; readonly unseenNs: number }> {
  const begin = host.clock.nowNs();
  let overNs: number | undefined;
  for (;;) {
    const left = mostMs - (host.clock.nowNs() - begin) / 1e6;
    const reply = await target.receive(Math.max(0, Math.min(left, TO_LOOK_AFTER_MS)));
    const nowNs = host.clock.nowNs();
    if (reply.kind !== 'timeout' || left <= 0)
      return { reply, unseenNs: overNs === undefined ? 0 : nowNs - overNs };
    if (overNs === undefined && (await watch.isOver())) overNs = nowNs;
  }
}

/** Resolves when the program waits; with its end when it did not come so far. A program that never waits is watched as it runs. */
async function waitForHold(
  host: Host,
  target: Worker,
  hold: string,
): Promise<Extract<Reply, { kind: 'ended' }> | 'waits' | 'unseen'> {
  const begin = host.clock.nowNs();
  while ((host.clock.nowNs() - begin) / 1e6 < TO_BEGIN_MS) {
    if ((await host.files.kind(`${hold}.here`)) !== undefined) return 'waits';
    const reply = await target.receive(POLL_MS);
    if (reply.kind === 'ended') return reply;
  }
  return 'unseen';
}

function cannotRun(profiler: Profiler, workload: CommandWorkload): StropError {
  return new StropError({
    code: 'bad-request',
    problem: `${profiler.title} cannot run a whole command`,
    where: workload.id,
    remedy: 'Name a workload for it, or leave --tool away.',
  });
}
