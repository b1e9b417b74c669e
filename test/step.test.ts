import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { StepDocument } from '#store';
import { until } from './support/processes.ts';
import { takeSnapshot } from './support/snapshot.ts';
import { expectRefusal } from './support/stage.ts';
import {
  FAST,
  GRAIN,
  LOG,
  SLOW,
  StepStage,
  TESTS,
  doubtsOf,
  gatesOf,
  readStep,
} from './support/step-stage.ts';

const MAKE = 'grain.report:make';
const SQUARES = 'grain.squares:squares';

const figure = z.object({ ratio: z.number(), low: z.number(), high: z.number().nullable() });
const logResult = z.object({
  rows: z.array(
    z.object({
      title: z.string(),
      outcome: z.string(),
      reason: z.string(),
      attempt: z.number(),
      optimization: z.number().nullable(),
      commit: z.string().nullable(),
      lead: figure.extend({ id: z.string(), pairs: z.number() }).nullable(),
    }),
  ),
  kept: z.number(),
  dropped: z.number(),
  withdrawn: z.number(),
  effects: z.array(figure.extend({ id: z.string(), how: z.string() })),
  direct: z.string(),
});
const checkResult = z.object({
  holds: z.boolean(),
  lines: z.array(z.object({ id: z.string(), holds: z.string(), evidence: z.string() })),
});
const reportResult = z.object({ markdown: z.string() });

/** What the gate of the guards found. */
function detailsOf({ gates }: StepDocument): string {
  return gates.find(({ gate }) => gate === 'guards')?.details.join('\n') ?? '';
}

/** The numbers as people read them. */
const percent = (ratio: number): string => `${((ratio - 1) * 100).toFixed(1).replace('-', '-')} %`;

/*
 * One campaign from its first refusal to a checklist that holds. Each test goes on where the one before it ended.
 */
