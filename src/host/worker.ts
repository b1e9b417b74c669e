import { isUtf8 } from 'node:buffer';
import type { ChildProcess } from 'node:child_process';
import type { Socket } from 'node:net';
import type { Reply, Worker, WorkerCommand } from './host.ts';
import { LONGEST_TIMER_MS } from './clock.ts';
import { GrowingBuffer } from './growing-buffer.ts';
import type { Keeper } from './keeper.ts';
import { Tail } from './kept-output.ts';
import { signalGroup } from './process-group.ts';
import { startChild, type Start, type StartFailure } from './start-child.ts';

const KEEP_BYTES = 64 * 2 ** 10;
/** Of one line, and of all lines that nobody received yet. */
const MOST_BYTES = 64 * 2 ** 20;
/** Between the end of the channel and the end of the process, one of which may never come. */
const GRACE_MS = 300;
const GIVE_UP_MS = 5000;
const NEWLINE = 10;

type Line = Extract<Reply, { kind: 'line' }>;
type Ended = Extract<Reply, { kind: 'ended' }>;

/** Starts a worker, as {@link Processes.startWorker} promises. Never throws: a failed start is an `ended` reply. */
export function startWorker(command: WorkerCommand, keeper: Keeper): Worker {
  return new ChildWorker(command, keeper);
}

class ChildWorker implements Worker {
  readonly #keeper: Keeper;
  readonly #start: Start;
  readonly #channel: Socket | undefined;
  readonly #stdout = new Tail(KEEP_BYTES);
  readonly #stderr = new Tail(KEEP_BYTES);
  readonly #lines: Line[] = [];
  /** Characters in the lines that nobody received yet. */
  #unreadSize = 0;
  /** The line that is not complete yet. */
  readonly #partial = new GrowingBuffer();
  #waiting: ((reply: Reply) => void) | undefined;
  #exit: { readonly exitCode: number | undefined; readonly signal: string | undefined } | undefined;
  #problem: string | undefined;
  #ended: Ended | undefined;
  readonly #gone: Promise<void>;
  #resolveGone: () => void = () => undefined;

  constructor(command: WorkerCommand, keeper: Keeper) {
    this.#keeper = keeper;
    this.#gone = new Promise((resolve) => {
      this.#resolveGone = resolve;
    });
    const input = command.inheritsInput === true ? 'inherit' : 'ignore';
    this.#start = startChild({ ...command, stdio: [input, 'pipe', 'pipe', 'pipe'] }, keeper);
    if (this.#start.started) {
      this.#channel = this.#start.child.stdio[3] as Socket;
      this.#listen(this.#start.child, this.#start.group, this.#channel);
    } else {
      void this.#start.failure.then((failure) => {
        this.#fail(failure);
      });
    }
  }

  #listen(child: ChildProcess, group: number, channel: Socket): void {
    child.stdout?.on('data', (chunk: Buffer) => {
      this.#stdout.add(chunk);
    });
    child.stderr?.on('data', (chunk: Buffer) => {
      this.#stderr.add(chunk);
    });
    channel.on('data', (chunk: Buffer) => {
      this.#take(chunk);
    });
    // A worker that is gone makes writing fail; its end is told by `ended`.
    channel.on('error', () => undefined);
    channel.on('close', () => {
      this.#later(() => {
        this.#condemn('it closed its channel');
      });
    });
    child.on('exit', (exitCode, signal) => {
      this.#exit = { exitCode: exitCode ?? undefined, signal: signal ?? undefined };
      signalGroup(group, 'SIGKILL');
      this.#keeper.forget(group);
      this.#resolveGone();
      // A child of the worker that left its group may hold the pipes open.
      this.#later(() => {
        this.#closePipes();
      });
    });
    // Only when nothing more can arrive: no line, and no last word on stderr, may come after the end.
    child.on('close', () => {
      this.#end();
    });
  }

  get pid(): number | undefined {
    return this.#start.started ? this.#start.group : undefined;
  }

  send(line: string): void {
    if (this.#channel?.writable === true) this.#channel.write(`${line}\n`);
  }

  receive(timeoutMs: number): Promise<Reply> {
    const line = this.#lines.shift();
    if (line !== undefined) {
      this.#unreadSize -= line.line.length;
      return Promise.resolve(line);
    }
    if (this.#ended !== undefined) return Promise.resolve(this.#ended);
    if (this.#waiting !== undefined) throw new Error('receive() was called while another one waits');
    return new Promise((resolve) => {
      const timer = setTimeout(
        () => {
          this.#waiting = undefined;
          resolve({ kind: 'timeout' });
        },
        Math.min(timeoutMs, LONGEST_TIMER_MS),
      );
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
    if (!this.#start.started) return;
    const { child, group, mark } = this.#start;
    if (this.#exit === undefined) signalGroup(group, 'SIGKILL');
    let timer: NodeJS.Timeout | undefined;
    const patience = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, GIVE_UP_MS);
    });
    await Promise.race([this.#gone, patience]);
    clearTimeout(timer);
    await this.#keeper.killMarked(mark, group);
    this.#closePipes();
    child.unref();
  }

  #closePipes(): void {
    if (!this.#start.started) return;
    const { stdout, stderr } = this.#start.child;
    for (const stream of [this.#channel, stdout, stderr]) stream?.destroy();
  }

  #take(chunk: Buffer): void {
    const arrivedNs = Number(process.hrtime.bigint());
    let from = 0;
    for (let at = chunk.indexOf(NEWLINE); at >= 0; at = chunk.indexOf(NEWLINE, from)) {
      let bytes = chunk.subarray(from, at);
      from = at + 1;
      if (this.#partial.size > 0) {
        this.#partial.add(bytes);
        bytes = this.#partial.view();
      }
      const line = isUtf8(bytes) ? bytes.toString('utf8') : undefined;
      if (this.#partial.size > 0) this.#partial.clear();
      if (line === undefined) {
        this.#condemn('it sent a line that is no UTF-8 text');
        return;
      }
      this.#deliver({ kind: 'line', line, arrivedNs });
    }
    if (from < chunk.length) this.#partial.add(chunk.subarray(from));
    if (this.#partial.size > MOST_BYTES) this.#condemn('it sent a line of more than 64 MiB');
    if (this.#unreadSize > MOST_BYTES) this.#condemn('it sent more than 64 MiB that nobody asked for');
  }

  #deliver(line: Line): void {
    if (this.#waiting !== undefined) {
      this.#waiting(line);
      return;
    }
    this.#lines.push(line);
    this.#unreadSize += line.line.length;
  }

  /** Ends a worker that cannot be talked to. */
  #condemn(problem: string): void {
    if (this.#exit !== undefined || this.#problem !== undefined) return;
    this.#problem = problem;
    this.#partial.clear();
    this.#channel?.destroy();
    if (this.pid !== undefined) signalGroup(this.pid, 'SIGKILL');
  }

  #fail({ code, note }: StartFailure): void {
    this.#problem = note === '' ? code : `${code}, ${note}`;
    this.#end();
  }

  #end(): void {
    const exit = this.#exit ?? { exitCode: undefined, signal: undefined };
    this.#ended = {
      kind: 'ended',
      ...exit,
      ...(this.#problem === undefined ? {} : { problem: this.#problem }),
    };
    this.#waiting?.(this.#ended);
  }

  #later(act: () => void): void {
    setTimeout(act, GRACE_MS).unref();
  }
}
