import { spawn, type ChildProcess } from 'node:child_process';
import type { ChildResult, Command } from './host.ts';
import type { Keeper, Mark } from './keeper.ts';
import { Head } from './kept-output.ts';
import { HAS_GROUPS, signalGroup } from './process-group.ts';

const KEEP_BYTES = 16 * 2 ** 20;
/** Between the polite signal and the other one. */
const GRACE_MS = 500;
/** For output on its way after the child is gone: somebody who left its group may hold the pipe for ever. */
const DRAIN_MS = 200;
/** A process in uninterruptible sleep cannot be killed; strop does not wait for it. */
const GIVE_UP_MS = 5000;

type Environment = Readonly<Record<string, string | undefined>>;

/** The environment of a child with its mark. */
export function markedEnvironment(env: Environment, mark: Mark): NodeJS.ProcessEnv {
  return { ...env, [mark.name]: mark.value };
}

/** The code of a failed start; `spawn` throws some and emits the others. */
export function startErrorCode(error: unknown): string {
  const code = (error as { code?: unknown } | undefined)?.code;
  return typeof code === 'string' ? code : String(error);
}

/** Runs a child to its end, as {@link Processes.run} promises. Never rejects. */
export function runChild(
  command: Command,
  context: { env: Environment; cwd: string; keeper: Keeper },
): Promise<ChildResult> {
  const startedNs = process.hrtime.bigint();
  const { keeper } = context;
  const stdout = new Head(command.keepBytes ?? KEEP_BYTES);
  const stderr = new Head(command.keepBytes ?? KEEP_BYTES);
  const facts: { -readonly [K in keyof ChildResult]: ChildResult[K] } = {
    ok: false,
    exitCode: undefined,
    signal: undefined,
    stdout: '',
    stderr: '',
    timedOut: false,
    aborted: false,
    truncated: false,
    startError: undefined,
    durationNs: 0,
  };
  const result = (): ChildResult => ({
    ...facts,
    ok: facts.exitCode === 0 && !facts.timedOut && !facts.aborted,
    stdout: stdout.text(),
    stderr: stderr.text(),
    truncated: stdout.truncated || stderr.truncated,
    durationNs: facts.durationNs === 0 ? Number(process.hrtime.bigint() - startedNs) : facts.durationNs,
  });

  if (command.signal?.aborted === true) {
    facts.aborted = true;
    return Promise.resolve(result());
  }
  keeper.ready();
  const mark = keeper.nextMark();
  const [program, ...args] = command.argv;
  let child: ChildProcess;
  try {
    child = spawn(program, args, {
      cwd: command.cwd ?? context.cwd,
      env: markedEnvironment(command.env ?? context.env, mark),
      detached: HAS_GROUPS,
      windowsHide: true,
      stdio: [command.stdin === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    });
  } catch (error) {
    facts.startError = startErrorCode(error);
    return Promise.resolve(result());
  }
  const group = child.pid;
  if (group !== undefined) keeper.register(group);

  return new Promise((resolve) => {
    const timers: NodeJS.Timeout[] = [];
    const after = (ms: number, act: () => void): void => {
      timers.push(setTimeout(act, ms));
    };
    let stopping = false;
    let settled = false;

    const settle = (): void => {
      if (settled) return;
      settled = true;
      for (const timer of timers) clearTimeout(timer);
      command.signal?.removeEventListener('abort', onAbort);
      child.stdin?.destroy();
      child.stdout?.destroy();
      child.stderr?.destroy();
      child.unref();
      if (group !== undefined) keeper.forget(group);
      resolve(result());
    };
    const kill = (): void => {
      if (group === undefined) return;
      signalGroup(group, 'SIGKILL');
      if (stopping) keeper.killMarked(mark);
    };
    const stop = (): void => {
      if (stopping || group === undefined) return;
      stopping = true;
      signalGroup(group, 'SIGTERM');
      after(GRACE_MS, () => {
        kill();
        after(GIVE_UP_MS, settle);
      });
    };
    const onAbort = (): void => {
      if (facts.durationNs > 0) return;
      facts.aborted = true;
      stop();
    };

    command.signal?.addEventListener('abort', onAbort, { once: true });
    if (command.timeoutMs !== undefined) {
      after(command.timeoutMs, () => {
        if (facts.durationNs > 0 || stopping) return;
        facts.timedOut = true;
        stop();
      });
    }
    child.stdout?.on('data', (chunk: Buffer) => {
      stdout.add(chunk);
    });
    child.stderr?.on('data', (chunk: Buffer) => {
      stderr.add(chunk);
    });
    // A child need not read what it is given.
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(command.stdin);

    child.on('error', (error) => {
      if (group !== undefined) return;
      facts.startError = startErrorCode(error);
      settle();
    });
    child.on('exit', (exitCode, signal) => {
      facts.durationNs = Number(process.hrtime.bigint() - startedNs);
      facts.exitCode = exitCode ?? undefined;
      facts.signal = signal ?? undefined;
      // Nobody of the group outlives its first process: a helper left in the background would disturb what follows.
      kill();
      after(DRAIN_MS, () => {
        // What the child wrote before its end is in the pipe: one more turn of the loop reads it all.
        setImmediate(settle);
      });
    });
    child.on('close', settle);
  });
}
