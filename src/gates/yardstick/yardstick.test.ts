import * as fs from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { PINNED, findPythons, testVenv } from '../../../scripts/pythons.mjs';
import { openTrees } from '../testing/two-trees.ts';
import type { Tree, TwoTrees } from '../testing/two-trees.ts';
import { checkYardstick } from './yardstick.ts';
import type { YardstickCheck } from './yardstick.ts';

const PYPROJECT = `[project]
name = "pkg"
version = "1.0"

[tool.pytest.ini_options]
addopts = "-q"

[tool.ruff]
line-length = 100
`;

const TESTS = `import pytest
from pkg.core import total


@pytest.fixture
def prices():
    return [1, 2]


def helper(values):
    return sum(values)


def test_total(prices):
    assert total(prices) == helper(prices)


class TestMore:
    def test_empty(self):
        assert total([]) == 0
`;

const BASE: Tree = {
  'pyproject.toml': PYPROJECT,
  'src/pkg/__init__.py': '',
  'src/pkg/core.py': 'def total(values):\n    return sum(values)\n',
  'tests/test_core.py': TESTS,
  'tests.py': 'def test_all():\n    assert True\n',
  'tests/data/prices.json': '[1, 2]',
  'tests/conftest.py': 'X = 1\n',
  'benchmarks/bench_total.py': 'from pkg.core import total\n\n\ndef run():\n    total([])\n',
};

let trees: TwoTrees;

async function check(
  change: Readonly<Record<string, string | null>>,
  more: { reason?: string; base?: Tree; prefix?: string; python?: string } = {},
): Promise<YardstickCheck> {
  trees = await openTrees(more.base ?? BASE, change, more);
  return checkYardstick(trees.host, {
    sides: trees.sides,
    changed: await trees.changed(),
    reason: more.reason ?? null,
  });
}

const readB = (path: string): Promise<string> => fs.readFile(join(trees.sides.b.root, path), 'utf8');

const below = (prefix: string, tree: Readonly<Record<string, string | null>>): Tree =>
  Object.fromEntries(Object.entries(tree).map(([path, text]) => [`${prefix}/${path}`, text ?? '']));

afterEach(async () => {
  await trees.close();
});

describe('a change of the code alone', () => {
  it('passes, and documentation and the log of strop are no part of it', async () => {
    const answer = await check({
      'src/pkg/core.py': 'total = sum\n',
      'OPTIMIZATION_LOG.md': '# log\n',
      'docs/conf.py': 'x = 1\n',
      'README.md': 'more\n',
    });
    expect(answer.report).toMatchObject({ gate: 'yardstick', outcome: 'passed', details: [], reason: null });
    expect(answer.changed).toEqual([]);
    expect(answer.code).toEqual([{ path: 'src/pkg/core.py', kind: 'changed' }]);
  });

  it('keeps modules whose names only look like documents', async () => {
    const answer = await check({ 'src/pkg/history.py': 'x = 1\n', 'src/pkg/docs/render.py': 'x = 1\n' });
    expect(answer.code.map(({ path }) => path)).toEqual(['src/pkg/docs/render.py', 'src/pkg/history.py']);
  });
});

