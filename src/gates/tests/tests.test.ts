import * as fs from 'node:fs/promises';
import { join } from 'node:path';
import { StropError } from '#base';
import type { Host } from '#host';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { PINNED, findPythons, testVenv } from '../../../scripts/pythons.mjs';
import { openSuiteStage } from '../../measuring/testing/suite-stage.ts';
import type { SuiteStage } from '../../measuring/testing/suite-stage.ts';
import { checkTests } from './tests.ts';
import type { TestsCheck, TestsRequest } from './tests.ts';

const versions = findPythons().map((found) => found.version);
const newest = versions.at(-1) ?? '3.13';
const BOTH = [...new Set([versions[0] ?? '3.9', newest])];
const PLAIN = [PINNED.pytest];
const PLUGINS = [PINNED.pytest, PINNED.pytestXdist, PINNED.pytestRandomly, PINNED.pytestSubtests];

let stage: SuiteStage | undefined;

afterEach(async () => {
  await stage?.close();
  stage = undefined;
});

beforeAll(async () => {
  for (const version of BOTH) for (const list of [PLAIN, PLUGINS, []]) await testVenv(version, list);
}, 600_000);

type Files = Readonly<Record<string, string>>;

interface Wish {
  readonly version?: string;
  readonly requirements?: readonly string[];
  readonly request?: Partial<TestsRequest>;
  /** Another world than the real one; `counter` begins the names of the files that count. */
  readonly world?: (host: Host, counter: string) => Host;
  /** Looks at the run folder before it goes away. */
  readonly look?: (stage: SuiteStage) => Promise<void>;
}

/** The files of A; B has them, too, unless it says otherwise (`undefined`: removed). */
async function check(
  a: Files,
  changes: Readonly<Record<string, string | undefined>>,
  wish: Wish = {},
): Promise<TestsCheck> {
  const { python } = await testVenv(wish.version ?? newest, wish.requirements ?? PLAIN);
  stage = await openSuiteStage(python);
  const { host, runFolder, folder } = stage;
  const base = { 'pkg/__init__.py': 'VALUE = 1\n', ...a };
  const b: Record<string, string> = {};
  const changed: Readonly<Record<string, string | undefined>> = { ...base, ...changes };
  for (const [path, text] of Object.entries(changed)) if (text !== undefined) b[path] = text;
  const sides = { a: await stage.side('A', base), b: await stage.side('B', b) };
  // Tests that are to behave differently each time count their runs here.
  const counter = join(folder, 'counter');
  const world = { ...host, env: { ...host.env, COUNTER: counter } };
  const answer = await checkTests(wish.world?.(world, counter) ?? world, {
    sides,
    additions: [],
    runFolder,
    timeoutMs: 100_000,
    exemptFiles: [],
    noTestsReason: null,
    progress: () => undefined,
    ...wish.request,
  });
  await wish.look?.(stage);
  return answer;
}

async function errorOf(promise: Promise<unknown>): Promise<StropError> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof StropError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

function codes(answer: TestsCheck): readonly string[] {
  return answer.doubts.map((doubt) => doubt.code);
}

/** Appends to a file that outlives the copies of the sides, and tells how often that was done on this side before. */
const COUNT = `
import os
def runs():
    side = "B" if "/tb/" in os.getcwd() else "A"
    with open(os.environ["COUNTER"] + side, "a+") as file:
        file.seek(0)
        before = len(file.read())
        file.write("x")
    return side, before
`;

