import type { ChildProcess } from 'node:child_process';
import { LONGEST_TIMER_MS } from './clock.ts';
import type { ChildResult, Command } from './host.ts';
import type { Keeper, Mark } from './keeper.ts';
import { Head } from './kept-output.ts';
import { signalGroup } from './process-group.ts';
import { startChild } from './start-child.ts';

const KEEP_BYTES = 16 * 2 ** 20;
/** Between the polite signal and the other one. */
const GRACE_MS = 500;
/** For output on its way after the child is gone: somebody who left its group may hold the pipe for ever. */
const DRAIN_MS = 200;
/** A process in uninterruptible sleep cannot be killed; strop does not wait for it. */
const GIVE_UP_MS = 5000;

/** What stands in for what a command leaves open. */
export interface RunContext {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly keeper: Keeper;
}

const NOTHING: ChildResult = {
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

/** Runs a child to its end, as {@link Processes.run} promises. Never rejects. */
export async function runChild(command: Command, context: RunContext): Promise<ChildResult> {
  if (command.signal?.aborted === true) return { ...NOTHING, aborted: true };
  const startedNs = process.hrtime.bigint();
  const start = startChild(
    {
      argv: command.argv,
      cwd: command.cwd ?? context.cwd,
      env: command.env ?? context.env,
      stdio: [
        command.inheritsInput === true ? 'inherit' : command.stdin === undefined ? 'ignore' : 'pipe',
        ...(['pipe', 'pipe'] as const),
      ],
      outlives: command.outlives ?? false,
    },
    context.keeper,
  );
  if (!start.started) {
    const { code, note } = await start.failure;
    return { ...NOTHING, startError: code, stderr: note };
  }
  return await new RunningChild(command, start, startedNs, context.keeper).result;
}

/** A child between its start and its result. */
class RunningChild {
  readonly result: Promise<ChildResult>;
  readonly #resolve: (result: ChildResult) => void;
  readonly #command: Command;
  readonly #child: ChildProcess;
  readonly #group: number;
  readonly #mark: Mark;
  readonly #keeper: Keeper;
  readonly #startedNs: bigint;
  readonly #stdout: Head;
  readonly #stderr: Head;
  readonly #timers: NodeJS.Timeout[] = [];
  #stopped: 'timeout' | 'abort' | undefined;
  #exit: { readonly code: number | null; readonly signal: string | null; readonly atNs: bigint } | undefined;
  #settled = false;

  constructor(
    command: Command,
    start: { readonly child: ChildProcess; readonly group: number; readonly mark: Mark },
    startedNs: bigint,
    keeper: Keeper,
  ) {
    let resolve: (result: ChildResult) => void = () => undefined;
    this.result = new Promise((resolveResult) => {
      resolve = resolveResult;
    });
    this.#resolve = resolve;
    this.#command = command;
    this.#child = start.child;
    this.#group = start.group;
    this.#mark = start.mark;
    this.#keeper = keeper;
    this.#startedNs = startedNs;
    this.#stdout = new Head(command.keepBytes ?? KEEP_BYTES);
    this.#stderr = new Head(command.keepBytes ?? KEEP_BYTES);
    this.#listen();
  }

  #listen(): void {
    const { signal, timeoutMs, stdin } = this.#command;
    const child = this.#child;
    signal?.addEventListener('abort', this.#onAbort, { once: true });
    if (timeoutMs !== undefined) {
      this.#after(timeoutMs, () => {
        this.#stop('timeout');
      });
    }
    child.stdout?.on('data', (chunk: Buffer) => {
      this.#stdout.add(chunk);
    });
    child.stderr?.on('data', (chunk: Buffer) => {
      this.#stderr.add(chunk);
    });
    // A child need not read what it is given.
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(stdin);
    child.on('exit', (code, exitSignal) => {
      this.#exit = { code, signal: exitSignal, atNs: process.hrtime.bigint() };
      // Nobody of the group outlives its first process: a helper left in the background would disturb what follows.
      signalGroup(this.#group, 'SIGKILL');
      this.#keeper.forget(this.#group);
      this.#after(DRAIN_MS, () => {
        // What the child wrote before its end is in the pipe: one more turn of the loop reads it all.
        setImmediate(this.#settle);
      });
    });
    child.on('close', this.#settle);
  }

  #after(ms: number, act: () => void): void {
    this.#timers.push(setTimeout(act, Math.min(ms, LONGEST_TIMER_MS)));
  }

  readonly #onAbort = (): void => {
    this.#stop('abort');
  };

  #stop(why: 'timeout' | 'abort'): void {
    if (this.#exit !== undefined || this.#stopped !== undefined) return;
    this.#stopped = why;
    signalGroup(this.#group, 'SIGTERM');
    this.#after(GRACE_MS, () => {
      if (this.#exit !== undefined) return;
      signalGroup(this.#group, 'SIGKILL');
      this.#after(GIVE_UP_MS, this.#settle);
    });
  }

  readonly #settle = (): void => {
    if (this.#settled) return;
    this.#settled = true;
    for (const timer of this.#timers) clearTimeout(timer);
    this.#command.signal?.removeEventListener('abort', this.#onAbort);
    for (const stream of [this.#child.stdin, this.#child.stdout, this.#child.stderr]) stream?.destroy();
    this.#child.unref();
    void this.#leaveNothing().then(() => {
      this.#resolve(this.#makeResult());
    });
  };

  /** A child that had to be stopped is not trusted to have kept all of its own children in its group. */
  async #leaveNothing(): Promise<void> {
    if (this.#stopped !== undefined) await this.#keeper.killMarked(this.#mark, this.#group);
  }

  #makeResult(): ChildResult {
    const exitCode = this.#exit?.code ?? undefined;
    return {
      ok: exitCode === 0 && this.#stopped === undefined,
      exitCode,
      signal: this.#exit?.signal ?? undefined,
      stdout: this.#stdout.text(),
      stderr: this.#stderr.text(),
      timedOut: this.#stopped === 'timeout',
      aborted: this.#stopped === 'abort',
      truncated: this.#stdout.truncated || this.#stderr.truncated,
      startError: undefined,
      durationNs: Number((this.#exit?.atNs ?? process.hrtime.bigint()) - this.#startedNs),
    };
  }
}
