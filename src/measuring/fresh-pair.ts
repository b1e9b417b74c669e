import { StropError } from '#base';
import type { Host } from '#host';
import type { Side } from '#revisions';
import type { Workload } from '#workloads';
import type { MeasureRequest } from './measurement.ts';
import type { Answered, Both } from './pair.ts';
import { finishAnswer, outcomeAnswer, readyAnswer } from './protocol.ts';
import { requireOwnCode, requireSomeCode } from './provenance.ts';
import { Session } from './session.ts';
import { workerSpec } from './spec.ts';

/** {@link MeasureRequest} for a workload that a worker holds in its process. */
export interface ResidentRequest extends MeasureRequest {
  readonly workload: Exclude<Workload, { kind: 'command' }>;
}

const SEED_BOUND = 2 ** 32;

/** Two processes of one fresh pair, both holding their workload. */
export interface FreshPair {
  readonly sessions: Both<Session>;
  readonly seed: number;
  readonly startedFirst: 'A' | 'B';
  /** The workload sets up before blocks or calls, which is not measured. */
  readonly setsUp: boolean;
  readonly setupEachTime: boolean;
  readonly startupNs: number;
}

/** Starts a fresh pair and proves that each side runs its own code; no process is left behind when that fails. */
export async function startPair(host: Host, request: ResidentRequest): Promise<FreshPair> {
  const { sides, workload, runFolder, timeoutMs } = request;
  const seed = host.random.below(SEED_BOUND);
  const begin = host.clock.nowNs();
  const start = (side: Side) =>
    Session.start(
      host,
      side,
      workload,
      { runFolder, timeoutMs },
      seed,
      workerSpec(host, side, workload, runFolder),
    );
  // Both start at the same time, on whatever cores the kernel gives them: they are pinned together before anything counts.
  const startedFirst = host.random.below(2) === 0 ? 'A' : 'B';
  const first = start(startedFirst === 'A' ? sides.a : sides.b);
  const second = start(startedFirst === 'A' ? sides.b : sides.a);
  const sessions = startedFirst === 'A' ? { a: first, b: second } : { a: second, b: first };
  try {
    const [a, b] = await settleBoth([sessions.a.receive(readyAnswer), sessions.b.receive(readyAnswer)]);
    requireOwnCode(sides.a, workload, a.value);
    requireOwnCode(sides.b, workload, b.value);
    if (a.value.setsUp !== b.value.setsUp) throw differentSetup(workload);
    const { setsUp, setupEachTime } = a.value;
    return { sessions, seed, startedFirst, setsUp, setupEachTime, startupNs: host.clock.nowNs() - begin };
  } catch (error) {
    await killBoth(sessions);
    throw error;
  }
}

/** Waits for both, so that no rejection is left behind, then throws the first failure. */
async function settleBoth<T>(pair: readonly [Promise<T>, Promise<T>]): Promise<readonly [T, T]> {
  const [a, b] = await Promise.allSettled(pair);
  if (a.status === 'rejected') throw a.reason;
  if (b.status === 'rejected') throw b.reason;
  return [a.value, b.value];
}

/** Ends both processes with all that they started. */
export async function killBoth(sessions: Both<Session>): Promise<void> {
  await Promise.all([sessions.a.kill(), sessions.b.kill()]);
}

function differentSetup(workload: Workload): StropError {
  return new StropError({
    code: 'workload-failed',
    problem: 'one side sets up before every call and the other does not: they are not the same workload',
    where: workload.id,
    remedy: 'Change the benchmark in a commit of its own, then compare the code.',
  });
}

/** What a side tells at its end. */
export interface Finished {
  readonly peakRssBytes: number | undefined;
  readonly answered: Answered | undefined;
}

/** Tells both sides to go on, checks that their tests pass and that they still run their own code. */
export async function finishPair(sessions: Both<Session>, request: ResidentRequest): Promise<Both<Finished>> {
  const finish = async (session: Session, side: Side): Promise<Finished> => {
    const finished = await session.ask({ op: 'finish' }, finishAnswer);
    requireOwnCode(side, request.workload, finished.value);
    // With one state of the project only, nothing is compared that could be the same by mistake.
    if (request.sides.a !== request.sides.b) requireSomeCode(side, request.workload, finished.value);
    const outcome = await session.ask({ op: 'outcome' }, outcomeAnswer);
    if (outcome.value.outcome === 'failed') {
      throw new StropError({
        code: 'workload-failed',
        problem: `the test fails after it was measured on side ${side.label} (${side.revision.name})`,
        where: request.workload.id,
        remedy: 'Only a passing test can be measured: mend it, or measure another workload.',
        detail: outcome.value.trace ?? outcome.value.message ?? '',
      });
    }
    const { peakRss, answered } = finished.value;
    return { peakRssBytes: peakRss ?? undefined, answered: answered ?? undefined };
  };
  try {
    const [a, b] = await settleBoth([
      finish(sessions.a, request.sides.a),
      finish(sessions.b, request.sides.b),
    ]);
    return { a, b };
  } finally {
    await killBoth(sessions);
  }
}
