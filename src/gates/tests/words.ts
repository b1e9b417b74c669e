import { formatNumberOf } from '#base';
import type { Doubt } from '#base';
import { cutFindings } from '#campaign';
import type { SuiteRun } from '#measuring';
import { fileOf, isFailing, lookUp } from './judge.ts';
import type { Finding, Judgement, Seen } from './judge.ts';

/** Findings that are listed; the rest is counted. */
const MOST_LINES = 20;
/** Tests that a doubt names. */
const MOST_NAMES = 10;

const WORDS: Readonly<Record<Seen, string>> = {
  passed: 'passed',
  failed: 'failed',
  error: 'failed in its setup or teardown',
  skipped: 'skipped',
  xfailed: 'failed as expected',
  xpassed: 'passed against expectation',
  missing: 'not found',
};

function tellFinding(finding: Finding): string {
  const on = finding.a === 'missing' ? 'new' : `${WORDS[finding.a]} on A`;
  const message = finding.message === '' ? '' : `: ${finding.message}`;
  return `${finding.test}: ${on}, ${WORDS[finding.b]} on B${message}`;
}

/** One line for each finding, the gravest first. */
export function tellFindings(judgement: Judgement, a: SuiteRun, b: SuiteRun): readonly string[] {
  const lines: string[] = [];
  if (b.broken !== undefined) {
    lines.push(`the test run on B did not come to its end: ${b.broken.problem}`);
  }
  for (const [file, reason] of judgement.lostFiles) {
    const count = [...a.tests.keys()].filter((test) => fileOf(test) === file).length;
    lines.push(`${file}: cannot be collected on B (${formatNumberOf(count, 'test')} of A): ${reason}`);
  }
  lines.push(...judgement.held.map(tellFinding));
  return cutFindings(lines, MOST_LINES);
}

/** Findings in files whose change the user has excused. */
export function tellExcused(judgement: Judgement): readonly string[] {
  const lines = judgement.excused.map((finding) => `${tellFinding(finding)} (its file's change is excused)`);
  return cutFindings(lines, MOST_LINES);
}

/** How many tests pass on both sides, of those that pass on A. */
export function tellPassing(
  a: SuiteRun,
  b: SuiteRun,
  added: number,
  flaky: ReadonlySet<string> = new Set(),
): string {
  const passing = [...a.tests].filter(([, seen]) => isPassing(seen)).map(([test]) => test);
  const kept = passing.filter((test) => isPassing(lookUp(b, test))).length;
  const skipped = [...b.tests.values()].filter((seen) => seen === 'skipped' || seen === 'xfailed').length;
  const wavering = passing.filter((test) => flaky.has(test) && !isPassing(lookUp(b, test))).length;
  return [
    a.tests.size === 0
      ? 'A has no tests'
      : `${kept} of ${formatNumberOf(passing.length, 'test')} of A pass on both sides`,
    ...(skipped === 0 ? [] : [`${skipped} skipped or expected to fail`]),
    ...(wavering === 0 ? [] : [`${wavering} only in one of two runs`]),
    ...(added === 0 ? [] : [`${added} new on B`]),
  ].join(', ');
}

export function isPassing(seen: Seen): boolean {
  return seen === 'passed' || seen === 'xpassed';
}

/** What B breaks, in one sentence. */
export function tellBroken(judgement: Judgement, a: SuiteRun, b: SuiteRun): string {
  const lost = new Set(judgement.lostFiles.map(([file]) => file));
  const old = judgement.held.filter((finding) => finding.a !== 'missing').length;
  const gone = [...a.tests].filter(([test, seen]) => !isFailing(seen) && lost.has(fileOf(test))).length;
  const added = judgement.held.length - old;
  return [
    ...(b.broken === undefined ? [] : ['the test run on B did not come to its end']),
    ...(old + gone === 0
      ? []
      : [`${old + gone} of ${formatNumberOf(a.tests.size, 'test')} of A do not hold on B`]),
    ...(lost.size === 0 ? [] : [`${formatNumberOf(lost.size, 'test file')} cannot be collected`]),
    ...(added === 0 ? [] : [`${formatNumberOf(added, 'new test')} fail${added === 1 ? 's' : ''}`]),
  ].join(', ');
}

function nameSome(tests: readonly string[]): string {
  const more = tests.length > MOST_NAMES ? ` and ${tests.length - MOST_NAMES} more` : '';
  return tests.slice(0, MOST_NAMES).join(', ') + more;
}

/** Tests that behave differently in two runs of the same files. */
export function doubtFlaky(side: 'A' | 'B', tests: readonly string[]): readonly Doubt[] {
  if (tests.length === 0) return [];
  const text = `On side ${side}, ${formatNumberOf(tests.length, 'test')} behaved differently in two runs of the same files, and so prove${tests.length === 1 ? 's' : ''} nothing: ${nameSome(tests)}.`;
  return [{ code: 'flaky-test', text }];
}

/** Tests that failed before the change. */
export function doubtFailing(tests: readonly string[]): readonly Doubt[] {
  if (tests.length === 0) return [];
  const text = `${formatNumberOf(tests.length, 'test')} fail${tests.length === 1 ? 's' : ''} on A already, and so cannot tell what B breaks: ${nameSome(tests)}.`;
  return [{ code: 'tests-failing-before', text }];
}