const TESTS_OF_A = `
import pytest, unittest
import pkg
def test_removed(): pass
def test_skipped(): pass
def test_expected(): pass
def test_fails(): assert pkg.VALUE == 1, "VALUE has changed"
def test_stays(): pass
@pytest.mark.skip
def test_never(): pass
@pytest.fixture
def ready(): assert pkg.VALUE == 1
def test_ready(ready): pass
@pytest.mark.parametrize("n", [1, 2])
def test_each(n): assert n >= pkg.VALUE
class TestCase(unittest.TestCase):
    def test_case(self): self.assertEqual(pkg.VALUE, 1)
`;
const TESTS_OF_B = TESTS_OF_A.replace('def test_removed(): pass', 'def test_new(): pass')
  .replace('def test_skipped', '@pytest.mark.skip(reason="slow")\ndef test_skipped')
  .replace('def test_expected(): pass', '@pytest.mark.xfail(reason="known")\ndef test_expected(): assert 0');
const REFUSED = [
  'tests/test_lost.py: cannot be collected on B (2 tests of A): ImportError: cannot import name',
  'tests/test_all.py::TestCase::test_case: passed on A, failed on B: AssertionError: 2 != 1',
  'tests/test_all.py::test_each[1]: passed on A, failed on B: assert 1 >= 2',
  'tests/test_all.py::test_fails: passed on A, failed on B: AssertionError: VALUE has changed',
  'tests/test_all.py::test_ready: passed on A, failed in its setup or teardown on B: assert 2 == 1',
  'tests/test_all.py::test_removed: passed on A, not found on B',
  'tests/test_all.py::test_skipped: passed on A, skipped on B: Skipped: slow',
  'tests/test_all.py::test_expected: passed on A, failed as expected on B: known',
];

describe('doctests that only tox.ini asks for', () => {
  const files = {
    'pkg/__init__.py': 'def twice(n):\n    """\n    >>> twice(2)\n    4\n    """\n    return 2 * n\n',
    'bench/run.py': 'raise SystemExit("this measures for an hour")\n',
    'test_a.py': 'def test_a(): pass\n',
  };
  const broken = { 'pkg/__init__.py': files['pkg/__init__.py'].replace('2 * n', '3 * n') };

  it('are run, and hold a change that breaks them', async () => {
    const tox = '[testenv]\ncommands = pytest --doctest-modules --ignore bench\n';
    const answer = await check({ ...files, 'tox.ini': tox }, broken);
    expect(answer.report).toMatchObject({ outcome: 'failed' });
    expect(answer.report.details.join('\n')).toContain(
      'pkg/__init__.py::pkg.twice: passed on A, failed on B',
    );
  });

  it('are said not to have been run where the command cannot be taken over', async () => {
    const tox = '[testenv]\ncommands = pytest --doctest-modules pkg test_a.py\n';
    const answer = await check({ ...files, 'tox.ini': tox }, broken);
    expect(answer.report).toMatchObject({ outcome: 'passed' });
    const doubt = answer.doubts.find(({ code }) => code === 'doctests-not-run');
    expect(doubt?.text).toMatch(/^tox\.ini:2 .*addopts/);
  });
});

