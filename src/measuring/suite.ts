import { StropError, formatDuration } from '#base';
import type { Host } from '#host';
import type { Side } from '#revisions';
import type { PytestWorkload } from '#workloads';
import { z } from 'zod';
import { requireOwnCode } from './provenance.ts';
import { Session } from './session.ts';
import type { WorkerSettings } from './session.ts';

/**
 * What became of a test. `failed`: the test itself or one of its subtests; `error`: its setup or teardown; `xfailed`: it
 * failed as expected; `xpassed`: it passed unexpectedly where that is allowed.
 */
export type TestOutcome = 'passed' | 'failed' | 'skipped' | 'xfailed' | 'xpassed' | 'error';

/** How a suite is to be run. */
export interface SuiteRequest {
  /** Seed of hashes and of the plugins that shuffle tests: the same for all runs that are to be compared. */
  readonly seed: number;
  /** Options for pytest beside those of the project's settings. */
  readonly options?: readonly string[] | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Shortens the limit of time, in ms since the start, as soon as it is known. */
  readonly limitMs?: Promise<number> | undefined;
  /** Told about once a second how many tests have ended. */
  readonly progress?: ((done: number) => void) | undefined;
}

/** One run of a side's whole test suite. */
export interface SuiteRun {
  /** By node id, relative to the project: `tests/test_x.py::TestY::test_z[param]`. Only tests that ran to their end. */
  readonly tests: ReadonlyMap<string, TestOutcome>;
  /** First line of the failure, or the reason of a skip; also why a file or a test was left out of `tests`. */
  readonly messages: ReadonlyMap<string, string>;
  /** Test files that could not be collected. */
  readonly notCollected: readonly (readonly [file: string, reason: string])[];
  /** Tests that got their `benchmark` fixture from strop, since no plugin of the project has one: called once, not timed. */
  readonly standIns: readonly string[];
  /** pytest's exit code; undefined when the process ended on its own before the suite did. */
  readonly exitCode: number | undefined;
  readonly seconds: number;
  readonly runner: 'pytest' | 'unittest' | undefined;
  /** Why the run did not come to its end (a crash, a broken configuration, its time was over); `tests` holds what had ended by then. */
  readonly broken:
    { readonly problem: string; readonly detail: string; readonly timedOut: boolean } | undefined;
  /** Some process of the run loaded a module of the project. */
  readonly touchesProject: boolean;
}

const test = z.tuple([
  z.string(),
  z.enum(['passed', 'failed', 'skipped', 'xfailed', 'xpassed', 'error']),
  z.string(),
]);
const texts = z.array(z.tuple([z.string(), z.string()]));

const suiteAnswer = z.discriminatedUnion('more', [
  z.object({ more: z.literal(true), tests: z.array(test) }),
  z.object({
    more: z.literal(false),
    tests: z.array(test),
    notes: texts,
    notCollected: texts,
    standIns: z.array(z.string()),
    runner: z.enum(['pytest', 'unittest']),
    code: z.number().int(),
    problem: z.string().nullable(),
    modules: texts,
    elsewhere: texts,
    own: z.boolean(),
  }),
]);
type LastAnswer = Extract<z.infer<typeof suiteAnswer>, { more: false }>;

/** Names the suite where an error tells its place. */
const SUITE: PytestWorkload = { kind: 'pytest', id: 'the test suite', nodeId: '', file: '' };

/** What was heard while the suite ran; stays when the process dies. */
interface Heard {
  readonly tests: Map<string, TestOutcome>;
  readonly messages: Map<string, string>;
}

/**
 * Runs the whole test suite of a side, as pytest runs it by the project's configuration and with all its plugins (by
 * unittest's discovery where there is no pytest). Tests write where they like: give it a copy (`copySide`). What only
 * ends a run early, repeats benchmarks or writes reports is switched off.
 *
 * Errors: `workload-failed` when pytest is missing, `wrong-code` when a test loads the project from elsewhere,
 * `forged-result`, `interrupted`. A suite that breaks down otherwise, or takes longer than `settings.timeoutMs`, is a
 * result (`broken`).
 */
export async function runSuite(
  host: Host,
  side: Side,
  settings: WorkerSettings,
  request: SuiteRequest,
): Promise<SuiteRun> {
  const began = host.clock.nowNs();
  const { spec, running } = await prepareSpec(host, side, settings, request);
  // The limit is for the whole run, and it is kept here: one answer alone must not use it up.
  const patient = { ...settings, timeoutMs: 2 * settings.timeoutMs };
  const session = Session.start(host, side, SUITE, patient, request.seed, spec);
  const heard: Heard = { tests: new Map(), messages: new Map() };
  const watch = watchOver(host, session, settings.timeoutMs, request);
  try {
    const last = await listen(session, heard, request.progress);
    requireOwnCode(side, SUITE, {
      modules: foreignModules(last, settings),
      below: 0,
      elsewhere: last.elsewhere,
    });
    return {
      ...heard,
      messages: new Map([...last.notes, ...heard.messages]),
      notCollected: last.notCollected,
      standIns: last.standIns,
      exitCode: last.code,
      seconds: (host.clock.nowNs() - began) / 1e9,
      runner: last.runner,
      broken:
        last.problem === null
          ? undefined
          : { problem: firstLine(last.problem), detail: last.problem, timedOut: false },
      touchesProject: last.own,
    };
  } catch (error) {
    if (!(error instanceof StropError)) throw error;
    const during = await readRunning(host, running);
    if (watch.ended === 'interrupted') throw interrupted(side);
    const timedOut = watch.ended === 'timeout';
    if (!timedOut && error.code !== 'worker-lost') throw error;
    return {
      ...heard,
      notCollected: [],
      standIns: [],
      exitCode: undefined,
      seconds: (host.clock.nowNs() - began) / 1e9,
      runner: undefined,
      broken: {
        problem: timedOut
          ? tellTimeout(watch.limitMs, heard.tests.size, during)
          : error.facts.problem.replace(' while it was measured', during === '' ? '' : ` during ${during}`),
        detail: error.facts.detail ?? '',
        timedOut,
      },
      touchesProject: true,
    };
  } finally {
    await session.kill();
    await watch.stop();
  }
}