describe('a campaign', () => {
  let stage: StepStage;

  beforeAll(async () => {
    stage = await StepStage.open();
    stage.commit(GRAIN);
  });
  afterAll(() => {
    stage.close();
  });

  async function readLog(...words: readonly string[]) {
    const ended = await stage.strop(['log', '--json', ...words]);
    expect(ended.code, ended.stderr).toBe(0);
    return logResult.parse(JSON.parse(ended.stdout));
  }

  async function check() {
    const ended = await stage.strop(['check', '--json']);
    const result = checkResult.parse(JSON.parse(ended.stdout));
    expect(ended.code).toBe(result.holds ? 0 : 1);
    const open = result.lines.filter(({ holds }) => holds !== 'yes');
    return { ...result, open: open.map(({ id }) => id), why: JSON.stringify(open, undefined, 1) };
  }

  it('has no step before there is a baseline, and none without a change', async () => {
    stage.write({ 'grain/squares.py': FAST.squares });
    expectRefusal(await stage.plainStep(['Closed form']), 'no baseline', 'strop baseline');
    stage.git('checkout', '--quiet', '.');
    await stage.baseline(['--workload', MAKE, '--workload', SQUARES]);
    expectRefusal(await stage.plainStep(['Nothing at all']), 'nothing has changed');
    expectRefusal(await stage.plainStep(['The first commit', '--at', 'HEAD']), 'no commit before it');
    expectRefusal(await stage.plainStep(['Both', '--at', 'HEAD', '--commit']), 'Leave out --commit');
    const profiled = await stage.strop(['profile', MAKE, '--json']);
    expect(profiled.code, profiled.stderr).toBe(0);
  });

  it('takes a step on the working tree, and changes nothing there but the log', async () => {
    stage.write({ 'grain/squares.py': FAST.squares });
    const before = takeSnapshot(stage.repo);
    const { code, stderr, document } = await stage.step(['Closed form of the sum']);
    expect(code, stderr).toBe(0);
    expect(document).toMatchObject({
      outcome: 'accepted',
      commit: null,
      attempt: 1,
      tests: { passed: 4, failed: 0, skipped: 0 },
      changed: [{ file: 'grain/squares.py', name: 'squares' }],
      hot: [{ workload: MAKE, unit: 'ns' }],
    });
    expect(document.hot?.[0]?.share).toBeGreaterThan(0.3);
    expect(new Set(Object.values(gatesOf(document)))).toEqual(new Set(['passed']));
    expect(Object.keys(gatesOf(document))).toEqual(['yardstick', 'one change', 'api', 'tests', 'guards']);
    const { [`./${LOG}`]: log, ...after } = takeSnapshot(stage.repo);
    expect(log).toBeDefined();
    expect(after).toEqual(before);

    const text = stage.read(LOG);
    const target = document.workloads.find(({ id }) => id === MAKE);
    expect(target).toMatchObject({ verdict: 'faster', role: 'target' });
    expect(text).toContain('### Optimization 1: Closed form of the sum');
    expect(text).toMatch(/^\| Benchmark \| Before \| After \| Delta \| Interval \| Verdict \|$/m);
    const row = text
      .split('\n')
      .find((line) => line.startsWith(`| \`${MAKE}\` |`) && line.includes('faster'));
    expect(row).toContain(`| ${percent(target?.ratio ?? 0)} | [${percent(target?.low ?? 0)}, `);
    for (const name of ['Commit:', 'Description:', 'Tests pass:']) expect(text).toContain(`**${name}**`);
    expect(text).toContain('yes (4 passed)');
  });

  it('takes nothing on top of an accepted step that is not committed', async () => {
    expectRefusal(await stage.plainStep(['Again']), 'accepted already', 'Closed form of the sum');
    stage.write({ 'grain/evens.py': FAST.evens });
    expectRefusal(await stage.plainStep(['Even numbers']), 'not committed yet', 'git commit');
    expect((await check()).open).toContain('separate-changes');

    // Taken back, it stands in the way of no other change.
    const kept = stage.read('grain/squares.py');
    stage.git('checkout', '--quiet', '.');
    stage.write({ 'grain/evens.py': FAST.evens.replace('400', '500') });
    const { document } = await stage.step(['Even numbers, and more of them']);
    expect(document.reason).toContain('the gate "api" fails');
    stage.git('checkout', '--quiet', '.');
    stage.write({ 'grain/squares.py': kept });
    stage.git('commit', '--quiet', '--message', 'Closed form of the sum', 'grain/squares.py');
  });

  it('commits exactly what was measured, whatever is edited meanwhile', async () => {
    stage.write({ 'grain/evens.py': FAST.evens });
    // Words of a person between the blocks, and records that are part of no change.
    const own = 'Tried on a laptop first.\n';
    stage.write({
      [LOG]: `${stage.read(LOG)}\n${own}`.replace('<!-- strop:attempts ', `${own}\n<!-- strop:attempts `),
      '.benchmarks/machine/0001_x.json': '{}\n',
    });
    const started = stage.start([
      ...['step', '--json', '--budget', '20s', '--commit', 'Even numbers by a range'],
      ...['--description', 'range counts in steps of two.'],
    ]);
    await until('it measures or has ended', () =>
      started.told().includes('calibrating') || started.child.exitCode !== null ? true : undefined,
    );
    stage.write({ 'grain/evens.py': 'def evens(:\n' });
    const ended = await started.ended;
    expect(readStep(ended), ended.stderr).toMatchObject({ outcome: 'accepted' });

    expect(stage.committedFiles()).toEqual(['grain/evens.py']);
    expect(stage.git('show', 'HEAD:grain/evens.py')).toBe(FAST.evens.trim());
    const message = stage.git('show', '--no-patch', '--format=%B', 'HEAD');
    const row = (await readLog()).rows.at(-1);
    expect(message).toMatch(/^Even numbers by a range\n\nrange counts in steps of two\.\n\n/);
    expect(message).toContain(`${MAKE}: `);
    expect(message).toContain(`faster ${percent(row?.lead?.ratio ?? 0)}`);
    expect(message).toContain('4 tests pass');
    expect(row).toMatchObject({ optimization: 2, commit: stage.git('rev-parse', 'HEAD') });

    expect(stage.read('grain/evens.py')).toBe('def evens(:\n');
    stage.git('checkout', '--quiet', 'grain/evens.py');
    expect(stage.git('status', '--porcelain').split('\n')).toEqual(['?? .benchmarks/', `?? ${LOG}`]);
    const log = stage.read(LOG);
    expect(log.split(own)).toHaveLength(3);
    expect(log.indexOf('### Optimization 1')).toBeLessThan(log.indexOf(own));
    expect(log).toContain(`**Commit:** \`${stage.git('rev-parse', 'HEAD')}\``);
    expectRefusal(await stage.plainStep(['Only records']), 'nothing has changed');
  });

  it('judges a change that is committed already', async () => {
    stage.write({ 'grain/digits.py': FAST.digits });
    stage.git('commit', '--quiet', '--message', 'Digits by repetition', 'grain/digits.py');
    const before = takeSnapshot(stage.repo);
    const { document, stderr } = await stage.step(['Digits by repetition', '--at', 'HEAD']);
    expect(document.outcome, stderr).toBe('accepted');
    expect(document.commit).toBe(stage.git('rev-parse', 'HEAD'));
    expect(takeSnapshot(stage.repo)).toEqual({
      ...before,
      [`./${LOG}`]: takeSnapshot(stage.repo)[`./${LOG}`],
    });
    const entry = stage.read(LOG).split('### Optimization 3')[1] ?? '';
    expect(entry).toContain(`**Commit:** \`${document.commit ?? ''}\``);
  });

  it('ends with a checklist that holds, and a report of the same numbers', async () => {
    const steps = await readLog();
    expect(steps).toMatchObject({ kept: 3, dropped: 1 });
    // The first step began at the baseline, too, but ended elsewhere.
    expect(steps.direct).not.toBe('current');
    const log = await readLog('--direct', '--budget', '20s');
    expect(log.direct).toBe('current');
    const lead = log.effects.find(({ id }) => id === MAKE);
    expect(lead).toMatchObject({ how: 'direct' });
    expect(lead?.high).toBeLessThan(0.5);
    // Whatever is compared after it: a measurement of start and present stays one.
    const start = stage.git('rev-list', '--max-parents=0', 'HEAD');
    const aside = await stage.strop(['compare', `${start}..HEAD~2`, '--workload', MAKE, '--budget', '3s']);
    expect(aside.code, aside.stderr).toBeLessThan(4);
    expect((await readLog()).direct).toBe('current');

    // The log is no part of what was measured, also when it is committed.
    stage.git('add', LOG);
    stage.git('commit', '--quiet', '--message', 'The log');
    expect((await readLog()).direct).toBe('current');
    stage.git('reset', '--quiet', 'HEAD~1');

    // A page that strop has written is no change of the code.
    stage.write({ 'spy.raw.html': '<!doctype html><head><meta name="generator" content="strop view">' });
    const closed = await check();
    rmSync(join(stage.repo, 'spy.raw.html'));
    expect(closed.why).toBe('[]');
    expect(closed.holds).toBe(true);
    expect(closed.lines).toHaveLength(12);

    // How many pairs a proof takes hangs on the error rate in use.
    const evidence = (lines: readonly { readonly evidence: string }[]) =>
      lines.map((line) => line.evidence).join('\n');
    expect(evidence(closed.lines)).toContain('with the 7 pairs or more that a proof takes');
    const settings = stage.read('pyproject.toml');
    stage.write({ 'pyproject.toml': settings.replace('[tool.strop]', '[tool.strop]\nfpr = "10%"') });
    expect(evidence((await check()).lines)).toContain('with the 4 pairs or more that a proof takes');
    stage.write({ 'pyproject.toml': settings });

    const ended = await stage.strop(['report', '--json']);
    expect(ended.code, ended.stderr).toBe(0);
    const { markdown } = reportResult.parse(JSON.parse(ended.stdout));
    for (const { title, lead: shown, commit } of log.rows.filter(({ outcome }) => outcome === 'kept')) {
      const line = markdown.split('\n').find((each) => each.includes(title)) ?? '';
      expect(line).toContain(percent(shown?.ratio ?? 0));
      expect(line).toContain((commit ?? '?').slice(0, 7));
    }
    expect(markdown).toContain(percent(lead?.ratio ?? 0));
    expect(markdown).toContain('Even numbers, and more of them');
    const plain = await stage.strop(['report']);
    expect(plain.stdout.trimEnd()).toBe(markdown.trimEnd());

    // Rewritten commits are found by their content.
    const [root = ''] = stage.git('rev-list', '--max-parents=0', 'HEAD').split('\n');
    const former = stage.git('rev-parse', 'HEAD');
    stage.git('rebase', '--quiet', '--autostash', '--force-rebase', root);
    expect(stage.git('rev-parse', 'HEAD')).not.toBe(former);
    expect((await stage.strop(['log', '--write'])).code).toBe(0);
    expect((await check()).open).not.toContain('separate-changes');

    // Code that no test has seen yet.
    stage.write({ 'grain/squares.py': `${FAST.squares}\n\nLIMIT = 2\n` });
    expect((await check()).open).toContain('tests-pass');
    stage.git('checkout', '--quiet', 'grain/squares.py');
    expect((await check()).open).not.toContain('tests-pass');

    // One commit beside the steps, and it does not hold any more.
    stage.commit({ 'grain/squares.py': `${FAST.squares}\n\nLIMIT = 1\n` }, 'in passing');
    expect((await check()).open).toContain('separate-changes');
  });

  it('counts a step no more whose commit was taken back', async () => {
    const { rows } = await readLog();
    const last = rows.filter(({ outcome }) => outcome === 'kept').at(-1);
    // That commit beside the steps, and the last step.
    stage.git('reset', '--quiet', '--hard', 'HEAD~2');
    const log = await readLog('--write');
    expect(log).toMatchObject({ kept: 2, withdrawn: 1 });
    expect(log.rows.find(({ outcome }) => outcome === 'withdrawn')).toMatchObject({
      title: last?.title,
      optimization: null,
      reason: expect.stringContaining('is not in the history of HEAD') as string,
    });
    expect(log.direct).not.toBe('current');
    const { open } = await check();
    expect(open).not.toContain('separate-changes');
    expect(open).not.toContain('log-updated');
    const report = await stage.strop(['report']);
    expect(report.stdout).toContain(`- ${last?.title ?? '?'}: withdrawn, it was accepted`);
  });

  it('counts a step no more that was never committed and was taken back', async () => {
    stage.write({ 'grain/digits.py': FAST.digits });
    const { document, stderr } = await stage.step(['Digits by repetition, again']);
    expect(document.outcome, stderr).toBe('accepted');
    expect(await readLog()).toMatchObject({ kept: 3, withdrawn: 1 });
    stage.git('checkout', '--quiet', 'grain/digits.py');
    const log = await readLog();
    expect(log).toMatchObject({ kept: 2, withdrawn: 2 });
    expect(log.rows.at(-1)?.reason).toContain('neither committed nor in the working tree');
    expect((await check()).open).not.toContain('no-bundled-changes');
  });
});

