import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  findManagers,
  findProject,
  findPython,
  formatEvidence,
  markerNames,
  readFacts,
  readPytestConfig,
} from '#project';
import type { Evidence, Facts, Interpreter } from '#project';
import { listAvailability } from './availability.ts';
import { allowsVersion, listMinors } from './python-range.ts';
import { useTrees } from './testing/project-trees.ts';

const { host, tree } = useTrees();
let interpreter: Interpreter | undefined;

async function factsOf(files: Record<string, string>): Promise<Facts> {
  const project = await findProject(host, tree(files));
  interpreter ??= { ...(await findPython(host, project)), doubts: [] };
  return readFacts(host, project, interpreter);
}

const place = (fact: { evidence: Evidence } | undefined): string | undefined =>
  fact === undefined ? undefined : formatEvidence(fact.evidence);

describe('the Python versions of a project', () => {
  it.each<[string, Record<string, string>, string, string]>([
    [
      'PEP 621',
      { 'pyproject.toml': '[project]\nname = "x"\nrequires-python = ">=3.9"\n' },
      '>=3.9',
      'pyproject.toml:3',
    ],
    [
      'poetry',
      { 'pyproject.toml': '[tool.poetry.dependencies]\npython = "^3.10"\n' },
      '^3.10',
      'pyproject.toml:2',
    ],
    ['setup.cfg', { 'setup.cfg': '[options]\npython_requires = >=3.8\n' }, '>=3.8', 'setup.cfg:2'],
    [
      'setup.py',
      { 'setup.py': 'setup(\n  name="x",\n  python_requires=">=3.9, <4",\n)' },
      '>=3.9, <4',
      'setup.py:3',
    ],
    [
      'setup.py, joined',
      { 'setup.py': 'setup(\n  python_requires=(\n    ">=3.9, "\n    "!=3.10.*"\n  ),\n)' },
      '>=3.9, !=3.10.*',
      'setup.py:2',
    ],
    [
      'a constant of setup.py',
      { 'setup.py': 'import x\nREQUIRES = ">=3.8, <4"\nsetup(python_requires=REQUIRES)\n' },
      '>=3.8, <4',
      'setup.py:2',
    ],
    [
      'setup.py that only running it would tell',
      { 'setup.py': 'R = ">=3.8"\nif new:\n    R = ">=3.9"\nsetup(python_requires=R, name="x")\n' },
      'R',
      'setup.py:4',
    ],
    [
      'conda',
      { 'environment.yml': 'dependencies:\n  - python=3.11\n  - numpy\n' },
      '==3.11.*',
      'environment.yml:2',
    ],
  ])('are read from %s', async (_name, files, value, evidence) => {
    const { python } = await factsOf(files);
    expect([python.requires?.value, place(python.requires)]).toEqual([value, evidence]);
  });

  it('are targets of tools and a pin as well', async () => {
    const { python } = await factsOf({
      'pyproject.toml':
        '[tool.black]\ntarget-version = ["py39", "py310"]\n[tool.mypy]\npython_version = 3.9\n',
      'ruff.toml': 'line-length = 100\ntarget-version = "py39"\n',
      '.python-version': '# local\n3.12.1\n',
    });
    expect(python.targets.map((one) => [one.tool, one.value, place(one)])).toEqual([
      ['ruff', 'py39', 'ruff.toml:2'],
      ['black', 'py39, py310', 'pyproject.toml:2'],
      ['mypy', '3.9', 'pyproject.toml:4'],
    ]);
    expect([python.pinned?.value, place(python.pinned)]).toEqual(['3.12.1', '.python-version:2']);
  });

  it.each([
    ['>=3.9,<3.12', [9, 10, 11]],
    ['>=3.9.2,!=3.10.*,<=3.11', [9, 11]],
    ['~=3.10', [10, 11, 12, 13, 14, 15, 16]],
    ['^3.14', [14, 15, 16]],
    ['~3.9', [9]],
    ['^2.7 || ^3.15', [15, 16]],
    ['3.11.*', [11]],
  ])('%s allows the minor versions %j', (specifier, minors) => {
    expect(listMinors(specifier)).toEqual(minors);
  });

  it('are unknown when the requirement cannot be read', () => {
    expect(listMinors('whatever')).toBeUndefined();
    expect(allowsVersion('whatever', [3, 9, 0])).toBeUndefined();
    expect(allowsVersion('>=3.9,<3.12', [3, 12, 1])).toBe(false);
  });

  it('raise a doubt when the interpreter is none of them', async () => {
    const facts = await factsOf({ 'pyproject.toml': '[project]\nname = "x"\nrequires-python = ">=3.99"\n' });
    expect(facts.doubts.map((doubt) => doubt.text).join()).toContain(
      'pyproject.toml:3 (>=3.99) does not allow',
    );
  });
});

