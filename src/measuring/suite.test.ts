import * as fs from 'node:fs/promises';
import { join } from 'node:path';
import { StropError } from '#base';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { PINNED, findPythons, testVenv } from '../../scripts/pythons.mjs';
import { runSuite } from './suite.ts';
import type { SuiteRequest, SuiteRun } from './suite.ts';
import { openSuiteStage } from './testing/suite-stage.ts';
import type { SuiteStage } from './testing/suite-stage.ts';

const versions = findPythons().map((found) => found.version);
const oldest = versions[0] ?? '3.9';
const newest = versions.at(-1) ?? '3.13';
const BOTH = [...new Set([oldest, newest])];
const PLAIN = [PINNED.pytest];
const PLUGINS = [PINNED.pytest, PINNED.pytestXdist, PINNED.pytestRandomly, PINNED.pytestSubtests];

let stage: SuiteStage | undefined;

afterEach(async () => {
  await stage?.close();
  stage = undefined;
});

interface Wish {
  readonly version?: string;
  readonly requirements?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly timeoutMs?: number;
  readonly request?: Partial<SuiteRequest>;
  /** Files of the user's own tree. */
  readonly own?: Readonly<Record<string, string>>;
}

async function run(files: Readonly<Record<string, string>>, wish: Wish = {}): Promise<SuiteRun> {
  const { python } = await testVenv(wish.version ?? newest, wish.requirements ?? PLAIN);
  stage = await openSuiteStage(python, wish.env);
  await stage.write(stage.original, wish.own ?? {});
  const side = await stage.side('A', { 'pkg/__init__.py': 'VALUE = 1\n', ...files });
  const settings = { runFolder: stage.runFolder, timeoutMs: wish.timeoutMs ?? 100_000 };
  return runSuite(stage.host, side, settings, { seed: 7, ...wish.request });
}