/** What a change writes over a clean tree; null removes a file. */
type Change = Readonly<Record<string, string | null>>;

const HEAVY = `def squares(n=4000):
    bytes(2 << 20)
    return n * (n - 1) * (2 * n - 1) // 6
`;

const AT_IMPORT = `def _sum(n):
    return sum(i * i for i in range(n))


_SUMS = {n: _sum(n) for n in range(0, 4001, 4)}


def squares(n=4000):
    return _SUMS[n]
`;

const OTHER_SQUARES = SLOW.squares.replaceAll('total', 'result');
const SLOWER_SQUARES = SLOW.squares.replace('range(n)', '[*range(n), *[0] * n]');

/** Each with the gate that refuses it, and a word of why. */
const GATED: readonly (readonly [name: string, change: Change, gate: string, why: string | RegExp])[] = [
  [
    'a failing test',
    { 'grain/squares.py': FAST.squares.replace('n - 1', 'n - 2') },
    'tests',
    'tests/test_grain.py::test_squares',
  ],
  ['a test that is skipped now', { 'grain/_extra.py': null }, 'tests', 'tests/test_grain.py::test_extra'],
  [
    'a removed test',
    {
      'grain/squares.py': FAST.squares,
      'tests/test_grain.py': TESTS.replace(/def test_evens[^]*?\n\n\n/, ''),
    },
    'yardstick',
    'tests/test_grain.py',
  ],
  [
    'a changed benchmark',
    { 'grain/squares.py': FAST.squares, 'benchmarks/test_speed.py': 'def test_make():\n    pass\n' },
    'yardstick',
    'benchmarks/test_speed.py',
  ],
  [
    'another default in the public API',
    { 'grain/squares.py': FAST.squares.replace('4000', '4') },
    'api',
    'squares',
  ],
  [
    'two unrelated functions at once',
    { 'grain/squares.py': FAST.squares, 'grain/evens.py': FAST.evens },
    'one change',
    /2 changes at once.*2 files/s,
  ],
];