describe('what the versions rule in and out', () => {
  const base: Interpreter = {
    executable: '/p',
    version: [3, 11, 7],
    versionText: '3.11.7',
    implementation: 'cpython',
    prefix: '',
    basePrefix: '',
    platform: 'linux-x86_64',
    abi: '',
    freeThreaded: false,
    gil: true,
    debugBuild: false,
    sitePackages: [],
    tools: { memray: '1.20.0' },
    why: '',
    doubts: [],
  };
  const range = (minors: readonly number[] | undefined) => ({
    requires: undefined,
    targets: [],
    pinned: undefined,
    minors,
  });
  const statusOf = (
    python: Interpreter,
    minors: readonly number[] | undefined,
    platform: NodeJS.Platform = 'linux',
  ): Record<string, string> =>
    Object.fromEntries(
      listAvailability(python, range(minors), platform).map((one) => [one.name, one.status]),
    );

  it('judges tools by the interpreter', () => {
    expect(statusOf(base, undefined)).toMatchObject({
      cProfile: 'in',
      'sys.monitoring': 'out',
      'py-spy': 'in',
      memray: 'in',
    });
    expect(statusOf({ ...base, version: [3, 15, 2] }, undefined)).toMatchObject({
      'profiling.sampling': 'in',
      scalene: 'out',
      'py-spy': 'in',
    });
    expect(statusOf({ ...base, version: [3, 13, 0], freeThreaded: true }, undefined)).toMatchObject({
      'py-spy': 'out',
      line_profiler: 'out',
      memray: 'out',
    });
    expect(statusOf(base, undefined, 'win32')).toMatchObject({ memray: 'out', 'perf trampoline': 'out' });
    expect(statusOf({ ...base, implementation: 'pypy' }, undefined)).toMatchObject({
      'py-spy': 'out',
      cProfile: 'in',
    });
  });

  it('judges features by every supported version', () => {
    expect(statusOf(base, [9, 10, 11, 12])).toMatchObject({
      'functools.cache': 'in',
      'itertools.pairwise': 'partly',
      'compression.zstd': 'out',
    });
    expect(statusOf(base, undefined)).toMatchObject({
      'itertools.pairwise': 'in',
      'itertools.batched': 'out',
    });
  });

  it('does not let features be used where what is supported cannot be read', () => {
    const requires = { value: 'REQUIRES', evidence: { file: 'setup.py', line: 3 } };
    const unread = { ...range(undefined), requires };
    const one = listAvailability(base, unread, 'linux').find(({ name }) => name === 'match statement');
    expect(one?.status).toBe('unknown');
    expect(one?.reason).toContain('what setup.py:3 allows (REQUIRES) cannot be read');
  });

  it('says which version of a tool is there', () => {
    const memray = listAvailability(base, range(undefined), 'linux').find((one) => one.name === 'memray');
    expect(memray?.installed).toBe('1.20.0');
  });
});

