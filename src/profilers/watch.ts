import { StropError } from '#base';
import type { Host, Reply, Worker } from '#host';
import { explainWatch } from './permission.ts';
import type { Launch } from './profiler.ts';
import { isRunning } from './running-process.ts';

/** A sampler that looks into a process. */
export interface Watch {
  /**
   * Waits for its end, which comes with the end of the process or after so many seconds; answers what it printed. It is
   * interrupted when it has not noticed, so that it writes what it has. Errors: `tool-failed`, also when that does not
   * help.
   */
  end(seconds?: number): Promise<string>;
  /**
   * Makes it look no more while the process still runs; {@link Watch.end} has what it printed. Does nothing where there is
   * no such signal (Windows).
   */
  stop(): Promise<void>;
  /** Whether it looks no more. */
  isOver(): Promise<boolean>;
  kill(): Promise<void>;
}

/** How long a sampler may take, in ms. */
interface Patience {
  /** To stop looking when its process has ended or its time is over, and again when it was interrupted. */
  readonly stopMs: number;
  /** To write its file from then on. */
  readonly writeMs: number;
}

/** What samplers print when they have found their way into the process. */
const LOOKING = /Sampling process/;
/** What they print when they look no more, and only write: interrupted then, a file may be left half done. */
const WRITING = /Stopped sampling|Captured \S+ samples?/;
/** A process that has just been started is no Python yet. */
const NOT_YET = /python version from target|no python processes found/i;
const POLL_MS = 20;
const ATTEMPTS = 3;
const TO_LOOK_MS = 30_000;
/** Writing the file of a long recording with many threads takes its time; to stop takes a sample or two. */
const PATIENCE: Patience = { stopMs: 5_000, writeMs: 120_000 };
/** How often a process that goes on is looked after. */
const TO_LOOK_AFTER_MS = 500;

/**
 * Starts a sampler and resolves when it has begun to look, so that nothing is missed. Errors: `no-permission` with what
 * would give it, `process-missing`, `tool-failed`.
 */
export async function startWatch(
  host: Host,
  tool: string,
  launch: Launch,
  pid: number,
  patience = PATIENCE,
): Promise<Watch> {
  for (let attempt = 1; ; attempt += 1) {
    const sampler = host.processes.startWorker({
      argv: launch.argv,
      cwd: host.cwd,
      env: { ...host.env, ...launch.env },
    });
    const begin = host.clock.nowNs();
    let ended = false;
    while (!ended && !LOOKING.test(sampler.output())) {
      const reply = await sampler.receive(POLL_MS);
      ended = reply.kind === 'ended';
      if ((host.clock.nowNs() - begin) / 1e6 > TO_LOOK_MS) break;
    }
    const text = sampler.output();
    const explain = (printed: string): Promise<StropError> =>
      explainWatch(host, tool, pid, printed, launch.says);
    if (LOOKING.test(text)) {
      return {
        async end(seconds = 0) {
          const reply = await waitForEnd(host, sampler, pid, seconds, patience);
          const printed = sampler.output();
          await sampler.kill();
          if (reply === undefined) throw neverEnds(tool, pid, printed);
          if (reply.exitCode === 0) return printed;
          throw await explain(printed);
        },
        async stop() {
          // A second signal may leave the file of one that writes already half done.
          if (isWriting(sampler) || (await sampler.receive(0)).kind === 'ended') return;
          if (await interrupt(host, sampler)) await waitUntilStopped(host, sampler, patience.stopMs);
        },
        isOver: async () => (await sampler.receive(0)).kind === 'ended',
        kill: () => sampler.kill(),
      };
    }
    await sampler.kill();
    const reason = await findReason(host, launch);
    if (ended && (launch.says?.noPython ?? NOT_YET).test(reason ?? text) && attempt < ATTEMPTS) continue;
    if (text === '') {
      throw new StropError({
        code: 'tool-failed',
        problem: `${tool} could not be started`,
        where: launch.argv[0],
        remedy: `Install it again: strop tools remove ${tool}, then the same command.`,
      });
    }
    throw await explain(reason ?? text);
  }
}

type Ended = Extract<Reply, { readonly kind: 'ended' }>;

/** The end of the sampler; undefined when nothing made it end. */
async function waitForEnd(
  host: Host,
  sampler: Worker,
  pid: number,
  seconds: number,
  { stopMs, writeMs }: Patience,
): Promise<Ended | undefined> {
  const hasGone = async (): Promise<boolean> => !(await isRunning(host, pid));
  let ended = await waitUntil(host, sampler, hasGone, Math.ceil(seconds) * 1000);
  ended ??= await waitUntilStopped(host, sampler, stopMs);
  if (ended === undefined && !isWriting(sampler)) {
    await interrupt(host, sampler);
    ended = await waitUntilStopped(host, sampler, stopMs);
  }
  return ended ?? (isWriting(sampler) ? waitUntil(host, sampler, () => false, writeMs) : undefined);
}

function isWriting(sampler: Worker): boolean {
  return WRITING.test(sampler.output());
}

/** The end of the sampler when it looked no more within this time and had nothing to write. */
function waitUntilStopped(host: Host, sampler: Worker, ms: number): Promise<Ended | undefined> {
  return waitUntil(host, sampler, () => isWriting(sampler), ms);
}

/** The end of the sampler; undefined when something else was so before, or the time was over. */
async function waitUntil(
  host: Host,
  sampler: Worker,
  over: () => boolean | Promise<boolean>,
  ms: number,
): Promise<Ended | undefined> {
  const begin = host.clock.nowNs();
  for (;;) {
    const left = ms - (host.clock.nowNs() - begin) / 1e6;
    const reply = await sampler.receive(Math.max(0, Math.min(left, TO_LOOK_AFTER_MS)));
    if (reply.kind === 'ended') return reply;
    if (left <= 0 || (await over())) return undefined;
  }
}

/** Samplers write what they have then. False where there is no such signal (Windows). */
async function interrupt(host: Host, { pid }: Worker): Promise<boolean> {
  if (host.platform === 'win32' || pid === undefined) return false;
  await host.processes.run({ argv: ['kill', '-INT', String(pid)], timeoutMs: TO_LOOK_MS });
  return true;
}

function neverEnds(tool: string, pid: number, printed: string): StropError {
  const detail = printed.trim().split('\n').slice(0, 12).join('\n');
  return new StropError({
    code: 'tool-failed',
    problem: `${tool} did not end when there was nothing more to see`,
    where: `process ${String(pid)}`,
    remedy:
      'It was ended by force, and what it saw is lost. Run the same command again, with less beside it on the machine, or take a profiler that runs inside: --tool cprofile.',
    detail,
  });
}

async function findReason(host: Host, { probe }: Launch): Promise<string | undefined> {
  if (probe === undefined) return undefined;
  const { ok, stdout, stderr } = await host.processes.run({ argv: probe, timeoutMs: TO_LOOK_MS });
  return ok ? undefined : `${stdout}\n${stderr}`.trim();
}
