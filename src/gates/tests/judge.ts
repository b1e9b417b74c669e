import type { SuiteRun, TestOutcome } from '#measuring';

/** What one run of a side says about a test; `missing`: it was not among those that ran. */
export type Seen = TestOutcome | 'missing';

/** One test on both sides. */
export interface Finding {
  readonly test: string;
  readonly a: Seen;
  readonly b: Seen;
  /** What B says about it, where it says something. */
  readonly message: string;
}

/** What two runs, one of each side, say. */
export interface Judgement {
  /** Held against B, the gravest first. */
  readonly held: readonly Finding[];
  /** Would be held against B in a file whose change is excused. */
  readonly excused: readonly Finding[];
  /** Files that B cannot collect and A can. */
  readonly lostFiles: readonly (readonly [file: string, reason: string])[];
  /** Tests that only B has. */
  readonly added: readonly string[];
  /** Tests that fail on A, whatever they do on B. */
  readonly failingOnA: readonly string[];
}

export function isFailing(seen: Seen): boolean {
  return seen === 'failed' || seen === 'error';
}

export function lookUp(run: SuiteRun, test: string): Seen {
  return run.tests.get(test) ?? 'missing';
}

/** The file of a node id. */
export function fileOf(test: string): string {
  return test.split('::')[0] ?? test;
}

/**
 * Whether B may show this where A shows that. A test that passes must go on passing; one that is skipped or expected to
 * fail may get better and may not fail; none may go away. What fails on A proves nothing about B.
 */
function isHeld(a: Seen, b: Seen): boolean {
  if (isFailing(a)) return false;
  // Whoever adds a failing test leaves a suite behind that fails.
  if (isFailing(b)) return true;
  if (a === 'missing') return false;
  if (b === 'missing') return true;
  return (a === 'passed' || a === 'xpassed') && (b === 'skipped' || b === 'xfailed');
}

/** Gravest first. */
const GRAVITY: readonly Seen[] = ['failed', 'error', 'missing', 'skipped', 'xfailed', 'xpassed', 'passed'];

function gravityOf(finding: Finding): number {
  // A test of A says more than one that came with the change.
  return GRAVITY.indexOf(finding.b) + (finding.a === 'missing' ? 0.5 : 0);
}

/** Why a test is not there: it was deselected, or its file was left out. */
function messageOf(run: SuiteRun, test: string): string {
  return run.messages.get(test) ?? run.messages.get(fileOf(test)) ?? '';
}

/** Holds B's run against A's. `exempt`: files in which a test may be gone, skipped or expected to fail. */
export function judge(a: SuiteRun, b: SuiteRun, exempt: ReadonlySet<string>): Judgement {
  const held: Finding[] = [];
  const excused: Finding[] = [];
  const lost = lostFiles(a, b);
  const lostNames = new Set(lost.map(([file]) => file));
  for (const test of new Set([...a.tests.keys(), ...b.tests.keys()])) {
    const finding = { test, a: lookUp(a, test), b: lookUp(b, test), message: messageOf(b, test) };
    if (!isHeld(finding.a, finding.b)) continue;
    // One line for the file says it all.
    if (finding.b === 'missing' && lostNames.has(fileOf(test))) continue;
    const mayChange = exempt.has(fileOf(test)) && !isFailing(finding.b);
    (mayChange ? excused : held).push(finding);
  }
  return {
    held: held.sort((one, other) => gravityOf(one) - gravityOf(other)),
    excused,
    lostFiles: lost,
    added: [...b.tests.keys()].filter((test) => !a.tests.has(test)),
    failingOnA: [...a.tests].filter(([, outcome]) => isFailing(outcome)).map(([test]) => test),
  };
}

function lostFiles(a: SuiteRun, b: SuiteRun): Judgement['lostFiles'] {
  const before = new Set(a.notCollected.map(([file]) => file));
  return b.notCollected.filter(([file]) => !before.has(file));
}