/** Measured first: each with its options, and what the reason says. */
const MEASURED: readonly (readonly [name: string, change: Change, words: readonly string[], why: RegExp])[] =
  [
    ['is no faster', { 'grain/squares.py': OTHER_SQUARES }, ['--margin', '40%'], /^no difference/],
    ['is slower', { 'grain/squares.py': SLOWER_SQUARES }, [], /^slower: \+/],
    ['is faster and needs 2 MiB more', { 'grain/squares.py': HEAVY }, [], /"guards" fails/],
    ['does its work at import time', { 'grain/squares.py': AT_IMPORT }, [], /"guards" fails/],
  ];

describe('a change that does not hold', () => {
  let stage: StepStage;
  let before: ReturnType<typeof takeSnapshot>;

  beforeAll(async () => {
    stage = await StepStage.open();
    stage.commit(GRAIN);
    await stage.baseline(['--workload', MAKE]);
  });
  afterAll(() => {
    stage.close();
  });

  function change(files: Change): void {
    stage.git('checkout', '--quiet', '.');
    stage.git('clean', '--quiet', '-fd');
    for (const [path, text] of Object.entries(files)) {
      if (text === null) rmSync(join(stage.repo, path));
      else stage.write({ [path]: text });
    }
    before = takeSnapshot(stage.repo);
  }

  it.each(GATED)('is refused for %s, before anything is measured', async (_name, files, gate, why) => {
    change(files);
    const { document } = await stage.step(['Faster', '--commit']);
    expect(document).toMatchObject({ outcome: 'rejected', workloads: [], attempt: 0, commit: null });
    expect(gatesOf(document)[gate]).toBe('failed');
    expect(document.reason).toContain(`the gate "${gate}" fails`);
    const report = document.gates.find((each) => each.gate === gate);
    expect([report?.summary, ...(report?.details ?? [])].join('\n')).toMatch(why);
    expect(takeSnapshot(stage.repo)).toEqual(before);
  });

  it.each(MEASURED)('is refused when it %s', async (_name, files, words, why) => {
    change(files);
    const { document, stderr } = await stage.step(['Faster', '--commit', ...words]);
    expect(document.outcome, `${stderr}${document.reason}`).toBe('rejected');
    expect(document.reason).toMatch(why);
    expect(document.workloads.length).toBeGreaterThan(0);
    expect(takeSnapshot(stage.repo)).toEqual(before);
    const target = document.workloads.find(({ id }) => id === MAKE);
    if (files['grain/squares.py'] === HEAVY) {
      expect(target?.verdict).toBe('faster');
      expect(detailsOf(document)).toMatch(/^grain.report:make, peak of allocations: \+/);
    }
    if (files['grain/squares.py'] === AT_IMPORT) {
      expect(target?.verdict).toBe('faster');
      expect(detailsOf(document)).toMatch(/^importing the project, time: \+/);
    }
  });

  it('is in the history all the same, and counts as an attempt when it was measured', async () => {
    const ended = await stage.strop(['log', '--json']);
    const { rows, kept, dropped } = logResult.parse(JSON.parse(ended.stdout));
    expect({ kept, dropped }).toEqual({ kept: 0, dropped: GATED.length + MEASURED.length });
    expect(rows.map(({ attempt }) => attempt)).toEqual([
      ...GATED.map(() => 0),
      ...MEASURED.map((_, at) => at + 1),
    ]);
    const text = await stage.strop(['log']);
    expect(text.stdout).toContain(`0 kept, ${rows.length} dropped`);
    expect(text.stdout.match(/ dropped(  .*)?$/gm)).toHaveLength(rows.length);
  });

  const EXCUSED: Change = {
    'grain/squares.py': FAST.squares.replace('4000', '5000'),
    'grain/evens.py': FAST.evens,
    'tests/test_grain.py': TESTS.replace(/def test_evens[^]*?\n\n\n/, ''),
  };
  const EXCUSES = [
    ['api', '--api-change', 'nobody counts on 4000'],
    ['yardstick', '--yardstick-change', 'the test said nothing'],
    ['one change', '--allow-bundle', 'they are released as one'],
  ] as const;

  it('needs a reason for each gate that is to let it pass, and has the reasons in its log entry', async () => {
    change(EXCUSED);
    for (const [gate] of EXCUSES) {
      const others = EXCUSES.filter((each) => each[0] !== gate).flatMap(([, flag, reason]) => [flag, reason]);
      const { document } = await stage.step(['All at once', ...others]);
      expect(document.reason).toContain(`the gate "${gate}" fails`);
      expect(Object.values(gatesOf(document)).filter((outcome) => outcome === 'failed')).toHaveLength(1);
    }
    expect(takeSnapshot(stage.repo)).toEqual(before);
    const all = EXCUSES.flatMap(([, flag, reason]) => [flag, reason]);
    const { document, stderr } = await stage.step(['All at once', ...all]);
    expect(document.outcome, `${stderr}${document.reason}`).toBe('accepted');
    for (const [gate, , reason] of EXCUSES) {
      expect(document.gates.find((each) => each.gate === gate)).toMatchObject({ outcome: 'excused', reason });
      expect(stage.read(LOG)).toContain(reason);
    }
    // What was tried before stands in the log, too.
    expect(stage.read(LOG)).toMatch(/## Tried and not kept[^]*no difference/);
  });
});

describe('a change that takes more time to decide', () => {
  let stage: StepStage;

  beforeAll(async () => {
    stage = await StepStage.open();
    stage.commit(GRAIN);
    await stage.baseline(['--workload', MAKE]);
  });
  afterAll(() => {
    stage.close();
  });

  it('is undecided, goes on from its evidence, and shares one error rate with other attempts', async () => {
    stage.write({ 'grain/squares.py': FAST.squares });
    const before = takeSnapshot(stage.repo);
    const first = await stage.step(['Closed form', '--commit', '--budget', '300ms']);
    expect(first.document).toMatchObject({ outcome: 'undecided', attempt: 1, alpha: 0.005 });
    expect(first.code).toBe(3);
    expect(takeSnapshot(stage.repo)).toEqual(before);
    const pairs = first.document.workloads.find(({ id }) => id === MAKE)?.pairs ?? 0;
    expect(pairs).toBeGreaterThan(0);

    stage.write({ 'grain/squares.py': `${FAST.squares}\n\n_LIMIT = 1\n` });
    const other = await stage.step(['Closed form', '--budget', '300ms']);
    expect(other.document).toMatchObject({ attempt: 2 });
    expect(other.document.alpha).toBeCloseTo(0.01 / 6, 6);
    expect(doubtsOf(other.document)).toContain('further-attempt');
    expect(doubtsOf(other.document)).not.toContain('evidence-carried-on');

    stage.write({ 'grain/squares.py': FAST.squares });
    const again = await stage.step(['Closed form', '--commit']);
    expect(again.document, again.stderr).toMatchObject({ outcome: 'accepted', attempt: 1, alpha: 0.005 });
    expect(doubtsOf(again.document)).toContain('evidence-carried-on');
    const more = again.document.workloads.find(({ id }) => id === MAKE)?.pairs ?? 0;
    expect(more).toBeGreaterThan(pairs);
    expect(stage.committedFiles()).toEqual(['grain/squares.py']);
  });
});

describe('a project without pytest-benchmark', () => {
  let stage: StepStage;

  beforeAll(async () => {
    stage = await StepStage.open();
    stage.commit({ ...GRAIN, 'tests/test_speed.py': GRAIN['benchmarks/test_speed.py'] ?? '' });
  });
  afterAll(() => {
    stage.close();
  });

  it('has its benchmarks run as tests, is told what its own pytest needs, and can close its campaign', async () => {
    const target = 'tests/test_speed.py::test_make';
    const install = '-m pip install pytest-benchmark';
    const few = ['--pairs', '4', '--budget', '5s'];
    const baseline = await stage.strop(['baseline', ...few, '--workload', target]);
    expect(baseline.code, baseline.stderr).toBe(0);
    expect(baseline.stdout).toContain(install);
    expect(baseline.stdout).toContain(`next: \`strop profile ${target}\``);
    stage.write({ 'grain/squares.py': FAST.squares });
    stage.git('add', 'grain');
    stage.write({ 'grain/squares.py': `${FAST.squares}\n` });
    const early = await stage.plainStep(['Closed form', '--workload', target, '--commit']);
    expectRefusal(early, 'what is staged', 'git restore --staged');
    expect(early.stderr).not.toContain('running the whole test suite');
    stage.write({ 'grain/squares.py': FAST.squares });
    const { document } = await stage.step(['Closed form', '--workload', target, '--commit']);
    expect(document).toMatchObject({ outcome: 'accepted', tests: { passed: 5, failed: 0, skipped: 0 } });
    const doubt = document.doubts.find(({ code }) => code === 'benchmark-plugin-missing');
    expect(doubt?.text).toContain(target);
    expect(doubt?.text).toContain(install);
    const checked = await stage.strop(['check', '--json']);
    const { lines } = checkResult.parse(JSON.parse(checked.stdout));
    expect(lines.find(({ id }) => id === 'tests-pass')).toMatchObject({ holds: 'yes' });
  });
});
