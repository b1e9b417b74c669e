import { relative } from 'node:path';
import { StropError } from '#base';
import type { Doubt } from '#base';
import type { GateReport } from '#campaign';
import type { Host } from '#host';
import type { SuiteRun } from '#measuring';
import { findToldDoctests, formatEvidence } from '#project';
import {
  confirm,
  failingOnBoth,
  fileOf,
  findDisputed,
  isFailing,
  judge,
  lookUp,
  settleDisputed,
} from './judge.ts';
import type { Judgement } from './judge.ts';
import { runRound } from './rounds.ts';
import type { Round, RoundRequest } from './rounds.ts';
import {
  doubtFailing,
  doubtFlaky,
  isPassing,
  tellBroken,
  tellExcused,
  tellFindings,
  tellPassing,
} from './words.ts';

/** What is to be checked. `timeoutMs` is for one run of one suite. */
export interface TestsRequest extends RoundRequest {
  /**
   * Test files, relative to the project, whose change the user has excused: that a test of theirs is gone, skipped or
   * expected to fail is shown and not held against B. That one fails still is.
   */
  readonly exemptFiles: readonly string[];
  /** The user's reason for a project without tests, or null. */
  readonly noTestsReason: string | null;
}

/** The answer of the gate. */
export interface TestsCheck {
  readonly report: GateReport;
  /**
   * Tests of side B by outcome; null when they were not run. `skipped` includes those that are expected to fail; `flaky` are
   * those that failed in the first of two runs and passed in the second.
   */
  readonly counts: {
    readonly passed: number;
    readonly failed: number;
    readonly skipped: number;
    readonly flaky: number;
  } | null;
  /** Tests that only B has, by node id; all were run. */
  readonly added: readonly string[];
  /** Files in which A has tests, relative to the project. */
  readonly files: readonly string[];
  /** Benchmarks of B that ran once by strop's own fixture, since no plugin of the project has one. */
  readonly standIns: readonly string[];
  readonly doubts: readonly Doubt[];
}

const NO_TESTS = 'no tests: correctness unproven';
const HOW_TO_EXCUSE = 'if that is as it should be, say why with --no-tests "reason"';

/**
 * Runs the project's whole test suite on both sides, each in a copy of its checkout, and requires every test of A to be
 * there on B and to hold: removed, newly skipped, newly expected to fail, not collected or failing is a refusal, and so
 * is a new test that fails. Before B is refused, both whole suites run once more: what B fails twice and A passes twice
 * is B's fault; a test that differs between two runs of the same side is flaky and becomes a doubt. Tests that fail on
 * both sides run once more, too: one that A passes then and B never does is B's fault, if a third run says the same.
 *
 * Errors: `workload-failed` (the suite of A cannot be run, or none of its tests passes), `workload-timeout` (of A),
 * `wrong-code`, `forged-result`, `interrupted`.
 */
export async function checkTests(host: Host, request: TestsRequest): Promise<TestsCheck> {
  const { root, project } = request.sides.a;
  const told = await findToldDoctests(host, {
    root: project,
    gitTop: root,
    prefix: relative(root, project).replaceAll('\\', '/'),
  });
  const check = await runAndJudge(host, { ...request, options: told?.options });
  if (told === undefined || told.options !== undefined || check.counts === null) return check;
  const text = `${formatEvidence(told.evidence)} has pytest run the examples of docstrings, by options that the settings of pytest do not have: they were not run. Put --doctest-modules into addopts to have them run.`;
  return { ...check, doubts: [...check.doubts, { code: 'doctests-not-run', text }] };
}

async function runAndJudge(host: Host, request: TestsRequest): Promise<TestsCheck> {
  let first: Round;
  try {
    request.progress('running the tests of both sides');
    first = await runRound(host, request);
  } catch (error) {
    const reason = request.noTestsReason;
    if (reason === null || !(error instanceof StropError) || error.code !== 'workload-failed') throw error;
    return excuse(reason, error.facts.problem);
  }
  const exempt = new Set(request.exemptFiles);
  const judgement = judge(first.a, first.b, exempt);
  const refused = isBroken(judgement, first.b);
  if (!refused && failingOnBoth(first).length === 0) return conclude(request, first, judgement, []);

  const why = refused ? 'tests do not hold on B' : 'tests fail on both sides';
  request.progress(`${why}: running both suites once more`);
  const second = await runRound(host, request);
  const broke = first.b.broken !== undefined;
  if (broke !== (second.b.broken !== undefined)) {
    // The run that came to its end tells what B does; half a run would call most of its tests flaky.
    const whole = broke ? second : first;
    const ended = (broke ? first : second).b.broken?.problem ?? '';
    const text = `On side B, one of two test runs did not come to its end: ${ended}.`;
    return conclude(request, whole, judge(whole.a, whole.b, exempt), [{ code: 'flaky-test', text }]);
  }
  const { judgement: confirmed, flaky } = await settle(host, request, first, second);
  const doubts = [
    ...doubtFlaky('A', flaky.a),
    // A crash cuts the two runs off at different places.
    ...(broke ? [] : doubtFlaky('B', flaky.b)),
  ];
  const passedOnce = flaky.b.filter(
    (test) => isPassing(lookUp(first.b, test)) || isPassing(lookUp(second.b, test)),
  );
  return conclude(request, first, confirmed, doubts, new Set(passedOnce));
}

