import { isUtf8 } from 'node:buffer';
import { spawn, type ChildProcess } from 'node:child_process';
import type { Socket } from 'node:net';
import type { Reply, Worker, WorkerCommand } from './host.ts';
import type { Keeper } from './keeper.ts';
import { Tail } from './kept-output.ts';
import { HAS_GROUPS, signalGroup } from './process-group.ts';
import { markedEnvironment, startErrorCode } from './run-child.ts';

const KEEP_BYTES = 64 * 2 ** 10;
const LONGEST_LINE = 64 * 2 ** 20;
/** Between the end of the channel and the end of the process, one of which may never come. */
const GRACE_MS = 300;
const GIVE_UP_MS = 5000;
const NEWLINE = 10;

type Line = Extract<Reply, { kind: 'line' }>;
type Ended = Extract<Reply, { kind: 'ended' }>;

/** Starts a worker, as {@link Processes.startWorker} promises. Never throws: a failed start is an `ended` reply. */
export function startWorker(command: WorkerCommand, keeper: Keeper): Worker {
  keeper.ready();
  return new ChildWorker(command, keeper);
}

class ChildWorker implements Worker {
  readonly #keeper: Keeper;
  readonly #mark;
  readonly #child: ChildProcess | undefined;
  readonly #channel: Socket | undefined;
  readonly #stdout = new Tail(KEEP_BYTES);
  readonly #stderr = new Tail(KEEP_BYTES);
  readonly #lines: Line[] = [];
  /** Pieces of the line that is not complete yet. */
  #pieces: Buffer[] = [];
  #pieceBytes = 0;
  #waiting: ((reply: Reply) => void) | undefined;
  #exit: { exitCode: number | undefined; signal: string | undefined } | undefined;
  #channelOpen = true;
  #problem: string | undefined;
  #ended: Ended | undefined;
  readonly #gone: Promise<void>;
  #resolveGone: () => void = () => undefined;

  constructor(command: WorkerCommand, keeper: Keeper) {
    this.#keeper = keeper;
    this.#mark = keeper.nextMark();
    this.#gone = new Promise((resolve) => {
      this.#resolveGone = resolve;
    });
    const [program, ...args] = command.argv;
    let child: ChildProcess;
    try {
      child = spawn(program, args, {
        cwd: command.cwd,
        env: markedEnvironment(command.env, this.#mark),
        detached: HAS_GROUPS,
        windowsHide: true,
        stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
      });
    } catch (error) {
      this.#failStart(error);
      return;
    }
    this.#child = child;
    if (child.pid !== undefined) keeper.register(child.pid);
    child.stdout?.on('data', (chunk: Buffer) => {
      this.#stdout.add(chunk);
    });
    child.stderr?.on('data', (chunk: Buffer) => {
      this.#stderr.add(chunk);
    });
    const channel = child.stdio[3] as Socket;
    this.#channel = channel;
    channel.on('data', (chunk: Buffer) => {
      this.#take(chunk);
    });
    // A worker that is gone makes writing fail; its end is told by `ended`.
    channel.on('error', () => undefined);
    channel.on('close', () => {
      this.#channelOpen = false;
      this.#maybeEnd();
      if (this.#exit === undefined) this.#later(() => this.#condemn('it closed its channel'));
    });
    child.on('error', (error) => {
      if (child.pid === undefined) this.#failStart(error);
    });
    child.on('exit', (exitCode, signal) => {
      this.#exit = { exitCode: exitCode ?? undefined, signal: signal ?? undefined };
      if (child.pid !== undefined) {
        signalGroup(child.pid, 'SIGKILL');
        keeper.forget(child.pid);
      }
      this.#resolveGone();
      // A child of the worker that left its group may hold the channel open.
      if (this.#channelOpen) this.#later(() => channel.destroy());
      this.#maybeEnd();
    });
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  send(line: string): void {
    if (this.#channel?.writable === true) this.#channel.write(`${line}\n`);
  }

  receive(timeoutMs: number): Promise<Reply> {
    const line = this.#lines.shift();
    if (line !== undefined) return Promise.resolve(line);
    if (this.#ended !== undefined) return Promise.resolve(this.#ended);
    if (this.#waiting !== undefined) throw new Error('receive() was called while another one waits');
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.#waiting = undefined;
        resolve({ kind: 'timeout' });
      }, timeoutMs);
      this.#waiting = (reply) => {
        clearTimeout(timer);
        this.#waiting = undefined;
        resolve(reply);
      };
    });
  }

  unread(): number {
    return this.#lines.length;
  }

  output(): string {
    return [this.#stdout.text(), this.#stderr.text()].filter((text) => text !== '').join('\n');
  }

  async kill(): Promise<void> {
    if (this.#exit === undefined && this.pid !== undefined) signalGroup(this.pid, 'SIGKILL');
    this.#keeper.killMarked(this.#mark);
    let timer: NodeJS.Timeout | undefined;
    const patience = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, GIVE_UP_MS);
    });
    await Promise.race([this.#gone, patience]);
    clearTimeout(timer);
    for (const stream of [this.#channel, this.#child?.stdout, this.#child?.stderr]) stream?.destroy();
    this.#child?.unref();
  }

  #take(chunk: Buffer): void {
    const arrivedNs = Number(process.hrtime.bigint());
    let from = 0;
    for (let at = chunk.indexOf(NEWLINE); at >= 0; at = chunk.indexOf(NEWLINE, from)) {
      this.#pieces.push(chunk.subarray(from, at));
      from = at + 1;
      const bytes = this.#pieces.length === 1 ? this.#pieces[0]! : Buffer.concat(this.#pieces);
      this.#pieces = [];
      this.#pieceBytes = 0;
      if (!isUtf8(bytes)) {
        this.#condemn('it sent a line that is no UTF-8 text');
        return;
      }
      this.#deliver({ kind: 'line', line: bytes.toString('utf8'), arrivedNs });
    }
    if (from === chunk.length) return;
    this.#pieces.push(from === 0 ? chunk : chunk.subarray(from));
    this.#pieceBytes += chunk.length - from;
    if (this.#pieceBytes > LONGEST_LINE) this.#condemn('it sent a line of more than 64 MiB');
  }

  #deliver(line: Line): void {
    if (this.#waiting === undefined) this.#lines.push(line);
    else this.#waiting(line);
  }

  /** Ends a worker that cannot be talked to. */
  #condemn(problem: string): void {
    if (this.#exit !== undefined || this.#problem !== undefined) return;
    this.#problem = problem;
    this.#pieces = [];
    this.#channel?.destroy();
    if (this.pid !== undefined) signalGroup(this.pid, 'SIGKILL');
  }

  #failStart(error: unknown): void {
    this.#problem = startErrorCode(error);
    this.#exit = { exitCode: undefined, signal: undefined };
    this.#channelOpen = false;
    this.#resolveGone();
    this.#maybeEnd();
  }

  /** Only when the process is gone and nothing more can arrive, so that no line is lost behind its end. */
  #maybeEnd(): void {
    if (this.#exit === undefined || this.#channelOpen || this.#ended !== undefined) return;
    this.#ended = {
      kind: 'ended',
      ...this.#exit,
      ...(this.#problem === undefined ? {} : { problem: this.#problem }),
    };
    this.#waiting?.(this.#ended);
  }

  #later(act: () => void): void {
    setTimeout(act, GRACE_MS).unref();
  }
}