describe('a changed yardstick', () => {
  it.each<[string, Readonly<Record<string, string | null>>, string]>([
    [
      'a test',
      { 'tests/test_core.py': TESTS.replace('== 0', '>= 0') },
      'tests/test_core.py: changed (test): TestMore.test_empty changed',
    ],
    [
      'a test of the script beside the project',
      { 'tests.py': 'def test_all():\n    pass\n' },
      'tests.py: changed (test): test_all changed',
    ],
    [
      'a helper of tests',
      { 'tests/test_core.py': TESTS.replace('return sum', 'return 0 + sum') },
      'tests/test_core.py: changed (test): helper changed',
    ],
    [
      'a fixture',
      { 'tests/test_core.py': TESTS.replace('[1, 2]', '[1]') },
      'tests/test_core.py: changed (test): prices changed',
    ],
    [
      'a removed test',
      { 'tests/test_core.py': TESTS.replace(/class TestMore[^]*/, '') },
      'tests/test_core.py: changed (test): TestMore removed; TestMore.test_empty removed',
    ],
    ['a removed file of tests', { 'tests/test_core.py': null }, 'tests/test_core.py: removed (test)'],
    ['data of tests', { 'tests/data/prices.json': '[1]' }, 'tests/data/prices.json: changed (test)'],
    [
      'a changed conftest',
      { 'tests/conftest.py': 'X = 2\n' },
      'tests/conftest.py: changed (conftest): X changed',
    ],
    [
      'a hook in a conftest',
      { 'tests/conftest.py': 'X = 1\ndef other(): pass\n' },
      'tests/conftest.py: changed (conftest): other added',
    ],
    ['a new conftest', { 'src/pkg/conftest.py': '' }, 'src/pkg/conftest.py: added (conftest)'],
    [
      'a benchmark',
      { 'benchmarks/bench_total.py': 'def run(): pass\n' },
      'benchmarks/bench_total.py: changed (benchmark): total from pkg.core removed; run changed',
    ],
    [
      'settings of pytest',
      { 'pyproject.toml': PYPROJECT.replace('-q', '-q -x') },
      'pyproject.toml: changed (configuration): tool.pytest',
    ],
    [
      'a module that runs before former tests',
      { 'tests/__init__.py': '' },
      'tests/__init__.py: added (test)',
    ],
    ['a new pytest.ini', { 'pytest.ini': '' }, 'pytest.ini: added (configuration)'],
    ['a new sitecustomize', { 'src/sitecustomize.py': '' }, 'src/sitecustomize.py: added (configuration)'],
    [
      'a module that hides a tool',
      { 'pytest_benchmark/plugin.py': '' },
      'pytest_benchmark/plugin.py: added (configuration)',
    ],
    [
      'a broken pyproject.toml',
      { 'pyproject.toml': '[' },
      'pyproject.toml: changed (configuration): not valid TOML',
    ],
    [
      'a test that cannot be parsed',
      { 'tests/test_core.py': 'def (\n' },
      'tests/test_core.py: changed (test): cannot be parsed: invalid syntax',
    ],
  ])('fails for %s', async (_, change, line) => {
    const answer = await check(change);
    expect(answer.report.outcome).toBe('failed');
    expect(answer.report.details).toEqual([line]);
    expect(answer.changed).toMatchObject([{ blocks: true }]);
    expect(answer.code).toEqual([]);
  });

  it('fails for a changed workflow, and shows a new one', async () => {
    const base = { ...BASE, '.github/workflows/ci.yml': 'on: push\n' };
    const answer = await check(
      { '.github/workflows/ci.yml': 'on: []\n', '.gitlab-ci.yml': 'a: b\n' },
      { base },
    );
    expect(answer.report.outcome).toBe('failed');
    expect(answer.report.details).toEqual([
      '.github/workflows/ci.yml: changed (ci)',
      '.gitlab-ci.yml: added (ci)',
    ]);
  });

  it('says that a file was renamed', async () => {
    const answer = await check({ 'tests/test_core.py': null, 'tests/test_sums.py': TESTS });
    expect(answer.report.details).toEqual([
      'tests/test_core.py: removed (test): its content is now tests/test_sums.py',
      'tests/test_sums.py: added (test)',
    ]);
  });

  it('is excused by a reason, and side B keeps its own then', async () => {
    const answer = await check({ 'tests/data/prices.json': '[1]' }, { reason: 'prices were wrong' });
    expect(answer.report).toMatchObject({ outcome: 'excused', reason: 'prices were wrong' });
    await answer.useSideA();
    expect(await readB('tests/data/prices.json')).toBe('[1]');
  });
});