describe('the package manager', () => {
  it.each<[string, Record<string, string>, string, string, readonly string[]]>([
    ['uv', { 'uv.lock': '', 'pyproject.toml': '[project]\nname="x"\n' }, 'uv', 'uv.lock', ['uv.lock']],
    [
      'uv without a lock',
      { 'pyproject.toml': '[project]\nname="x"\n[tool.uv]\ndev-dependencies = []\n' },
      'uv',
      'pyproject.toml:3',
      [],
    ],
    [
      'poetry',
      { 'poetry.lock': '', 'pyproject.toml': '[tool.poetry]\nname="x"\n' },
      'poetry',
      'poetry.lock',
      ['poetry.lock'],
    ],
    [
      'poetry without a lock',
      { 'pyproject.toml': '[tool.poetry]\nname="x"\n' },
      'poetry',
      'pyproject.toml:1',
      [],
    ],
    ['pdm', { 'pdm.lock': '', 'pyproject.toml': '' }, 'pdm', 'pdm.lock', ['pdm.lock']],
    ['pipenv', { Pipfile: '[packages]\n', 'Pipfile.lock': '{}' }, 'pipenv', 'Pipfile.lock', ['Pipfile.lock']],
    [
      'hatch',
      { 'pyproject.toml': '[build-system]\nbuild-backend = "hatchling.build"\n[tool.hatch.envs.default]\n' },
      'hatch',
      'pyproject.toml:3',
      [],
    ],
    [
      'hatch by its backend',
      { 'pyproject.toml': '[build-system]\nbuild-backend = "hatchling.build"\n[project]\nname="x"\n' },
      'hatch',
      'pyproject.toml:2',
      [],
    ],
    [
      'pip-tools',
      {
        'requirements.in': 'six\n',
        'requirements.txt': '#\n# This file is autogenerated by pip-compile with Python 3.11\nsix==1.16.0\n',
      },
      'pip-tools',
      'requirements.in',
      ['requirements.txt'],
    ],
    [
      'requirements',
      { 'requirements-dev.txt': 'pytest\n', 'requirements.txt': 'six\n' },
      'requirements',
      'requirements.txt',
      [],
    ],
    ['conda', { 'environment.yml': 'name: x\n' }, 'conda', 'environment.yml', []],
    ['pixi', { 'pixi.toml': '', 'pixi.lock': '' }, 'pixi', 'pixi.lock', ['pixi.lock']],
    ['setup.py', { 'setup.py': 'setup()' }, 'setup.py', 'setup.py', []],
    ['setup.cfg', { 'setup.cfg': '[metadata]\nname = x\n' }, 'setup.cfg', 'setup.cfg:2', []],
    [
      'plain pyproject',
      { 'pyproject.toml': '[project]\nname = "x"\n', 'requirements/docs.txt': 'sphinx\n' },
      'pyproject',
      'pyproject.toml:1',
      [],
    ],
  ])('is recognised: %s', async (_name, files, name, evidence, locks) => {
    const [first] = await findManagers(host, await findProject(host, tree(files)));
    expect([first?.name, place(first), first?.locks.map(formatEvidence)]).toEqual([name, evidence, locks]);
  });

  it('has nothing of what only builds the project', async () => {
    const files = {
      'build-requirements-2.6.txt': 'tox\n',
      'docs_requirements.txt': 'sphinx\n',
      'setup.py': '',
    };
    const managers = await findManagers(host, await findProject(host, tree(files)));
    expect(managers.map(({ name }) => name)).toEqual(['setup.py']);
  });

  it('is that of the workspace above a member', async () => {
    const top = tree({ 'uv.lock': '', '.git/HEAD': '', 'member/pyproject.toml': '[project]\nname="x"\n' });
    const project = { root: join(top, 'member'), gitTop: top, prefix: 'member' };
    expect(place((await findManagers(host, project))[0])).toBe('../uv.lock');
  });
});

