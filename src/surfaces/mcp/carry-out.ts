import { StropError, failureOf } from '#base';
import type { Context, Operation, Progress, Style } from '#operations';
import { outcomeOf } from './envelope.ts';
import { takeTurn } from './machine-turn.ts';
import type { OpenHost } from './program.ts';
import type { RunEnd } from './runs.ts';

/** An operation with everything that it needs to run to its end. */
export interface Job {
  readonly operation: Operation;
  /** Parsed by the operation's own schema. */
  readonly input: unknown;
  /** Belongs to this job: it is closed at the end. */
  readonly host: OpenHost;
  readonly signal: AbortSignal;
  progress(text: string): void;
  readonly confirm?: Context['confirm'] | undefined;
  /** Another address than that of this machine's turn, for tests. */
  readonly turn?: string;
}

/** Time for a stopped run to end by itself before its children are taken away. */
const GRACE_MS = 2_000;

/** Lines of a program without a terminal. */
const PLAIN: Style = {
  bold: (text) => text,
  dim: (text) => text,
  good: (text) => text,
  bad: (text) => text,
  warn: (text) => text,
  width: 100,
};

/**
 * Runs an operation and ends whatever it started. Never rejects: an error is how it ended. What measures waits for its
 * turn on this machine: at its start, or where it asks for it itself.
 */
export async function carryOut(job: Job): Promise<RunEnd> {
  const { operation, host, signal, progress } = job;
  const takeAway = (): void => {
    setTimeout(() => void host.close().catch(() => undefined), GRACE_MS).unref();
  };
  signal.addEventListener('abort', takeAway, { once: true });
  let endTurn: (() => void) | undefined;
  const takeMachine = async (): Promise<void> => {
    endTurn ??= await takeTurn(
      `${operation.name} in ${host.cwd}`,
      (words) => progress(`waiting: on this machine strop measures already (${words})`),
      signal,
      job.turn,
    );
  };
  try {
    if (operation.effects.measures && operation.takesMachine !== true) await takeMachine();
    signal.throwIfAborted();
    const result = await operation.run(
      {
        host,
        signal,
        progress: (event) => progress(wordsOf(event)),
        takeMachine,
        ...(job.confirm === undefined ? {} : { confirm: job.confirm }),
      },
      job.input,
    );
    return {
      outcome: outcomeOf(operation.exitCode(result)) as Exclude<RunEnd['outcome'], 'failed'>,
      result: JSON.parse(JSON.stringify(result)) as unknown,
      lines: operation.text(result, PLAIN).flatMap((line) => line.split('\n')),
    };
  } catch (error) {
    return { outcome: 'failed', failure: signal.aborted ? stopped(error) : failureOf(error) };
  } finally {
    // A stopped run may leave children that it does not wait for; nothing may outlive it.
    await host.close().catch(() => undefined);
    endTurn?.();
    signal.removeEventListener('abort', takeAway);
  }
}

function wordsOf(event: Progress): string {
  const text = event.kind === 'state' && event.topic !== '' ? `${event.topic}: ${event.text}` : event.text;
  return text.replace(/\s*\n\s*/g, ' ');
}

function stopped(error: unknown) {
  if (error instanceof StropError && error.code === 'interrupted') return error.facts;
  return {
    code: 'interrupted' as const,
    problem: 'stopped before the end',
    remedy: 'Call the same tool again, with detach: true where the connection may end before it does.',
  };
}