describe('what is new', () => {
  it('is shown and does not block: new tests in a former file and in a new one', async () => {
    const answer = await check({
      'tests/test_core.py': `${TESTS.replace('import pytest', 'import math\nimport pytest')}
    def test_also(self):
        assert total([1]) == 1


LIMIT = 3


def fresh_helper():
    return LIMIT


@pytest.mark.parametrize('n', [1, 2])
def test_new(n):
    assert math.ceil(total([n])) <= fresh_helper()
`,
      'tests/test_new.py': 'def test_x(): pass\n',
    });
    expect(answer.report).toMatchObject({ outcome: 'passed', reason: null });
    expect(answer.changed).toEqual([
      { path: 'tests/test_core.py', kind: 'added', what: 'test', blocks: false },
      { path: 'tests/test_new.py', kind: 'added', what: 'test', blocks: false },
    ]);
    expect(answer.report.details[0]).toBe(
      'tests/test_core.py: added (test): TestMore.test_also added; test_new added',
    );
    expect(answer.additions).toEqual(['tests/test_core.py', 'tests/test_new.py']);
    await answer.useSideA();
    expect(await readB('tests/test_core.py')).toContain('test_new');
    expect(await readB('tests/test_new.py')).toContain('test_x');
  });

  it.each([
    ['a statement', 'pytest.skip("x")\n', 'new statement in line'],
    ['a second test of one name', 'def test_total(): pass\n', 'test_total changed'],
    ['a mark for all', 'pytestmark = pytest.mark.skip\n', 'read by the test runner'],
    ['a setup for all', 'def setup_module(): pass\n', 'read by the test runner'],
    ['a fixture', '@pytest.fixture(autouse=True)\ndef quick(): pass\n', 'new fixture'],
    ['a fixture in a variable', 'quick = pytest.fixture(lambda: 1)\n', 'new fixture'],
    ['a name that former tests use', 'def sum(values): return 3\n', 'named by former tests'],
    ['a method that is no test', '    def setup_method(self): pass\n', 'new in a former class'],
  ])('blocks where it reaches former tests: %s', async (_, text, why) => {
    const answer = await check({ 'tests/test_core.py': `${TESTS}${text}` });
    expect(answer.report.outcome).toBe('failed');
    expect(answer.report.details[0]).toContain(why);
  });
});

describe('what differs without a meaning', () => {
  it('passes: comments in tests, and tables that tests do not depend on', async () => {
    const answer = await check({
      'tests/test_core.py': `# a comment\n${TESTS.replaceAll("'", '"')}`,
      'pyproject.toml': `# note\n${PYPROJECT.replace('1.0', '1.1').replace('100', '90')}`,
    });
    expect(answer.report).toMatchObject({ outcome: 'passed' });
    expect(answer.changed).toEqual([]);
    expect(answer.report.details).toEqual([
      'pyproject.toml: project.version, tool.ruff differs, which is no part of the yardstick',
      'tests/test_core.py: only comments, docstrings or layout (test)',
    ]);
    expect(answer.code).toEqual([{ path: 'pyproject.toml', kind: 'changed' }]);
    await answer.useSideA();
    expect(await readB('pyproject.toml')).toContain('1.1');
    expect(await readB('tests/test_core.py')).toBe(TESTS);
  });

  it('compares setup.cfg by its sections', async () => {
    const cfg = '[metadata]\nname = pkg\n[tool:pytest]\naddopts = -q\n';
    const passed = await check(
      { 'setup.cfg': cfg.replace('name = pkg', 'name = other') },
      { base: { ...BASE, 'setup.cfg': cfg } },
    );
    expect(passed.report.outcome).toBe('passed');
    await trees.close();
    const failed = await check(
      { 'setup.cfg': cfg.replace('-q', '-x') },
      { base: { ...BASE, 'setup.cfg': cfg } },
    );
    expect(failed.report.details).toEqual(['setup.cfg: changed (configuration): tool:pytest']);
  });
});

