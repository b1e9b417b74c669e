import { StropError } from '#base';
import type { Host } from '#host';
import { explainWatch } from './permission.ts';
import type { Launch } from './profiler.ts';

/** A sampler that looks into a process. */
export interface Watch {
  /** Waits for its end, which comes with the end of the process or of its time; answers what it printed. */
  end(): Promise<string>;
  kill(): Promise<void>;
}

/** What samplers print when they have found their way into the process. */
const LOOKING = /Sampling process/;
/** A process that has just been started is no Python yet. */
const NOT_YET = /python version from target|no python processes found/i;
const POLL_MS = 20;
const ATTEMPTS = 3;
const TO_LOOK_MS = 30_000;
/** Writing the file of a long recording with many threads takes its time. */
const TO_WRITE_MS = 120_000;

/**
 * Starts a sampler and resolves when it has begun to look, so that nothing is missed. Errors: `no-permission` with what
 * would give it, `process-missing`, `tool-failed`.
 */
export async function startWatch(
  host: Host,
  tool: string,
  launch: Launch,
  pid: number,
  seconds = 0,
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
        async end() {
          const reply = await sampler.receive(seconds * 1000 + TO_WRITE_MS);
          const printed = sampler.output();
          await sampler.kill();
          if (reply.kind === 'ended' && reply.exitCode === 0) return printed;
          throw await explain(printed);
        },
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

async function findReason(host: Host, { probe }: Launch): Promise<string | undefined> {
  if (probe === undefined) return undefined;
  const { ok, stdout, stderr } = await host.processes.run({ argv: probe, timeoutMs: TO_LOOK_MS });
  return ok ? undefined : `${stdout}\n${stderr}`.trim();
}
