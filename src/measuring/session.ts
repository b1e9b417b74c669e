import { StropError } from '#base';
import type { Host, ProcessTimes, Worker } from '#host';
import type { Side } from '#revisions';
import type { Workload } from '#workloads';
import type { z } from 'zod';
import { failureOf } from './failures.ts';
import { failedAnswer } from './protocol.ts';
import { workerEnvironment } from './environment.ts';

/** What stays the same for all workers of one measurement. */
export interface WorkerSettings {
  /** Folder of this run, removed at its end: temporary files of the workload go below it. */
  readonly runFolder: string;
  /** How long one answer may take, in ms. */
  readonly timeoutMs: number;
}

/** An answer together with what strop's own clock saw between request and answer. */
export interface Answer<T> {
  readonly value: T;
  readonly observedNs: number;
}

/**
 * One worker process that holds one workload of one side. Every request carries a fresh challenge and every answer must
 * repeat it with the run's nonce: a line that the workload wrote itself, or one line too many, ends the measurement.
 */
export class Session {
  readonly side: Side;
  readonly workload: Workload;
  readonly #host: Host;
  readonly #worker: Worker;
  readonly #nonce: string;
  readonly #timeoutMs: number;
  #seq = 0;
  #dead = false;

  private constructor(host: Host, side: Side, workload: Workload, worker: Worker, timeoutMs: number) {
    this.#host = host;
    this.side = side;
    this.workload = workload;
    this.#worker = worker;
    this.#nonce = host.random.token(16);
    this.#timeoutMs = timeoutMs;
  }

  /** Starts a worker and hands it the workload; the first answer is awaited by the first {@link receive}. */
  static start(
    host: Host,
    side: Side,
    workload: Workload,
    settings: WorkerSettings,
    seed: number,
    spec: object,
    script = 'worker.py',
  ): Session {
    const worker = host.processes.startWorker({
      argv: [side.python, `${host.folders.shims}/_strop/${script}`],
      cwd: side.project,
      env: workerEnvironment(host, side, settings.runFolder, seed),
    });
    const session = new Session(host, side, workload, worker, settings.timeoutMs);
    session.#send({ nonce: session.#nonce, ...spec });
    return session;
  }

  get pid(): number | undefined {
    return this.#worker.pid;
  }

  #challenge = '';
  #sentNs = 0;

  #send(message: object): void {
    this.#seq += 1;
    this.#challenge = this.#host.random.token(8);
    const line = JSON.stringify({ ...message, seq: this.#seq, challenge: this.#challenge });
    this.#sentNs = this.#host.clock.nowNs();
    this.#worker.send(line);
  }

  /** Sends a request and waits for its answer. */
  async ask<T>(request: object, schema: z.ZodType<T>): Promise<Answer<T>> {
    if (this.#worker.unread() > 0) throw await this.#distrust('it spoke without being asked');
    this.#send(request);
    return this.receive(schema);
  }

  /** The answer to the request in flight. */
  async receive<T>(schema: z.ZodType<T>): Promise<Answer<T>> {
    const reply = await this.#worker.receive(this.#timeoutMs);
    if (reply.kind !== 'line') {
      await this.kill();
      throw failureOf(reply, this.side, this.workload, this.#timeoutMs, this.#worker.output());
    }
    const fields = parseLine(reply.line);
    if (fields === undefined)
      throw await this.#distrust('something else than an answer was written to its descriptor for answers');
    if (
      fields['nonce'] !== this.#nonce ||
      fields['challenge'] !== this.#challenge ||
      fields['seq'] !== this.#seq
    ) {
      throw await this.#distrust('an answer does not carry the secret of its request');
    }
    const failed = failedAnswer.safeParse(fields);
    if (failed.success) {
      const output = this.#worker.output();
      await this.kill();
      throw failureOf({ kind: 'failed', ...failed.data }, this.side, this.workload, this.#timeoutMs, output);
    }
    const parsed = schema.safeParse(fields);
    if (!parsed.success) throw await this.#distrust('an answer has not the form that was agreed');
    return { value: parsed.data, observedNs: reply.arrivedNs - this.#sentNs };
  }

  /** CPU and run-queue time of the worker as the kernel counts them from outside, where it does. */
  async times(): Promise<ProcessTimes | undefined> {
    return this.pid === undefined ? undefined : this.#host.machine.processTimes(this.pid);
  }

  /** Ends the worker and all that it started. */
  async kill(): Promise<void> {
    if (this.#dead) return;
    this.#dead = true;
    await this.#worker.kill();
  }

  /** Ends the measurement because the worker's word cannot be taken. */
  async distrust(why: string): Promise<StropError> {
    return this.#distrust(why);
  }

  async #distrust(why: string): Promise<StropError> {
    const output = this.#worker.output();
    await this.kill();
    return new StropError({
      code: 'forged-result',
      problem: `the measured process of side ${this.side.label} cannot be believed: ${why}`,
      where: this.workload.id,
      remedy: 'The workload must leave descriptors, clocks and the process that measures it alone.',
      detail: output,
    });
  }
}

function parseLine(line: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
