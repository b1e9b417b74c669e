import type { SuiteRun, TestOutcome } from '#measuring';
import { describe, expect, it } from 'vitest';
import { confirm, findDisputed, judge, settleDisputed } from './judge.ts';
import { tellBroken, tellFindings, tellPassing } from './words.ts';

function run(tests: Readonly<Record<string, TestOutcome>>, more: Partial<SuiteRun> = {}): SuiteRun {
  return {
    tests: new Map(Object.entries(tests)),
    messages: new Map(),
    notCollected: [],
    standIns: [],
    exitCode: 0,
    seconds: 1,
    runner: 'pytest',
    broken: undefined,
    touchesProject: true,
    ...more,
  };
}

const none = new Set<string>();
const ALL: readonly (TestOutcome | 'missing')[] = [
  'passed',
  'failed',
  'error',
  'skipped',
  'xfailed',
  'xpassed',
  'missing',
];

describe('what B may show', () => {
  const may: Record<string, readonly string[]> = {
    passed: ['passed', 'xpassed'],
    xpassed: ['passed', 'xpassed'],
    skipped: ['passed', 'xpassed', 'skipped', 'xfailed'],
    xfailed: ['passed', 'xpassed', 'skipped', 'xfailed'],
    failed: ALL,
    error: ALL,
    missing: ['passed', 'skipped', 'xfailed', 'xpassed', 'missing'],
  };
  it.each(ALL)('where A shows %s', (a) => {
    const allowed = ALL.filter((b) => {
      const as = run(a === 'missing' ? {} : { 't.py::x': a });
      const bs = run(b === 'missing' ? {} : { 't.py::x': b });
      return judge(as, bs, none).held.length === 0;
    });
    expect(new Set(allowed)).toEqual(new Set(may[a]));
  });

  it('in a file whose change is excused is everything but a failure', () => {
    const a = run({
      't.py::gone': 'passed',
      't.py::skip': 'passed',
      't.py::bad': 'passed',
      'u.py::gone': 'passed',
    });
    const b = run({ 't.py::skip': 'skipped', 't.py::bad': 'failed' });
    const { held, excused } = judge(a, b, new Set(['t.py']));
    expect(held.map((finding) => finding.test)).toEqual(['t.py::bad', 'u.py::gone']);
    expect(excused.map((finding) => finding.test)).toEqual(['t.py::gone', 't.py::skip']);
  });
});

describe('findings', () => {
  it('come gravest first, with the message of B', () => {
    const a = run({ 'a::skip': 'passed', 'a::gone': 'passed', 'a::bad': 'passed', 'a::setup': 'skipped' });
    const b = run(
      { 'a::new': 'failed', 'a::skip': 'skipped', 'a::setup': 'error', 'a::bad': 'failed' },
      { messages: new Map([['a::bad', 'assert 1 == 2']]) },
    );
    expect(tellFindings(judge(a, b, none), a, b)).toEqual([
      'a::bad: passed on A, failed on B: assert 1 == 2',
      'a::new: new, failed on B',
      'a::setup: skipped on A, failed in its setup or teardown on B',
      'a::gone: passed on A, not found on B',
      'a::skip: passed on A, skipped on B',
    ]);
    expect(tellBroken(judge(a, b, none), a, b)).toBe('4 of 4 tests of A do not hold on B, 1 new test fails');
  });

  it('name a file that is lost instead of each of its tests', () => {
    const a = run({ 't.py::x': 'passed', 't.py::y': 'passed', 'u.py::z': 'passed' });
    const b = run({ 'u.py::z': 'passed' }, { notCollected: [['t.py', 'ImportError: no']] });
    expect(tellFindings(judge(a, b, none), a, b)).toEqual([
      't.py: cannot be collected on B (2 tests of A): ImportError: no',
    ]);
    expect(tellBroken(judge(a, b, none), a, b)).toBe(
      '2 of 3 tests of A do not hold on B, 1 test file cannot be collected',
    );
  });

  it('say nothing about a file that A cannot collect either', () => {
    const both = run({}, { notCollected: [['t.py', 'ImportError: no']] });
    expect(judge(both, both, none).lostFiles).toEqual([]);
  });

  it('are twenty lines and a count', () => {
    const names = Array.from({ length: 33 }, (_, index) => [`t.py::x${index}`, 'passed'] as const);
    const a = run(Object.fromEntries(names));
    const lines = tellFindings(judge(a, run({}), none), a, run({}));
    expect(lines).toHaveLength(21);
    expect(lines.at(-1)).toBe('and 13 more');
  });

  it('leave out why a test is gone only where nobody knows', () => {
    const a = run({ 't.py::x': 'passed' });
    const b = run({}, { messages: new Map([['t.py', 'Skipped: no server']]) });
    expect(tellFindings(judge(a, b, none), a, b)).toEqual([
      't.py::x: passed on A, not found on B: Skipped: no server',
    ]);
  });

  it('count those that pass on both sides', () => {
    const a = run({ 'a::1': 'passed', 'a::2': 'xpassed', 'a::3': 'skipped', 'a::4': 'failed' });
    const b = run({
      'a::1': 'passed',
      'a::2': 'passed',
      'a::3': 'skipped',
      'a::4': 'failed',
      'a::5': 'passed',
    });
    expect(tellPassing(a, b, 1)).toBe(
      '2 of 2 tests of A pass on both sides, 1 skipped or expected to fail, 1 new on B',
    );
  });
});