describe("pytest's settings", () => {
  const read = async (files: Record<string, string>) =>
    readPytestConfig(host, await findProject(host, tree(files)));

  it.each<[string, Record<string, string>, string, string]>([
    [
      'pytest.ini',
      {
        'pytest.ini': '[pytest]\naddopts = -ra\n    -q\n',
        'pyproject.toml': '[tool.pytest.ini_options]\naddopts = "-x"\n',
      },
      '-ra -q',
      'pytest.ini:2',
    ],
    [
      'pyproject.toml',
      {
        'pyproject.toml': '[tool.pytest.ini_options]\naddopts = ["-ra", "-q"]\n',
        'tox.ini': '[pytest]\naddopts = -x\n',
      },
      '-ra -q',
      'pyproject.toml:2',
    ],
    [
      'tox.ini',
      { 'tox.ini': '[tox]\n[pytest]\naddopts=-ra -q\n', 'setup.cfg': '[tool:pytest]\naddopts = -x\n' },
      '-ra -q',
      'tox.ini:3',
    ],
    ['setup.cfg', { 'setup.cfg': '[tool:pytest]\naddopts = -ra -q\n' }, '-ra -q', 'setup.cfg:2'],
    [
      'pytest.toml',
      { 'pytest.toml': '[pytest]\naddopts = ["-ra", "-q"]\n', 'pytest.ini': '', 'setup.py': '' },
      '-ra -q',
      'pytest.toml:2',
    ],
  ])('come from %s first', async (_name, files, addopts, evidence) => {
    const config = await read(files);
    expect([config?.addopts?.value, place(config?.addopts)]).toEqual([addopts, evidence]);
  });

  it('list markers and patterns with their lines', async () => {
    const config = await read({
      'pyproject.toml':
        '[tool.pytest.ini_options]\nmarkers = [\n  "slow: takes long",\n  "limit(n): memory",\n]\ntestpaths = ["tests", "bench"]\npython_files = "test_*.py bench_*.py"\n',
    });
    expect(markerNames(config)).toEqual(['slow', 'limit']);
    expect(config?.markers.map(place)).toEqual(['pyproject.toml:3', 'pyproject.toml:4']);
    expect(config?.testpaths).toEqual({
      value: ['tests', 'bench'],
      evidence: { file: 'pyproject.toml', line: 6 },
    });
    expect(config?.pythonFiles?.value).toEqual(['test_*.py', 'bench_*.py']);
  });

  it('come from above in a monorepo, and not at all where there are none', async () => {
    const top = tree({ 'pytest.ini': '[pytest]\naddopts = -x\n', 'member/pyproject.toml': '[tool.black]\n' });
    const project = { root: join(top, 'member'), gitTop: top, prefix: 'member' };
    expect(place((await readPytestConfig(host, project))?.addopts)).toBe('../pytest.ini:2');
    expect(await read({ 'setup.cfg': '[metadata]\nname = x\n', 'tox.ini': '[tox]\n' })).toBeUndefined();
  });
});

describe('how the tests run', () => {
  it.each<[string, Record<string, string>, readonly (readonly [string, string])[]]>([
    [
      'pytest as a dependency',
      { 'pyproject.toml': '[project]\nname="x"\n[dependency-groups]\ntest = [\n  "pytest>=8",\n]\n' },
      [['pytest', 'pyproject.toml:5']],
    ],
    ['pytest by a conftest', { 'setup.py': '', 'tests/conftest.py': '' }, [['pytest', 'tests/conftest.py']]],
    [
      'unittest',
      { 'setup.py': '', 'tests/test_a.py': '# x\nimport unittest\n' },
      [['unittest', 'tests/test_a.py:2']],
    ],
    [
      'unittest in one script',
      { 'setup.py': '', 'tests/runtests.py': 'import unittest\n' },
      [['unittest', 'tests/runtests.py:1']],
    ],
    [
      'tox and nox',
      {
        'setup.py': '',
        'tox.ini': '[tox]\nenvlist = py\n',
        'noxfile.py': 'import nox\n@nox.session\ndef tests(session): ...\n',
      },
      [
        ['tox', 'tox.ini:1'],
        ['nox', 'noxfile.py:2'],
      ],
    ],
    [
      'django',
      { 'manage.py': 'import os\nos.environ.setdefault("x", "django")\n' },
      [['django', 'manage.py:2']],
    ],
    [
      'a makefile',
      { 'setup.py': '', Makefile: 'all: x\n\ntest: all\n\tpython -m x\n' },
      [['make', 'Makefile:3']],
    ],
  ])('is seen: %s', async (_name, files, expected) => {
    const { tests } = await factsOf(files);
    expect(tests.runners.map((one) => [one.value, place(one)])).toEqual(expected);
  });

  it('does not take pytest-benchmark or a comment for pytest', async () => {
    const { tests } = await factsOf({ 'requirements.txt': '# pytest\npytest-benchmark\n' });
    expect(tests.runners).toEqual([]);
  });
});