describe.each(BOTH)('the tests gate on Python %s', (version) => {
  it.each([
    ['one process', ''],
    ['two processes of pytest-xdist, in random order', '-n 2'],
  ])('refuses each kind of loss, with %s', async (_name, addopts) => {
    const answer = await check(
      {
        'pytest.ini': `[pytest]\naddopts = ${addopts}\n`,
        'pkg/__init__.py': 'VALUE = 1\nOLD = 1\n',
        'tests/test_all.py': TESTS_OF_A,
        'tests/test_lost.py': 'from pkg import OLD\ndef test_1(): pass\ndef test_2(): pass\n',
      },
      { 'pkg/__init__.py': 'VALUE = 2\n', 'tests/test_all.py': TESTS_OF_B },
      { version, requirements: addopts === '' ? PLAIN : PLUGINS },
    );
    const { report } = answer;
    expect(report.outcome).toBe('failed');
    expect(report.summary).toBe('9 of 12 tests of A do not hold on B, 1 test file cannot be collected');
    expect(report.details).toHaveLength(REFUSED.length);
    expect(report.details[0]).toContain(REFUSED[0]);
    // Equally grave ones come in the order in which they ran.
    expect([...report.details.slice(1, 4)].sort()).toEqual(REFUSED.slice(1, 4));
    expect(
      report.details.slice(4).map((line) => line.replace(/(skipped on B: )(?:Skipped: )?/, '$1Skipped: ')),
    ).toEqual(REFUSED.slice(4));
    expect(answer.added).toEqual(['tests/test_all.py::test_new']);
    expect(answer.counts).toEqual({ passed: 3, failed: 4, skipped: 3, flaky: 0 });
    expect(codes(answer)).toEqual([]);
  });

  it('holds a failed subtest against its test', async () => {
    const answer = await check(
      {
        'test_sub.py': `
import pkg, unittest
def test_sub(subtests):
    for n in range(3):
        with subtests.test(n=n): assert n != pkg.VALUE - 2
class TestIt(unittest.TestCase):
    def test_unit(self):
        for n in range(3):
            with self.subTest(n=n): self.assertNotEqual(n, pkg.VALUE - 2)
`,
      },
      { 'pkg/__init__.py': 'VALUE = 2\n' },
      { version, requirements: PLUGINS },
    );
    expect(answer.report.outcome).toBe('failed');
    expect(answer.report.details.map((line) => line.replace(/ on B.*/, '')).sort()).toEqual([
      'test_sub.py::TestIt::test_unit: passed on A, failed',
      'test_sub.py::test_sub: passed on A, failed',
    ]);
  });

  it('judges unittest where there is no pytest', async () => {
    const tests = `
import unittest, pkg
class TestIt(unittest.TestCase):
    def test_value(self): self.assertEqual(pkg.VALUE, 1)
    def test_good(self): pass
    def test_gone(self): pass
`;
    const answer = await check(
      { 'tests/test_it.py': tests },
      { 'pkg/__init__.py': 'VALUE = 2\n', 'tests/test_it.py': tests.replace('test_gone', 'test_came') },
      { version, requirements: [] },
    );
    expect(answer.report.details).toEqual([
      'tests/test_it.py::TestIt::test_value: passed on A, failed on B: AssertionError: 2 != 1',
      'tests/test_it.py::TestIt::test_gone: passed on A, not found on B',
    ]);
    expect(answer.added).toEqual(['tests/test_it.py::TestIt::test_came']);
  });
});