/** What is wrong in two rounds alike, and what changed between them without any change. */
export interface Repeated {
  readonly judgement: Judgement;
  readonly flaky: { readonly a: readonly string[]; readonly b: readonly string[] };
}

/** Keeps of the first judgement what the second round confirms: the same test, with the same outcome on the same side. */
export function confirm(
  first: { readonly a: SuiteRun; readonly b: SuiteRun },
  second: { readonly a: SuiteRun; readonly b: SuiteRun },
  exempt: ReadonlySet<string>,
): Repeated {
  const flakyA = differing(first.a, second.a);
  const flakyB = differing(first.b, second.b);
  const judgement = judge(first.a, first.b, exempt);
  const again = judge(second.a, second.b, exempt);
  const heldAgain = new Set(again.held.map((finding) => finding.test));
  const lostAgain = new Set(again.lostFiles.map(([file]) => file));
  return {
    judgement: {
      ...judgement,
      failingOnA: judgement.failingOnA.filter((test) => isFailing(lookUp(second.a, test))),
      held: judgement.held.filter(({ test }) => heldAgain.has(test) && !flakyA.has(test)),
      lostFiles: judgement.lostFiles.filter(([file]) => lostAgain.has(file)),
    },
    flaky: {
      a: [...flakyA],
      b: [...flakyB].filter((test) => !heldAgain.has(test) || !heldIn(judgement, test)),
    },
  };
}

/** Tests that fail on both sides, so that this run of A says nothing about them. */
export function failingOnBoth({ a, b }: { readonly a: SuiteRun; readonly b: SuiteRun }): readonly string[] {
  return [...a.tests.keys()].filter((test) => isFailing(lookUp(a, test)) && isFailing(lookUp(b, test)));
}

/** Tests that failed on B in every round, and that A passed in one of two: one more round has to tell. */
export function findDisputed(
  first: { readonly a: SuiteRun; readonly b: SuiteRun },
  second: { readonly a: SuiteRun; readonly b: SuiteRun },
): readonly string[] {
  const passes = (run: SuiteRun, test: string): boolean => ['passed', 'xpassed'].includes(lookUp(run, test));
  return [...first.a.tests.keys()].filter(
    (test) =>
      isFailing(lookUp(first.b, test)) &&
      isFailing(lookUp(second.b, test)) &&
      passes(first.a, test) !== passes(second.a, test),
  );
}

/** Holds against B those disputed tests that the last round of A passes and that of B fails once more. */
export function settleDisputed(
  { judgement, flaky }: Repeated,
  disputed: readonly string[],
  last: { readonly a: SuiteRun; readonly b: SuiteRun },
): Repeated {
  const held = judge(last.a, last.b, new Set()).held.filter(
    ({ test, b }) => disputed.includes(test) && isFailing(b),
  );
  const names = new Set(held.map(({ test }) => test));
  return {
    judgement: {
      ...judgement,
      held: [...held, ...judgement.held],
      failingOnA: judgement.failingOnA.filter((test) => !names.has(test)),
    },
    flaky: { a: flaky.a.filter((test) => !names.has(test)), b: flaky.b },
  };
}

function heldIn(judgement: Judgement, test: string): boolean {
  return judgement.held.some((finding) => finding.test === test);
}

/** Tests with different outcomes in two runs of the same side; also files that could be collected in only one. */
function differing(one: SuiteRun, other: SuiteRun): Set<string> {
  const found = new Set<string>();
  for (const test of new Set([...one.tests.keys(), ...other.tests.keys()])) {
    if (lookUp(one, test) !== lookUp(other, test)) found.add(test);
  }
  const names = (run: SuiteRun): Set<string> => new Set(run.notCollected.map(([file]) => file));
  const [here, there] = [names(one), names(other)];
  for (const file of new Set([...here, ...there])) if (here.has(file) !== there.has(file)) found.add(file);
  return found;
}