describe('where the yardstick lies', () => {
  it('is told by the settings of side A', async () => {
    const pyproject = PYPROJECT.replace(
      'addopts',
      'python_files = ["check_*.py"]\ntestpaths = ["quality"]\naddopts',
    );
    const base = {
      ...BASE,
      'pyproject.toml': pyproject,
      'src/pkg/check_core.py': 'x = 1\n',
      'src/pkg/test_support.py': 'x = 1\n',
      'quality/table.csv': '1\n',
    };
    const { python } = await testVenv(findPythons().at(-1)?.version ?? '3.13', [PINNED.pytest]);
    const answer = await check(
      { 'src/pkg/check_core.py': '', 'src/pkg/test_support.py': '', 'quality/table.csv': '2\n' },
      { base, python },
    );
    expect(answer.changed.map(({ path }) => path)).toEqual(['quality/table.csv', 'src/pkg/check_core.py']);
    expect(answer.code.map(({ path }) => path)).toEqual(['src/pkg/test_support.py']);
  });

  it('is told by the runner: unittest collects what pytest does not', async () => {
    const newest = findPythons().at(-1)?.version ?? '3.13';
    const base = {
      'pkg/__init__.py': '',
      'pkg/testcore.py': 'x = 1\n',
      'tests.py': 'x = 1\n',
      'core_test.py': 'x = 1\n',
    };
    const change = { 'pkg/testcore.py': '', 'tests.py': '', 'core_test.py': '' };
    const bare = await testVenv(newest, []);
    const answer = await check(change, { base, python: bare.python });
    expect(answer.changed.map(({ path }) => path)).toEqual(['core_test.py', 'pkg/testcore.py', 'tests.py']);
    await trees.close();
    const { python } = await testVenv(newest, [PINNED.pytest]);
    const other = await check(change, { base, python });
    // The script beside the project is run by either.
    expect(other.changed.map(({ path }) => path)).toEqual(['core_test.py', 'tests.py']);
  }, 300_000);

  it('is told by what pytest loads as a plugin', async () => {
    const base = {
      ...BASE,
      'pyproject.toml': `${PYPROJECT.replace('-q', '-q -p pkg.plug')}
[project.entry-points.pytest11]
own = "pkg.entry:Plugin"
`,
      'tests/conftest.py': 'pytest_plugins = [\n    "pkg.fixtures",\n]\n',
      'src/pkg/plug.py': 'x = 1\n',
      'src/pkg/entry.py': 'x = 1\n',
      'src/pkg/fixtures/__init__.py': 'x = 1\n',
      'src/pkg/other.py': 'x = 1\n',
    };
    const answer = await check(
      {
        'src/pkg/plug.py': '',
        'src/pkg/entry.py': '',
        'src/pkg/fixtures/__init__.py': '',
        'src/pkg/other.py': '',
      },
      { base },
    );
    expect(answer.report.outcome).toBe('failed');
    expect(answer.report.details).toEqual([
      'src/pkg/entry.py: changed (plugin)',
      'src/pkg/fixtures/__init__.py: changed (plugin)',
      'src/pkg/plug.py: changed (plugin)',
    ]);
    expect(answer.code.map(({ path }) => path)).toEqual(['src/pkg/other.py']);
  });

  it('does not make all code a test where the tests lie among it', async () => {
    const pyproject = PYPROJECT.replace('addopts', 'testpaths = ["src", "src/pkg"]\naddopts');
    const answer = await check(
      { 'src/pkg/core.py': '', 'src/pkg/tests/test_x.py': '' },
      { base: { ...BASE, 'pyproject.toml': pyproject, 'src/pkg/tests/test_x.py': 'x = 1\n' } },
    );
    expect(answer.changed.map(({ path }) => path)).toEqual(['src/pkg/tests/test_x.py']);
    expect(answer.code.map(({ path }) => path)).toEqual(['src/pkg/core.py']);
  });

  it('finds it in a project below the top of the repository, whose folders above mean nothing', async () => {
    const prefix = 'tests/packages/one';
    const answer = await check(
      {
        ...below(prefix, { 'src/pkg/core.py': 'total = sum\n', 'tests/data/prices.json': '[]' }),
        '.github/workflows/ci.yml': 'on: []\n',
        'conftest.py': 'X = 2\n',
      },
      {
        base: { ...below(prefix, BASE), '.github/workflows/ci.yml': 'on: push\n', 'conftest.py': 'X = 1\n' },
        prefix,
      },
    );
    expect(answer.changed).toMatchObject([
      { path: '.github/workflows/ci.yml', what: 'ci' },
      { path: 'conftest.py', what: 'conftest' },
      { path: `${prefix}/tests/data/prices.json`, what: 'test' },
    ]);
    expect(answer.code).toEqual([{ path: `${prefix}/src/pkg/core.py`, kind: 'changed' }]);
    await answer.useSideA();
    expect(await readB(`${prefix}/tests/data/prices.json`)).toBe('[1, 2]');
    expect(await readB('conftest.py')).toBe('X = 1\n');
  });

  it('knows benchmarks by what they use, and the folder of asv', async () => {
    const base = {
      ...BASE,
      'asv.conf.json': '{"benchmark_dir": "speed"}',
      'speed/suite.py': 'x = 1\n',
      'src/pkg/test_fast.py': 'def test_fast(benchmark): benchmark(len, [])\n',
    };
    const answer = await check(
      {
        'asv.conf.json': '{"benchmark_dir": "speed2"}',
        'speed/suite.py': 'x = 2\n',
        'src/pkg/test_fast.py': '',
      },
      { base },
    );
    expect(answer.changed.map(({ what }) => what)).toEqual(['benchmark', 'benchmark', 'benchmark']);
  });
});