describe('the benchmarks of a project', () => {
  it('are found in all their kinds, with file and line', async () => {
    const { benchmarks } = await factsOf({
      'setup.py': '',
      'tests/test_speed.py':
        'import pytest\n\ndef test_a(benchmark):\n    pass\n\nclass TestB:\n    @pytest.mark.slow\n    async def test_b(\n        self,\n        benchmark: BenchmarkFixture,\n    ):\n        pass\n\ndef helper(benchmark): ...\ndef test_c(my_benchmark, benchmarks): ...\n',
      'tests/test_marked.py':
        'import pytest\n\n@pytest.mark.benchmark\ndef test_x():\n    pass\n\n@pytest.mark.benchmark(group="a")\ndef test_y(benchmark):\n    pass\n',
      'asv.conf.json': '{\n    // where\n    "benchmark_dir": "asv_bench",\n}\n',
      'asv_bench/suite.py': 'class Suite:\n    def time_x(self): ...\n    def peakmem_y(self): ...\n',
      'benchmarks/run.py': 'import pyperf\n',
      'perf/one.py': 'from timeit import timeit\n',
      'profile_me.py': 'import sys\nimport cProfile\n',
      'pkg/__init__.py': 'import timeit\n',
      'pkg/clock.py': 'from timeit import default_timer\n',
    });
    expect(benchmarks.map((one) => [one.kind, formatEvidence(one.evidence), one.count])).toEqual([
      ['profiling-script', 'profile_me.py:2', undefined],
      ['pyperf', 'benchmarks/run.py:1', undefined],
      ['timeit', 'perf/one.py:1', undefined],
      ['pytest-benchmark', 'tests/test_marked.py:8', 1],
      ['pytest-codspeed', 'tests/test_marked.py:4', 1],
      ['pytest-benchmark', 'tests/test_speed.py:3', 2],
      ['asv', 'asv.conf.json:3', 2],
      ['folder', 'asv_bench/', 1],
      ['folder', 'benchmarks/', 1],
      ['folder', 'perf/', 1],
    ]);
  });

  it("are pytest-codspeed's when the project depends on that alone", async () => {
    const files = {
      'requirements.txt': 'pytest-codspeed\n',
      'tests/test_a.py': 'def test_a(benchmark): ...\n',
    };
    expect((await factsOf(files)).benchmarks.map((one) => one.kind)).toEqual(['pytest-codspeed']);
    const both = { ...files, 'requirements.txt': 'pytest-codspeed\npytest-benchmark\n' };
    expect((await factsOf(both)).benchmarks.map((one) => one.kind)).toEqual(['pytest-benchmark']);
  });

  it('are not looked for in environments and build products', async () => {
    const { benchmarks } = await factsOf({
      'setup.py': '',
      'myenv/pyvenv.cfg': '',
      'myenv/tests/test_a.py': 'def test_a(benchmark): ...\n',
      'build/tests/test_a.py': 'def test_a(benchmark): ...\n',
      '.tox/tests/test_a.py': 'def test_a(benchmark): ...\n',
    });
    expect(benchmarks).toEqual([]);
  });
});

describe('the facts together', () => {
  it('hold for a project with no configuration at all', async () => {
    const facts = await factsOf({ 'main.py': 'print(1)\n' });
    expect(facts).toMatchObject({
      name: undefined,
      managers: [],
      backend: undefined,
      benchmarks: [],
      git: undefined,
      layout: { kind: 'single-module', modules: ['main'] },
      tests: { runners: [], pytest: undefined, files: 0 },
    });
  });

  it('hold for a project in which much cannot be read', async () => {
    const root = tree({
      'setup.py': "setup(py_modules=['mytool'])",
      'mytool.py': '',
      mytool: 'a file named like the module',
      src: 'a file',
      lib: { link: '.' },
      'tests/loop.py': { link: 'loop.py' },
      'tests/test_folder.py/x': '',
      'tests/test_bad.py': '\u0000\u0001 def (((',
      'setup.cfg/x': '',
      'requirements.txt/x': '',
      'Makefile/x': '',
      benchmarks: { link: 'gone' },
    });
    const project = await findProject(host, root);
    const facts = await readFacts(host, project, await findPython(host, project));
    expect(facts).toMatchObject({ layout: { kind: 'single-module', modules: ['mytool'] }, benchmarks: [] });
  });

  it.each<[string, Record<string, string>, string, string]>([
    ['PEP 621', { 'pyproject.toml': '[project]\nname = "my-lib"\n' }, 'my-lib', 'pyproject.toml:2'],
    ['setup.cfg', { 'setup.cfg': '[metadata]\nname = my-lib\n' }, 'my-lib', 'setup.cfg:2'],
    [
      'setup.py',
      { 'setup.py': 'from setuptools import setup\nsetup(name="my-lib")\n' },
      'my-lib',
      'setup.py:2',
    ],
  ])('name the distribution from %s', async (_from, files, name, evidence) => {
    const facts = await factsOf(files);
    expect([facts.name?.value, place(facts.name)]).toEqual([name, evidence]);
  });
});