describe('the tests gate', () => {
  it('passes a change that keeps all tests, and names the new ones', async () => {
    const tests = 'import pkg\ndef test_1(): pkg\ndef test_2(): pass\n';
    const answer = await check(
      { 'tests/test_a.py': tests },
      { 'tests/test_a.py': `${tests}def test_3(): pass\n` },
    );
    expect(answer).toEqual({
      report: {
        gate: 'tests',
        outcome: 'passed',
        summary: '2 of 2 tests of A pass on both sides, 1 new on B',
        details: [],
        reason: null,
      },
      standIns: [],
      counts: { passed: 3, failed: 0, skipped: 0, flaky: 0 },
      added: ['tests/test_a.py::test_3'],
      files: ['tests/test_a.py'],
      doubts: [],
    });
  });

  it('leaves the checkouts as they were, and nothing else in the run folder', async () => {
    await check(
      {
        'test_a.py':
          'import pkg\ndef test_writes(tmp_path):\n    open("dirt", "w").close()\n    open(pkg.__file__, "a").write("DIRT = 1")\n',
      },
      { 'pkg/__init__.py': 'VALUE = 2\n' },
      {
        look: async ({ runFolder }) => {
          expect((await fs.readdir(runFolder)).sort()).toEqual(['a', 'b']);
          for (const side of ['a', 'b']) {
            expect((await fs.readdir(join(runFolder, side, 'project'))).sort()).toEqual(['pkg', 'test_a.py']);
            const text = await fs.readFile(join(runFolder, side, 'project/pkg/__init__.py'), 'utf8');
            expect(text).not.toContain('DIRT');
          }
        },
      },
    );
  });

  it('runs the tests once where both sides are the same', async () => {
    const answer = await check(
      { 'test_a.py': `${COUNT}\nimport pkg\ndef test_1(): runs()\n` },
      {},
      {
        look: async ({ folder }) => {
          const names = (await fs.readdir(folder)).filter((name) => name.startsWith('counter'));
          expect(names).toEqual(['counterA']);
          expect(await fs.readFile(join(folder, 'counterA'), 'utf8')).toBe('x');
        },
      },
    );
    expect(answer.report.outcome).toBe('passed');
  });

  it.each([
    // On A it fails in the second round only, on B always: nobody can tell that B is to blame.
    ['A', 'side == "A" and before == 0'],
    ['B', 'side == "A" or before == 1'],
  ])('names a test that is flaky on side %s in a doubt, and does not refuse B', async (side, holds) => {
    const tests = `${COUNT}
import pkg
def test_steady(): pass
def test_shaky():
    side, before = runs()
    assert ${holds}
`;
    const answer = await check({ 'test_a.py': tests }, { 'pkg/__init__.py': 'VALUE = 2\n' });
    expect(answer.report.outcome).toBe('passed');
    expect(answer.doubts).toHaveLength(1);
    expect(answer.doubts[0]?.code).toBe('flaky-test');
    expect(answer.doubts[0]?.text).toContain(`On side ${side}, 1 test`);
    expect(answer.doubts[0]?.text).toContain('test_a.py::test_shaky');
  });

  it('refuses a break of a test that only fails now and then on A', async () => {
    const tests = `${COUNT}
import pkg
def test_steady(): pass
def test_shaky():
    side, before = runs()
    assert before > 0 and pkg.VALUE == 1
`;
    const answer = await check({ 'test_a.py': tests }, { 'pkg/__init__.py': 'VALUE = 2\n' });
    expect(answer.report.details).toEqual([
      expect.stringMatching(/^test_a\.py::test_shaky: passed on A, failed on B/),
    ]);
  });

  it('refuses a break that needs the tests before it, however often both suites run', async () => {
    const tests = `
import pkg
def test_first(): assert pkg.total([1, 2]) == 3
def test_second(): assert pkg.total([1, 2, 3]) == 6
`;
    const answer = await check(
      { 'pkg/__init__.py': 'def total(values):\n    return sum(values)\n', 'test_a.py': tests },
      {
        'pkg/__init__.py':
          'CACHE = {}\ndef total(values):\n    return CACHE.setdefault(values[0], sum(values))\n',
      },
    );
    expect(answer.report.details).toEqual([
      'test_a.py::test_second: passed on A, failed on B: assert 3 == 6',
    ]);
    expect(codes(answer)).toEqual([]);
  });

  it('does not hold against B what fails on A already', async () => {
    const answer = await check(
      { 'test_a.py': 'import pkg\ndef test_good(): pass\ndef test_bad(): assert 0\n' },
      { 'pkg/__init__.py': 'VALUE = 2\n' },
    );
    expect(answer.report).toMatchObject({
      outcome: 'passed',
      summary: '1 of 1 test of A pass on both sides',
    });
    expect(answer.counts).toEqual({ passed: 1, failed: 1, skipped: 0, flaky: 0 });
    expect(answer.doubts).toEqual([
      {
        code: 'tests-failing-before',
        text: '1 test fails on A already, and so cannot tell what B breaks: test_a.py::test_bad.',
      },
    ]);
  });

  it.each([
    ['a new test file', 'test_aaa.py', 'def test_new(): pass\n'],
    ['a new module that the runner loads first', 'tests/__init__.py', ''],
  ])('judges by the tests of A alone, whatever is replaced by %s', async (_, path, text) => {
    const answer = await check(
      {
        'pkg/__init__.py': 'def total(n): return n\n',
        'tests/test_b.py': 'import pkg\ndef test_1(): assert pkg.total(3) == 3\n',
      },
      {
        'pkg/__init__.py': 'def total(n): return 7\n',
        [path]: `import pkg\npkg.total = lambda n: n\n${text}`,
      },
      { request: { additions: [path] } },
    );
    expect(answer.report.details).toEqual([
      'tests/test_b.py::test_1: passed on A, failed on B: assert 7 == 3',
    ]);
    expect(answer.added).toEqual(text === '' ? [] : ['test_aaa.py::test_new']);
  });

  it('refuses new tests beside which a test of A fails', async () => {
    const answer = await check(
      { 'test_b.py': 'import pkg\ndef test_1(): assert pkg.VALUE == 1\n' },
      { 'test_aaa.py': 'import pkg\npkg.VALUE = 2\ndef test_new(): pass\n' },
      { request: { additions: ['test_aaa.py'] } },
    );
    expect(answer.report.details).toEqual(['test_b.py::test_1: passed on A, failed on B: assert 2 == 1']);
  });

  it('refuses a new test that fails', async () => {
    const answer = await check(
      { 'test_a.py': 'import pkg\ndef test_good(): pass\n' },
      { 'test_b.py': 'def test_bad(): assert 0\n' },
    );
    expect(answer.report).toMatchObject({ outcome: 'failed', summary: '1 new test fails' });
  });

  it('shows what a file whose change is excused has lost, and does not hold it against B', async () => {
    const answer = await check(
      { 'test_a.py': 'import pkg\ndef test_1(): pass\ndef test_2(): pass\n' },
      { 'test_a.py': 'import pkg\ndef test_1(): pass\n' },
      { request: { exemptFiles: ['test_a.py'] } },
    );
    expect(answer.report.outcome).toBe('passed');
    expect(answer.report.details).toEqual([
      "test_a.py::test_2: passed on A, not found on B (its file's change is excused)",
    ]);
  });

  it('refuses a project without tests, unless there is a reason', async () => {
    const refused = await check({}, { 'pkg/__init__.py': 'VALUE = 2\n' });
    expect(refused.report).toMatchObject({ outcome: 'failed', summary: 'no tests: correctness unproven' });
    expect(refused.report.details.join()).toContain('--no-tests "reason"');
    await stage?.close();
    const wish = { request: { noTestsReason: 'a script' } };
    const excused = await check({}, { 'pkg/__init__.py': 'VALUE = 2\n' }, wish);
    expect(excused.report).toMatchObject({ outcome: 'excused', reason: 'a script' });
    await stage?.close();
    // The reason is none for tests that are there.
    const judged = await check(
      { 'test_a.py': 'import pkg\ndef test_1(): assert pkg.VALUE == 1\n' },
      { 'pkg/__init__.py': 'VALUE = 2\n' },
      wish,
    );
    expect(judged.report).toMatchObject({ outcome: 'failed', reason: null });
  });

  it('cannot judge by a suite that does not run on A', async () => {
    const broken = {
      'pytest.ini': '[pytest]\naddopts = --no-such-option\n',
      'test_a.py': 'def test_1(): pass\n',
    };
    const error = await errorOf(check(broken, { 'pytest.ini': '[pytest]\n' }));
    expect(error).toMatchObject({ code: 'workload-failed' });
    expect(error.facts.detail).toContain('--no-such-option');
    await stage?.close();
    const failing = await errorOf(check({ 'test_a.py': 'def test_1(): assert 0\n' }, { 'x.py': '' }));
    expect(failing.facts.problem).toBe('no test of A passes (test_a.py::test_1: assert 0)');
    await stage?.close();
    const missing = await errorOf(
      check({ 'test_a.py': 'def test_1(): pass\n' }, { 'x.py': '' }, { requirements: [] }),
    );
    expect(missing.facts.problem).toContain('pytest is not installed');
  });

  it('refuses a change that ends the test run, by a crash or by its configuration', async () => {
    const crash = await check(
      { 'test_a.py': 'import pkg\ndef test_1(): pass\ndef test_2(): pkg\n' },
      { 'test_a.py': 'import os\ndef test_1(): pass\ndef test_2(): os._exit(0)\n' },
    );
    expect(crash.report.outcome).toBe('failed');
    expect(crash.report.details[0]).toMatch(
      /did not come to its end: .*exit code 0 during test_a\.py::test_2/,
    );
    await stage?.close();
    const config = await check(
      { 'test_a.py': 'import pkg\ndef test_1(): pass\n' },
      { 'pytest.ini': '[pytest]\naddopts = --no-such-option\n' },
    );
    expect(config.report.summary).toContain('the test run on B did not come to its end');
    expect(config.report.details).toContain('test_a.py::test_1: passed on A, not found on B');
  });

  describe('when a side takes too long', () => {
    const HANGS = `${COUNT}\nimport time\ndef test_1():\n    runs()\n    time.sleep(600)\n`;
    const ENDS = 'import pkg\ndef test_1(): pass\n';
    /** The time is over when one side hangs and the other has ended. */
    const world =
      (side: 'A' | 'B') =>
      (host: Host, counter: string): Host => {
        let waiting = 0;
        const marker = `${counter}${side}`;
        const sleep: Host['clock']['sleep'] = async (_ms, signal) => {
          waiting += 1;
          let inside = true;
          const leave = (): void => {
            if (inside) waiting -= 1;
            inside = false;
          };
          signal?.addEventListener('abort', leave);
          const over = async (): Promise<boolean> =>
            waiting === 1 && (await host.files.kind(marker)) !== undefined;
          while (signal?.aborted !== true && !(await over())) await host.clock.sleep(20);
          if (signal?.aborted === true) return;
          // The next round has to hang anew.
          leave();
          await host.files.remove(marker);
        };
        return { ...host, clock: { ...host.clock, sleep } };
      };

    it('refuses B, which hangs where A ends', async () => {
      const answer = await check({ 'test_a.py': ENDS }, { 'test_a.py': HANGS }, { world: world('B') });
      expect(answer.report).toMatchObject({
        outcome: 'failed',
        summary: 'the test run on B did not come to its end, 1 of 1 test of A do not hold on B',
      });
      expect(answer.report.details[0]).toMatch(/did not end within .*started last: test_a\.py::test_1/);
      expect(codes(answer)).toEqual([]);
    });

    it('cannot judge by a suite of A that hangs', async () => {
      const error = await errorOf(
        check({ 'test_a.py': HANGS }, { 'test_a.py': ENDS }, { world: world('A') }),
      );
      expect(error.code).toBe('workload-timeout');
      expect(error.facts.problem).toContain('the tests of side A (rev-A) do not come to their end');
      expect(error.facts.remedy).toContain('test-timeout');
    });
  });

  it('is not taken in by forged results of a test that fails', async () => {
    const forge = `
import os, pkg
def test_1():
    line = '{"tests":[["test_a.py::test_1","passed",""]],"more":false,"notes":[],"notCollected":[],"runner":"pytest",' \\
        '"code":0,"problem":null,"modules":[],"elsewhere":[],"own":true}'
    print(line, flush=True)
    try:
        os.write(3, line.encode() + b"\\n")
    except OSError:
        pass
    assert pkg.VALUE == 1
`;
    const files = { 'pytest.ini': '[pytest]\naddopts = -s\n', 'test_a.py': forge };
    const answer = await check(files, { 'pkg/__init__.py': 'VALUE = 2\n' });
    expect(answer.report.details).toEqual(['test_a.py::test_1: passed on A, failed on B: assert 2 == 1']);
  });

  it('doubts tests that load nothing of the project', async () => {
    const answer = await check({ 'test_a.py': 'def test_1(): pass\n' }, { 'pkg/__init__.py': 'VALUE = 2\n' });
    expect(codes(answer)).toEqual(['nothing-of-the-project-runs']);
  });
});