describe('using the yardstick of side A', () => {
  it('restores what was changed or removed with its mode, and takes away what was added', async () => {
    const base = { ...BASE, 'tests/run.sh': '#!/bin/sh\n' };
    const answer = await check(
      {
        'tests/run.sh': 'exit 0\n',
        'tests/test_core.py': null,
        'pytest.ini': '[pytest]\n',
        'src/pkg/core.py': 'x = 1\n',
      },
      { base },
    );
    await fs.chmod(join(trees.sides.a.root, 'tests/run.sh'), 0o755);
    await answer.useSideA();
    expect(await readB('tests/run.sh')).toBe('#!/bin/sh\n');
    expect((await fs.stat(join(trees.sides.b.root, 'tests/run.sh'))).mode & 0o777).toBe(0o755);
    expect(await readB('tests/test_core.py')).toBe(TESTS);
    await expect(readB('pytest.ini')).rejects.toThrow();
    expect(await readB('src/pkg/core.py')).toBe('x = 1\n');
  });

  it('never writes or deletes through a link that leads out of the checkout', async () => {
    trees = await openTrees({ ...BASE, 'more/test_x.py': 'x = 1\n' }, {});
    const outside = join(trees.folder, 'outside');
    await fs.cp(join(trees.sides.a.root, 'tests'), outside, { recursive: true });
    await fs.writeFile(join(outside, 'test_core.py'), 'of the user\n');
    await fs.rm(join(trees.sides.b.root, 'tests'), { recursive: true });
    await fs.symlink(outside, join(trees.sides.b.root, 'tests'));
    const request = { sides: trees.sides, changed: await trees.changed(), reason: null };
    const answer = await checkYardstick(trees.host, request);
    expect(answer.report.outcome).toBe('failed');
    await answer.useSideA();
    expect(await readB('tests/test_core.py')).toBe(TESTS);
    expect((await fs.lstat(join(trees.sides.b.root, 'tests'))).isDirectory()).toBe(true);
    expect(await fs.readFile(join(outside, 'test_core.py'), 'utf8')).toBe('of the user\n');
  });
});