function outcomes(suite: SuiteRun): Record<string, string> {
  return Object.fromEntries([...suite.tests].sort(([one], [other]) => (one < other ? -1 : 1)));
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

const EVERY_OUTCOME = `
import pytest, unittest

@pytest.mark.parametrize("n", [1, "two words", "ü"])
def test_many(n):
    assert n != 1, "one is not allowed"

def test_good(): pass

@pytest.mark.skip(reason="not today")
def test_skipped(): pass

@pytest.mark.xfail(reason="known")
def test_known(): assert False

@pytest.mark.xfail
def test_better(): pass

@pytest.mark.xfail(strict=True)
def test_strict(): pass

@pytest.fixture
def broken(): raise RuntimeError("no setup")

def test_setup(broken): pass

@pytest.fixture
def untidy():
    yield
    raise RuntimeError("no teardown")

def test_teardown(untidy): pass

class TestCase(unittest.TestCase):
    def test_case(self): self.assertEqual(1, 1)
    @unittest.expectedFailure
    def test_expected(self): self.fail()
`;
const EVERY_EXPECTED = {
  'tests/test_all.py::TestCase::test_case': 'passed',
  'tests/test_all.py::TestCase::test_expected': 'xfailed',
  'tests/test_all.py::test_better': 'xpassed',
  'tests/test_all.py::test_good': 'passed',
  'tests/test_all.py::test_known': 'xfailed',
  'tests/test_all.py::test_many[1]': 'failed',
  'tests/test_all.py::test_many[two words]': 'passed',
  'tests/test_all.py::test_many[\\xfc]': 'passed',
  'tests/test_all.py::test_setup': 'error',
  'tests/test_all.py::test_skipped': 'skipped',
  'tests/test_all.py::test_strict': 'failed',
  'tests/test_all.py::test_teardown': 'error',
};

beforeAll(async () => {
  for (const version of BOTH) for (const list of [PLAIN, PLUGINS, []]) await testVenv(version, list);
}, 600_000);

describe.each(BOTH)('a suite under pytest on Python %s', (version) => {
  it('tells the outcome of each test, with the first line of its failure', async () => {
    const suite = await run({ 'tests/test_all.py': EVERY_OUTCOME }, { version });
    expect(outcomes(suite)).toEqual(EVERY_EXPECTED);
    expect(suite).toMatchObject({ runner: 'pytest', exitCode: 1, notCollected: [], broken: undefined });
    const said = (name: string): string | undefined => suite.messages.get(`tests/test_all.py::${name}`);
    expect(said('test_many[1]')).toBe('AssertionError: one is not allowed');
    expect(said('test_setup')).toBe('RuntimeError: no setup');
    expect(said('test_skipped')).toBe('Skipped: not today');
    expect(said('test_known')).toBe('known');
  });

  it.each([PLAIN, PLUGINS])('runs benchmarks once where no plugin has their fixture: %j', async (...list) => {
    const benchmarks = `
import pytest

@pytest.mark.benchmark(group="g")
def test_good(benchmark): assert benchmark(int, "7") == 7

def test_wrong(benchmark): assert benchmark(int, "7") == 8

def test_other(codspeed_benchmark): assert codspeed_benchmark(int, "7") == 7

def test_plain(): pass
`;
    const addopts = list.length > 1 ? '-n 2 --strict-markers' : '--strict-markers';
    const suite = await run(
      {
        'pytest.ini': `[pytest]\naddopts = ${addopts}\n`,
        'test_a.py': benchmarks,
        'own/conftest.py':
          'import pytest\n@pytest.fixture\ndef benchmark(): return lambda *args: "its own"\n',
        'own/test_b.py': 'def test_own(benchmark): assert benchmark(int) == "its own"\n',
      },
      { version, requirements: list },
    );
    expect(outcomes(suite)).toEqual({
      'own/test_b.py::test_own': 'passed',
      'test_a.py::test_good': 'passed',
      'test_a.py::test_other': 'passed',
      'test_a.py::test_plain': 'passed',
      'test_a.py::test_wrong': 'failed',
    });
    expect([...suite.standIns].sort()).toEqual([
      'test_a.py::test_good',
      'test_a.py::test_other',
      'test_a.py::test_wrong',
    ]);
  });

  it('leaves benchmarks to a plugin of the project that has their fixture', async () => {
    const suite = await run(
      {
        'conftest.py': 'pytest_plugins = ["mine"]\n',
        'mine.py': 'import pytest\n@pytest.fixture\ndef benchmark(): return lambda *args: "mine"\n',
        'test_a.py': 'def test_it(benchmark): assert benchmark(int) == "mine"\n',
      },
      { version },
    );
    expect(outcomes(suite)).toEqual({ 'test_a.py::test_it': 'passed' });
    expect(suite.standIns).toEqual([]);
  });

  it('tells the same through processes of pytest-xdist, in random order', async () => {
    const config = { 'pytest.ini': '[pytest]\naddopts = -n 2\n', 'tests/test_all.py': EVERY_OUTCOME };
    const suite = await run(config, { version, requirements: PLUGINS });
    expect(outcomes(suite)).toEqual(EVERY_EXPECTED);
  });

  it('counts a failed subtest against its test', async () => {
    const text = `
import unittest
def test_sub(subtests):
    for n in range(3):
        with subtests.test(n=n):
            assert n != 1
def test_fine(subtests):
    with subtests.test("all"): pass
class TestIt(unittest.TestCase):
    def test_unit(self):
        for n in range(3):
            with self.subTest(n=n): self.assertNotEqual(n, 1)
`;
    for (const addopts of ['', '-n 2']) {
      const suite = await run(
        { 'pytest.ini': `[pytest]\naddopts = ${addopts}\n`, 'test_sub.py': text },
        { version, requirements: PLUGINS },
      );
      expect(outcomes(suite)).toEqual({
        'test_sub.py::TestIt::test_unit': 'failed',
        'test_sub.py::test_fine': 'passed',
        'test_sub.py::test_sub': 'failed',
      });
      await stage?.close();
    }
  });

  it('raises no warning of its own where the project makes warnings errors', async () => {
    const files = {
      'pytest.ini': '[pytest]\nfilterwarnings = error\naddopts = -W error\n',
      'test_a.py': 'def test_a(benchmark):\n    assert benchmark(len, "x") == 1\n',
    };
    expect(outcomes(await run(files))).toEqual({ 'test_a.py::test_a': 'passed' });
    await stage?.close();
    const shared = await run(
      { ...files, 'pytest.ini': `${files['pytest.ini'].trimEnd()} -n 2\n` },
      { requirements: PLUGINS },
    );
    expect(outcomes(shared)).toEqual({ 'test_a.py::test_a': 'passed' });
  });

  it('runs tests of a script beside the project, which pytest is usually given by name', async () => {
    const files = {
      'tests.py': 'def test_one():\n    pass\n\ndef test_two():\n    assert False\n',
      'run_tests.py': 'raise SystemExit(3)\n',
      'pkg/tests.py': 'raise RuntimeError("this needs a server")\n',
    };
    const alone = await run(files);
    expect(outcomes(alone)).toEqual({ 'tests.py::test_one': 'passed', 'tests.py::test_two': 'failed' });
    expect(alone.notCollected).toEqual([]);
    await stage?.close();
    const spread = { 'pytest.ini': '[pytest]\naddopts = -n 2\n' };
    const shared = await run({ ...files, ...spread }, { requirements: PLUGINS });
    expect(outcomes(shared)).toEqual(outcomes(alone));
    await stage?.close();
    // Where the project says what its tests are, they are that.
    const said = {
      'pytest.ini': '[pytest]\ntestpaths = tests\n',
      'tests/test_a.py': 'def test_a():\n    pass\n',
    };
    expect(outcomes(await run({ ...files, ...said }))).toEqual({ 'tests/test_a.py::test_a': 'passed' });
  });

  it('names files that cannot be collected, and runs all others', async () => {
    const suite = await run(
      {
        'tests/test_bad.py': 'import pkg.nothing\ndef test_x(): pass\n',
        'tests/test_syntax.py': 'def (:\n',
        'tests/test_good.py': 'def test_y(): pass\n',
        'tests/test_left.py': 'import pytest\npytest.skip("left out", allow_module_level=True)\n',
      },
      { version },
    );
    expect(outcomes(suite)).toEqual({ 'tests/test_good.py::test_y': 'passed' });
    expect(suite.notCollected).toEqual([
      ['tests/test_bad.py', "ModuleNotFoundError: No module named 'pkg.nothing'"],
      ['tests/test_syntax.py', expect.stringContaining('yntax')],
    ]);
    expect(suite.messages.get('tests/test_left.py')).toContain('left out');
  });

  it('tells the outcome of each test under unittest where there is no pytest', async () => {
    const suite = await run(
      {
        'tests/__init__.py': '',
        'tests/test_unit.py': `
import unittest, pkg
class TestUnit(unittest.TestCase):
    def test_good(self): self.assertEqual(pkg.VALUE, 1)
    def test_bad(self): self.assertEqual(pkg.VALUE, 2)
    def test_error(self): raise RuntimeError("broken")
    @unittest.skip("not today")
    def test_skipped(self): pass
    @unittest.expectedFailure
    def test_known(self): self.fail()
    @unittest.expectedFailure
    def test_better(self): pass
    def test_sub(self):
        for n in range(3):
            with self.subTest(n=n): self.assertNotEqual(n, 1)
class TestHeld(unittest.TestCase):
    @classmethod
    def setUpClass(cls): raise RuntimeError("no class")
    def test_one(self): pass
class TestLeft(unittest.TestCase):
    @classmethod
    def setUpClass(cls): raise unittest.SkipTest("no server")
    def test_two(self): pass
`,
        'tests/test_bad.py': 'import pkg.nothing\n',
        'tests/test_left.py': 'import unittest\nraise unittest.SkipTest("left out")\n',
        'loose/test_apart.py':
          'import unittest\nclass TestApart(unittest.TestCase):\n    def test_it(self): pass\n',
      },
      { version, requirements: [] },
    );
    expect(outcomes(suite)).toEqual({
      'loose/test_apart.py::TestApart::test_it': 'passed',
      'tests/test_unit.py::TestHeld::test_one': 'error',
      'tests/test_unit.py::TestLeft::test_two': 'skipped',
      'tests/test_unit.py::TestUnit::test_bad': 'failed',
      'tests/test_unit.py::TestUnit::test_better': 'failed',
      'tests/test_unit.py::TestUnit::test_error': 'failed',
      'tests/test_unit.py::TestUnit::test_good': 'passed',
      'tests/test_unit.py::TestUnit::test_known': 'xfailed',
      'tests/test_unit.py::TestUnit::test_skipped': 'skipped',
      'tests/test_unit.py::TestUnit::test_sub': 'failed',
    });
    expect(suite.notCollected).toEqual([
      ['tests/test_bad.py', "ModuleNotFoundError: No module named 'pkg.nothing'"],
    ]);
    expect(suite).toMatchObject({ runner: 'unittest', exitCode: 1, broken: undefined });
    expect(suite.messages.get('tests/test_unit.py::TestUnit::test_bad')).toBe('AssertionError: 1 != 2');
    expect(suite.messages.get('tests/test_unit.py::TestHeld::test_one')).toBe('RuntimeError: no class');
  });
});

describe('a suite', () => {
  it('is what the configuration selects, without what ends early, opens a debugger or writes reports', async () => {
    const suite = await run({
      'pytest.ini':
        '[pytest]\ntestpaths = tests\naddopts = -x --pdb --lf --sw --junitxml=/nowhere/x.xml -m "not slow" --deselect tests/test_a.py::test_no --basetemp=/nowhere/t\nmarkers = slow: takes long\n',
      'tests/test_a.py':
        'import pytest\ndef test_1(): assert 0\ndef test_2(tmp_path): pass\n@pytest.mark.slow\ndef test_3(): pass\ndef test_no(): pass\n',
      'other/test_b.py': 'def test_4(): pass\n',
    });
    expect(outcomes(suite)).toEqual({
      'tests/test_a.py::test_1': 'failed',
      'tests/test_a.py::test_2': 'passed',
    });
    expect(suite.messages.get('tests/test_a.py::test_3')).toBe('deselected by an option');
  });

  it('gives processes of pytest-xdist one temporary folder to share, within the run folder', async () => {
    const suite = await run(
      {
        'pytest.ini': '[pytest]\naddopts = -n 2 --basetemp=/nowhere/t\n',
        'test_a.py':
          'def test_1(tmp_path_factory): assert tmp_path_factory.getbasetemp().name.startswith("popen-gw")\ndef test_2(tmp_path): assert "/run/tmp/" in str(tmp_path)\n',
      },
      { requirements: PLUGINS },
    );
    expect([...suite.tests.values()]).toEqual(['passed', 'passed']);
  });

  it('does not listen to options in the environment', async () => {
    const files = { 'test_a.py': 'def test_1(): pass\n' };
    const suite = await run(files, { env: { PYTEST_ADDOPTS: '-k nothing' } });
    expect([...suite.tests.keys()]).toEqual(['test_a.py::test_1']);
  });

  it('names tests relative to the project where pytest has its root above it', async () => {
    const { python } = await testVenv(newest, PLAIN);
    stage = await openSuiteStage(python);
    const side = await stage.side('A', {
      'pytest.ini': '[pytest]\n',
      'sub/tests/test_a.py': 'def test_1(): pass\n',
    });
    const project = `${side.root}/sub`;
    const settings = { runFolder: stage.runFolder, timeoutMs: 60_000 };
    const suite = await runSuite(stage.host, { ...side, project, sourceRoots: [project] }, settings, {
      seed: 1,
    });
    expect([...suite.tests.keys()]).toEqual(['tests/test_a.py::test_1']);
  });

  it('runs benchmarks once as ordinary tests, whatever the options say', async () => {
    const requirements = [PINNED.pytest, PINNED.pytestBenchmark, PINNED.pytestXdist];
    for (const option of [
      '--benchmark-only',
      '--benchmark-skip',
      '',
      '--benchmark-only -n 2 --dist loadfile',
    ]) {
      const suite = await run(
        {
          'pytest.ini': `[pytest]\naddopts = ${option}\n`,
          'test_b.py':
            'calls = []\ndef test_bench(benchmark):\n    benchmark(lambda: calls.append(1))\ndef test_calls():\n    assert len(calls) == 1\n',
        },
        { requirements },
      );
      expect(outcomes(suite)).toEqual({
        'test_b.py::test_bench': 'passed',
        'test_b.py::test_calls': 'passed',
      });
      await stage?.close();
    }
  });

  it.each([
    ['an old pytest', oldest, ['pytest==6.2.5', 'pytest-cov==3.0.0'], ''],
    [
      'pytest 9',
      newest,
      ['pytest==9.0.1', 'pytest-cov==7.0.0', 'pytest-random-order==1.2.0'],
      '--random-order',
    ],
    ['pytest 9', newest, ['pytest==9.0.1', 'pytest-cov==7.0.0', PINNED.pytestXdist], '-n 2'],
  ])(
    'runs with %s on Python %s, where missing coverage fails nothing',
    async (_name, version, requirements, more) => {
      const suite = await run(
        {
          'pytest.ini': `[pytest]\naddopts = --cov=pkg --cov-report=xml --cov-fail-under=100 --maxfail=1 ${more}\n`,
          'test_a.py': `
import unittest, sys
def test_good(): pass
def test_bad(): assert 0, "no"
def test_cov(): assert "coverage" not in sys.modules or sys.gettrace() is None
class TestIt(unittest.TestCase):
    def test_unit(self):
        for n in range(2):
            with self.subTest(n=n): self.assertEqual(n, 0)
`,
          'test_lost.py': 'import nothing_at_all\n',
          ...(requirements[0] === 'pytest==9.0.1'
            ? { 'test_sub.py': 'def test_sub(subtests):\n    with subtests.test(n=1): assert 0\n' }
            : {}),
        },
        { version, requirements },
      );
      expect(outcomes(suite)).toEqual({
        'test_a.py::TestIt::test_unit': 'failed',
        'test_a.py::test_bad': 'failed',
        'test_a.py::test_cov': 'passed',
        'test_a.py::test_good': 'passed',
        ...(requirements[0] === 'pytest==9.0.1' ? { 'test_sub.py::test_sub': 'failed' } : {}),
      });
      expect(suite.messages.get('test_a.py::test_bad')).toBe('AssertionError: no');
      expect(suite.notCollected).toEqual([
        ['test_lost.py', "ModuleNotFoundError: No module named 'nothing_at_all'"],
      ]);
      expect(await fs.readdir(join(stage!.runFolder, 'a/project'))).not.toContain('coverage.xml');
    },
  );

  it('shuffles in the same order with the same seed', async () => {
    const text =
      'import os\n' +
      'abcdefgh'
        .split('')
        .map((name) => `def test_${name}(): pass\n`)
        .join('');
    const orders: string[][] = [];
    for (const seed of [1, 1, 2]) {
      const suite = await run({ 'test_a.py': text }, { requirements: PLUGINS, request: { seed } });
      orders.push([...suite.tests.keys()]);
      await stage?.close();
    }
    expect(orders[0]).toEqual(orders[1]);
    expect(orders[0]).not.toEqual(orders[2]);
  });

  it("runs the side's code in every process that the tests start, before any editable copy of the user's tree", async () => {
    const finder = `
import sys
from importlib.machinery import PathFinder
class Editable:
    def find_spec(self, name, path=None, target=None):
        if name == "pkg":
            import os
            return PathFinder.find_spec(name, [os.environ["OWN_TREE"]], target)
sys.meta_path.insert(0, Editable())
`;
    const text = `
import subprocess, sys, os, pkg, multiprocessing
def ask(*argv): return subprocess.run([sys.executable, *argv], capture_output=True, text=True, check=True).stdout.strip()
def test_here(): assert pkg.VALUE == 1
def test_child(tmp_path): assert ask("-c", "import pkg; print(pkg.VALUE)") == "1"
def test_elsewhere(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert ask("-c", "import pkg; print(pkg.VALUE)") == "1"
def test_hook_is_there(): assert "Editable" in ask("-c", "import sys; print(sys.meta_path)")
`;
    const { python } = await testVenv(newest, PLUGINS);
    for (const addopts of ['', '-n 2']) {
      stage = await openSuiteStage(python, { OWN_TREE: 'set below' });
      const hook = join(stage.runFolder, 'hook');
      await stage.write(hook, { 'sitecustomize.py': finder });
      await stage.write(stage.original, { 'pkg/__init__.py': 'VALUE = 2\n' });
      const host = {
        ...stage.host,
        env: { ...stage.host.env, OWN_TREE: stage.original, PYTHONPATH: '../../hook' },
      };
      const side = await stage.side('A', {
        'pytest.ini': `[pytest]\naddopts = ${addopts}\n`,
        'pkg/__init__.py': 'VALUE = 1\n',
        'test_a.py': text,
      });
      const settings = { runFolder: stage.runFolder, timeoutMs: 60_000 };
      const suite = await runSuite(host, side, settings, { seed: 1 });
      expect([...suite.messages.values()]).toEqual([]);
      expect(new Set(suite.tests.values())).toEqual(new Set(['passed']));
      expect(suite.tests.size).toBe(4);
      expect(suite.touchesProject).toBe(true);
      await stage.close();
    }
  });

  it("refuses a run in which a process loads the user's own tree", async () => {
    const own = { 'pkg/__init__.py': 'VALUE = 2\n' };
    const text = (where: string) => `
import subprocess, sys, os
def test_child():
    own = os.environ["STROP_OWN"]
    ${where}
`;
    const stray = `import sys; sys.meta_path[:] = [f for f in sys.meta_path if type(f).__name__ != "SideFinder"]`;
    for (const where of [
      `subprocess.run([sys.executable, "-c", ${JSON.stringify(`${stray}; sys.path.insert(0, %r); import pkg`)} % own], check=True)`,
      `${stray}; sys.path.insert(0, own); import pkg`,
    ]) {
      const { python } = await testVenv(newest, PLAIN);
      stage = await openSuiteStage(python);
      await stage.write(stage.original, own);
      const side = await stage.side('A', {
        'pkg/__init__.py': 'VALUE = 1\n',
        'tests/test_a.py': text(where),
      });
      const host = { ...stage.host, env: { ...stage.host.env, STROP_OWN: stage.original } };
      const settings = { runFolder: stage.runFolder, timeoutMs: 60_000 };
      const error = await errorOf(runSuite(host, side, settings, { seed: 1 }));
      expect(error.code).toBe('wrong-code');
      expect(error.message).toContain(stage.original);
      await stage.close();
    }
  });

  it('knows when nothing of the project was loaded', async () => {
    expect((await run({ 'test_a.py': 'def test_1(): pass\n' })).touchesProject).toBe(false);
  });

  it('tells what had ended, and during which test the process died', async () => {
    const suite = await run({
      'test_a.py': 'import os\ndef test_1(): pass\ndef test_2(): os._exit(0)\ndef test_3(): pass\n',
    });
    expect(suite.broken?.problem).toMatch(/exit code 0 during test_a\.py::test_2 on side A/);
    expect(suite.exitCode).toBeUndefined();
    expect(suite.tests.has('test_a.py::test_3')).toBe(false);
  });

  it('says what is wrong with a configuration that pytest refuses', async () => {
    const suite = await run({ 'pytest.ini': '[pytest]\naddopts = --no-such-option\n', 'test_a.py': '' });
    expect(suite.broken?.problem).toContain('exit code 4');
    expect(suite.broken?.detail).toContain('--no-such-option');
  });

  it('says why pytest was stopped or broke down, and keeps what had ended', async () => {
    const stopped = await run({
      'test_a.py':
        'import pytest\ndef test_1(): pass\ndef test_2(): pytest.exit("enough")\ndef test_3(): pass\n',
    });
    expect(stopped.broken?.problem).toContain('enough');
    expect(outcomes(stopped)).toEqual({ 'test_a.py::test_1': 'passed' });
    await stage?.close();
    const internal = await run({
      'conftest.py': 'def pytest_collection_modifyitems(items): raise RuntimeError("hook")\n',
      'test_a.py': 'def test_1(): pass\n',
    });
    expect(internal.broken?.detail).toContain('RuntimeError: hook');
  });

  it('cannot be run without pytest where the tests are written for it', async () => {
    for (const text of ['import pytest\ndef test_1(): pass\n', 'def test_1(): pass\n']) {
      const error = await errorOf(run({ 'tests/test_a.py': text }, { requirements: [] }));
      expect(error.code).toBe('workload-failed');
      expect(error.message).toContain('pytest is not installed');
      await stage?.close();
    }
  });

  it('is killed with all it started when its time is over', async () => {
    const { python } = await testVenv(newest, PLAIN);
    stage = await openSuiteStage(python);
    const { host, runFolder } = stage;
    const side = await stage.side('A', {
      'test_a.py': `
import os, subprocess, sys, time
def test_hangs():
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"], start_new_session=True)
    with open("pid.part", "w") as file: file.write(str(child.pid))
    os.rename("pid.part", "pid")
    time.sleep(600)
`,
    });
    // The time is over as soon as the test hangs.
    const file = join(side.project, 'pid');
    const sleep = async (): Promise<void> => {
      while ((await host.files.kind(file)) === undefined) await host.clock.sleep(20);
    };
    const settings = { runFolder, timeoutMs: 90_000 };
    const suite = await runSuite({ ...host, clock: { ...host.clock, sleep } }, side, settings, { seed: 1 });
    expect(suite.broken).toMatchObject({ timedOut: true });
    expect(suite.broken?.problem).toMatch(/did not end within .*started last: test_a\.py::test_hangs/);
    const pid = await fs.readFile(file, 'utf8');
    expect(await fs.readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).toBe('');
  });

  it('takes a shorter limit that is known later', async () => {
    const { python } = await testVenv(newest, PLAIN);
    stage = await openSuiteStage(python);
    const { host, runFolder } = stage;
    const side = await stage.side('A', { 'test_a.py': 'import time\ndef test_1(): time.sleep(600)\n' });
    const asked: number[] = [];
    const sleep = async (ms: number, signal?: AbortSignal): Promise<void> => {
      asked.push(ms);
      if (asked.length === 1) await host.clock.sleep(ms, signal);
    };
    const world = { ...host, clock: { ...host.clock, sleep } };
    const request = { seed: 1, limitMs: Promise.resolve(60_000) };
    const suite = await runSuite(world, side, { runFolder, timeoutMs: 90_000 }, request);
    expect(asked).toHaveLength(2);
    expect(asked[1]).toBeLessThanOrEqual(60_000);
    expect(suite.broken).toMatchObject({ timedOut: true });
  });

  it('ends when the user wants to stop', async () => {
    const stop = new AbortController();
    const running = run(
      { 'test_a.py': 'import time\ndef test_hangs(): time.sleep(600)\n' },
      { request: { signal: stop.signal } },
    );
    stop.abort();
    expect((await errorOf(running)).code).toBe('interrupted');
  });

  it('does not believe what a test prints, or writes to the descriptors that it finds', async () => {
    const forged =
      '{"tests":[["test_a.py::test_bad","passed",""]],"more":false,"notes":[],"notCollected":[],"standIns":[],"runner":"pytest","code":0,"problem":null,"modules":[],"elsewhere":[],"own":true}';
    const printed = await run({
      'pytest.ini': '[pytest]\naddopts = -s\n',
      'test_a.py': `import os, sys\ndef test_bad():\n    print(${JSON.stringify(forged)}, flush=True)\n    try:\n        os.write(3, b${JSON.stringify(forged + '\n')})\n    except OSError:\n        pass\n    assert 0\n`,
    });
    expect(outcomes(printed)).toEqual({ 'test_a.py::test_bad': 'failed' });
    await stage?.close();
    const error = await errorOf(
      run({
        'test_a.py': `import os, stat\ndef test_bad():\n    for fd in range(3, 100):\n        try:\n            if stat.S_ISSOCK(os.fstat(fd).st_mode): os.write(fd, b${JSON.stringify(forged + '\n')})\n        except OSError:\n            pass\n    assert 0\n`,
      }),
    );
    expect(error.code).toBe('forged-result');
  });

  it('does not believe an answer that a test gives in the place of the shim', async () => {
    const error = await errorOf(
      run({
        'test_a.py': `
import sys
def test_bad():
    frame = sys._getframe()
    while frame is not None:
        channel = frame.f_locals.get("channel")
        if hasattr(channel, "answer"):
            channel.answer(tests=[["test_a.py::test_bad", "passed", ""]], more=False, notes=[], notCollected=[],
                standIns=[], runner="pytest", code=0, problem=None, modules=[], elsewhere=[], own=True)
            break
        frame = frame.f_back
    assert 0
`,
      }),
    );
    expect(error.code).toBe('forged-result');
  });

  it('may hold twenty thousand tests', async () => {
    const suite = await run({
      'test_a.py':
        'import pytest\n@pytest.mark.parametrize("n", range(20000))\ndef test_n(n): assert n != 19999\n',
    });
    expect(suite.tests.size).toBe(20_000);
    expect(suite.tests.get('test_a.py::test_n[19999]')).toBe('failed');
    expect([...suite.tests.values()].filter((outcome) => outcome === 'passed')).toHaveLength(19_999);
  });
});
