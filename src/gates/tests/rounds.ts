import { StropError } from '#base';
import type { Host } from '#host';
import { runSuite } from '#measuring';
import type { SuiteRun } from '#measuring';
import { copySide, removeTwin } from '#revisions';
import type { Side } from '#revisions';
import { copyFromA } from '../restore.ts';
import { isFailing, lookUp } from './judge.ts';

/** Both suites, run at the same time. */
export interface Round {
  readonly a: SuiteRun;
  readonly b: SuiteRun;
}

/** What every round needs. */
export interface RoundRequest {
  readonly sides: { readonly a: Side; readonly b: Side };
  /** Files that B adds to the tests, relative to the repository: A's tests are run without them first. */
  readonly additions: readonly string[];
  /** Options for pytest beside those of the project's settings. */
  readonly options?: readonly string[] | undefined;
  readonly runFolder: string;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
  readonly progress: (text: string) => void;
}

/**
 * Always the same seed for hashes and shuffled tests: the same change must get the same answer when it is tried again,
 * and a second round must meet the order in which the first one failed.
 */
const SEED = 20_240;

/** A change that makes the tests take this many times longer has broken them: B's run need not be waited for. */
const PATIENCE = 10;
/** The start of a process alone may take seconds on a busy machine. */
const LEAST_LIMIT_MS = 60_000;

/** Beside the checkouts and their twins; short, because sockets have a limit for the length of their path. */
function scratchFolder(request: RoundRequest, side: Side): string {
  return `${request.runFolder}/x${side.label.toLowerCase()}`;
}

/**
 * What two runs of B say together: A's tests alone, and then with what B adds. Whatever the additions do to the process,
 * they cannot make a test of A pass; one that fails beside them does fail once they are committed.
 */
function addNew(plain: SuiteRun, whole: SuiteRun): SuiteRun {
  const tests = new Map(whole.tests);
  const messages = new Map(whole.messages);
  for (const [test, outcome] of plain.tests) {
    if (isFailing(lookUp(whole, test)) && !isFailing(outcome)) continue;
    tests.set(test, outcome);
    const message = plain.messages.get(test);
    if (message === undefined) messages.delete(test);
    else messages.set(test, message);
  }
  const lost = new Map([...whole.notCollected, ...plain.notCollected]);
  return {
    ...plain,
    tests,
    messages,
    notCollected: [...lost],
    standIns: whole.standIns,
    seconds: plain.seconds + whole.seconds,
    broken: whole.broken,
    touchesProject: plain.touchesProject || whole.touchesProject,
  };
}

/**
 * Runs both suites in fresh copies of the sides, so that no round finds what a former one left on disk. B runs A's tests
 * alone first, and again with what it adds. A suite that breaks down on A ends the round with `workload-failed`,
 * or `workload-timeout`; B may take ten times as long as A.
 */
export async function runRound(host: Host, request: RoundRequest): Promise<Round> {
  const { a, b } = request.sides;
  const done = { A: 0, B: 0 };
  const stop = new AbortController();
  const abort = (): void => stop.abort();
  request.signal?.addEventListener('abort', abort);
  if (request.signal?.aborted === true) abort();
  const run = async (side: Side): Promise<SuiteRun> => {
    try {
      const plain = await runOnce(side, side.label === 'B' ? request.additions : []);
      if (side.label === 'A' && plain.broken !== undefined) throw cannotRun(side, plain.broken);
      if (side.label === 'A' || plain.broken !== undefined || request.additions.length === 0) return plain;
      return addNew(plain, await runOnce(side, []));
    } catch (error) {
      // What the other side would say is of no use any more.
      stop.abort();
      throw error;
    }
  };
  let limitMs: Promise<number> | undefined;
  const runOnce = async (side: Side, without: readonly string[]): Promise<SuiteRun> => {
    const twin = await copySide(host, side, request.runFolder);
    if (without.length > 0) await copyFromA(host, { a, b: twin }, without);
    const settings = { runFolder: scratchFolder(request, side), timeoutMs: request.timeoutMs };
    return runSuite(host, twin, settings, {
      seed: SEED,
      options: request.options,
      signal: stop.signal,
      limitMs: side.label === 'B' ? limitMs : undefined,
      progress: (count) => {
        done[side.label] = count;
        request.progress(`tests that have ended: ${done.A} on A, ${done.B} on B`);
      },
    });
  };
  try {
    // The same files give the same answer: one run of them is both sides.
    if (a.revision.contentId === b.revision.contentId) {
      const suite = await run(a);
      return { a: suite, b: suite };
    }
    const runningA = run(a);
    limitMs = runningA.then(
      ({ seconds }) => Math.max(PATIENCE * seconds * 1000, LEAST_LIMIT_MS),
      () => Infinity,
    );
    const [ofA, ofB] = await Promise.allSettled([runningA, run(b)]);
    if (ofA.status === 'fulfilled' && ofB.status === 'fulfilled') return { a: ofA.value, b: ofB.value };
    const reasons: unknown[] = [];
    for (const end of [ofA, ofB]) if (end.status === 'rejected') reasons.push(end.reason);
    // The side that was stopped because of the other has nothing to say.
    throw reasons.find((reason) => !wasInterrupted(reason)) ?? reasons[0];
  } finally {
    request.signal?.removeEventListener('abort', abort);
    for (const side of [a, b]) {
      await removeTwin(host, side, request.runFolder);
      await host.files.remove(scratchFolder(request, side));
    }
  }
}

function wasInterrupted(reason: unknown): boolean {
  return reason instanceof StropError && reason.code === 'interrupted';
}

function cannotRun(side: Side, broken: NonNullable<SuiteRun['broken']>): StropError {
  if (broken.timedOut) {
    return new StropError({
      code: 'workload-timeout',
      problem: `the tests of side ${side.label} (${side.revision.name}) do not come to their end: ${broken.problem}`,
      where: 'the test suite',
      remedy:
        'If the suite really takes that long, raise test-timeout in the settings (`[tool.strop]`); otherwise find out where it hangs.',
      detail: broken.detail,
    });
  }
  return new StropError({
    code: 'workload-failed',
    problem: `the tests of side A (${side.revision.name}) do not come to their end: ${broken.problem}`,
    where: 'the test suite',
    remedy:
      "Only a suite that runs before the change can tell what the change breaks: make it run by the project's own configuration, with the interpreter that strop uses (`strop inspect` shows which).",
    detail: broken.detail,
  });
}