describe('a second round', () => {
  const good = run({ 't::x': 'passed' });
  const bad = run({ 't::x': 'failed' });
  const gone = run({});
  const lost = run({}, { notCollected: [['t', 'no']] });
  const held = (first: readonly [SuiteRun, SuiteRun], second: readonly [SuiteRun, SuiteRun]) => {
    const { judgement, flaky } = confirm({ a: first[0], b: first[1] }, { a: second[0], b: second[1] }, none);
    return {
      held: [...judgement.held.map((finding) => finding.test), ...judgement.lostFiles.map(([file]) => file)],
      ...flaky,
    };
  };

  it('confirms what B fails twice and A passes twice', () => {
    expect(held([good, bad], [good, bad])).toEqual({ held: ['t::x'], a: [], b: [] });
    expect(held([good, lost], [good, lost])).toEqual({ held: ['t'], a: [], b: [] });
    expect(held([good, bad], [good, gone])).toEqual({ held: ['t::x'], a: [], b: [] });
  });

  it('tells a test that is flaky on A from a broken B', () => {
    expect(held([good, bad], [bad, bad])).toEqual({ held: [], a: ['t::x'], b: [] });
    expect(held([bad, bad], [good, bad])).toEqual({ held: [], a: ['t::x'], b: [] });
    expect(held([good, gone], [gone, gone])).toEqual({ held: [], a: ['t::x'], b: [] });
  });

  it('leaves to a third one what always fails on B and fails once on A', () => {
    for (const [first, second] of [
      [good, bad],
      [bad, good],
    ] as const) {
      const rounds = [
        { a: first, b: bad },
        { a: second, b: bad },
      ] as const;
      const disputed = findDisputed(...rounds);
      expect(disputed).toEqual(['t::x']);
      const repeated = confirm(...rounds, none);
      const worse = settleDisputed(repeated, disputed, { a: good, b: bad });
      expect(worse.judgement).toMatchObject({ held: [{ test: 't::x', a: 'passed' }], failingOnA: [] });
      expect(worse.flaky.a).toEqual([]);
      expect(settleDisputed(repeated, disputed, { a: bad, b: bad }).judgement.held).toEqual([]);
      expect(settleDisputed(repeated, disputed, { a: good, b: good }).judgement.held).toEqual([]);
    }
    expect(findDisputed({ a: good, b: bad }, { a: bad, b: good })).toEqual([]);
    expect(findDisputed({ a: bad, b: bad }, { a: bad, b: bad })).toEqual([]);
  });

  it('finds a test that is flaky on B', () => {
    expect(held([good, bad], [good, good])).toEqual({ held: [], a: [], b: ['t::x'] });
    expect(held([good, good], [good, bad])).toEqual({ held: [], a: [], b: ['t::x'] });
    expect(held([good, lost], [good, good])).toEqual({ held: [], a: [], b: ['t::x', 't'] });
  });
});