async function prepareSpec(host: Host, side: Side, settings: WorkerSettings, request: SuiteRequest) {
  const own = `${settings.runFolder}/suite-${side.label}-${host.random.token(4)}`;
  await host.files.makeFolder(own);
  // Python falls back to the machine's own folder for temporary files when the one it is given does not exist.
  await host.files.makeFolder(`${settings.runFolder}/tmp`);
  const running = `${own}/running`;
  const spec = {
    kind: 'suite',
    root: side.root,
    original: side.original ?? null,
    project: side.project,
    sourceRoots: side.sourceRoots,
    modules: side.modules,
    seed: request.seed,
    options: request.options ?? [],
    cacheFolder: `${own}/cache`,
    reports: `${own}/reports`,
    running,
  };
  return { spec, running };
}

/** Asks until the suite has ended. */
async function listen(
  session: Session,
  heard: Heard,
  progress: ((done: number) => void) | undefined,
): Promise<LastAnswer> {
  let answer = (await session.receive(suiteAnswer)).value;
  for (;;) {
    for (const [id, outcome, message] of answer.tests) {
      heard.tests.set(id, outcome);
      if (message !== '') heard.messages.set(id, message);
    }
    progress?.(heard.tests.size);
    if (!answer.more) break;
    answer = (await session.ask({ op: 'more' }, suiteAnswer)).value;
  }
  await session.ask({ op: 'end' }, z.object({ ended: z.literal(true) }));
  return answer;
}

/** Tests make modules of their own in temporary folders, and may well name them like the project's. */
function foreignModules(last: LastAnswer, settings: WorkerSettings): readonly (readonly [string, string])[] {
  return last.modules.filter(([, file]) => !file.startsWith(`${settings.runFolder}/`));
}

/** Ends the session when the time is over or the user wants to stop. */
function watchOver(
  host: Host,
  session: Session,
  timeoutMs: number,
  { signal, limitMs }: Pick<SuiteRequest, 'signal' | 'limitMs'>,
) {
  const began = host.clock.nowNs();
  const done = new AbortController();
  let timer = new AbortController();
  let killing: Promise<void> | undefined;
  const watch = {
    ended: undefined as 'timeout' | 'interrupted' | undefined,
    limitMs: timeoutMs,
    /** Resolves when a kill that was begun has come to its end. */
    stop: async (): Promise<void> => {
      done.abort();
      timer.abort();
      signal?.removeEventListener('abort', abort);
      await killing;
    },
  };
  const end = (why: 'timeout' | 'interrupted'): void => {
    if (done.signal.aborted || watch.ended !== undefined) return;
    watch.ended = why;
    killing = session.kill();
  };
  const abort = (): void => end('interrupted');
  signal?.addEventListener('abort', abort);
  if (signal?.aborted === true) abort();
  const endIn = (ms: number): void => {
    const own = new AbortController();
    timer.abort();
    timer = own;
    void host.clock.sleep(ms, own.signal).then(() => {
      if (!own.signal.aborted) end('timeout');
    });
  };
  endIn(timeoutMs);
  void limitMs?.then((ms) => {
    if (done.signal.aborted || ms >= timeoutMs) return;
    watch.limitMs = ms;
    endIn(Math.max(ms - (host.clock.nowNs() - began) / 1e6, 0));
  });
  return watch;
}

/** The test that was started last, as the shim noted it; only for messages. */
async function readRunning(host: Host, path: string): Promise<string> {
  return ((await host.files.readText(path)) ?? '').replaceAll('\0', '').trim();
}

function interrupted(side: Side): StropError {
  return new StropError({
    code: 'interrupted',
    problem: 'the test run was interrupted',
    where: `side ${side.label}`,
    remedy: 'Nothing was changed: run the same command again.',
  });
}

function tellTimeout(limitMs: number, ended: number, during: string): string {
  const last = during === '' ? '' : `, started last: ${during}`;
  return `it did not end within ${formatDuration(limitMs * 1e6)} and was killed with everything it started (${ended} tests had ended${last})`;
}

function firstLine(text: string): string {
  return text.split('\n').find((line) => line.trim() !== '') ?? text;
}