/** What two rounds say; a test that always fails on B and passes on A now and then gets a third. */
async function settle(
  host: Host,
  request: TestsRequest,
  first: Round,
  second: Round,
): Promise<ReturnType<typeof confirm>> {
  const repeated = confirm(first, second, new Set(request.exemptFiles));
  const disputed = findDisputed(first, second);
  if (disputed.length === 0) return repeated;
  request.progress('a test that fails on B passes on A now and then: running both suites once more');
  return settleDisputed(repeated, disputed, await runRound(host, request));
}

function isBroken(judgement: Judgement, b: SuiteRun): boolean {
  return judgement.held.length > 0 || judgement.lostFiles.length > 0 || b.broken !== undefined;
}

function conclude(
  request: TestsRequest,
  { a, b }: Round,
  judgement: Judgement,
  found: readonly Doubt[],
  flaky: ReadonlySet<string> = new Set(),
): TestsCheck {
  const doubts = [...found, ...doubtFailing(judgement.failingOnA), ...doubtLoaded(request, a, b)];
  const files = [...new Set([...a.tests.keys()].map(fileOf))];
  const rest = { counts: countOf(b, flaky), added: judgement.added, files, standIns: b.standIns };
  const report = (
    outcome: GateReport['outcome'],
    summary: string,
    details: readonly string[],
  ): GateReport => ({
    gate: 'tests',
    outcome,
    summary,
    details,
    reason: outcome === 'excused' ? request.noTestsReason : null,
  });
  if (isBroken(judgement, b)) {
    const details = [...tellFindings(judgement, a, b), ...tellExcused(judgement)];
    return { ...rest, doubts, report: report('failed', tellBroken(judgement, a, b), details) };
  }
  const unproven = whyUnproven(request, a, b);
  if (unproven !== undefined) {
    const excused = request.noTestsReason !== null;
    const details = excused ? [unproven] : [unproven, HOW_TO_EXCUSE];
    return { ...rest, doubts, report: report(excused ? 'excused' : 'failed', NO_TESTS, details) };
  }
  if (a.tests.size === 0) {
    const text = 'A has no tests: only the new tests of B tell that it still does what A did.';
    doubts.push({ code: 'only-new-tests', text });
  }
  const summary = tellPassing(a, b, judgement.added.length, flaky);
  return { ...rest, doubts, report: report('passed', summary, tellExcused(judgement)) };
}

/** Why the suites prove nothing though nothing fails; undefined when they do. */
function whyUnproven(request: TestsRequest, a: SuiteRun, b: SuiteRun): string | undefined {
  if ([...a.tests.values()].some(isPassing)) return undefined;
  const bad = [...a.tests].find(([, seen]) => seen === 'failed' || seen === 'error');
  const why = bad === undefined ? a.notCollected[0] : ([bad[0], a.messages.get(bad[0]) ?? ''] as const);
  if (why !== undefined) {
    const text = `no test of A passes (${why.join(': ')})`;
    if (request.noTestsReason !== null) return text;
    throw new StropError({
      code: 'workload-failed',
      problem: text,
      where: 'the test suite',
      remedy:
        'Tests that fail before the change cannot tell what it breaks: make them pass on A first, with the interpreter that strop uses (`strop inspect` shows which).',
    });
  }
  if (a.tests.size > 0) return `all ${a.tests.size} tests of A are skipped or expected to fail`;
  return b.tests.size === 0 ? 'neither side has a test' : undefined;
}

function doubtLoaded(request: TestsRequest, a: SuiteRun, b: SuiteRun): readonly Doubt[] {
  const { modules } = request.sides.b;
  if (modules.length === 0 || b.tests.size === 0 || (a.touchesProject && b.touchesProject)) return [];
  const text = `No test loaded a module of the project (${modules.slice(0, 5).join(', ')}): the tests say nothing about it.`;
  return [{ code: 'nothing-of-the-project-runs', text }];
}

function countOf(b: SuiteRun, flaky: ReadonlySet<string>): NonNullable<TestsCheck['counts']> {
  const counts = { passed: 0, failed: 0, skipped: 0, flaky: 0 };
  for (const [test, seen] of b.tests) {
    if (isPassing(seen)) counts.passed += 1;
    else if (isFailing(seen)) counts[flaky.has(test) ? 'flaky' : 'failed'] += 1;
    else counts.skipped += 1;
  }
  return counts;
}

/** Where the tests cannot even be started, and the user has said why there are none. */
function excuse(reason: string, problem: string): TestsCheck {
  const report: GateReport = {
    gate: 'tests',
    outcome: 'excused',
    summary: NO_TESTS,
    details: [problem],
    reason,
  };
  return { report, counts: null, added: [], files: [], standIns: [], doubts: [] };
}
