import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PINNED, testVenv } from '../scripts/pythons.mjs';
import type { Ended } from './support/program.ts';
import { Stage, WORK, expectRefusal, plainPython } from './support/stage.ts';

/** Twice the work, so that a verdict of `slower` proves that each side ran its own code. */
const SLOWER_WORK = WORK.replace('range(n)', 'range(2 * n)');

let stage: Stage;

beforeEach(() => {
  stage = new Stage();
});

afterEach(() => {
  stage.close();
});

function layout(core: string, table = ''): Readonly<Record<string, string>> {
  return {
    'pyproject.toml': `[build-system]
requires = ["setuptools"]
build-backend = "setuptools.build_meta"
[project]
name = "demo"
version = "1.0"
${table}`,
    'src/demo/__init__.py': '',
    'src/demo/core.py': core,
    '.gitignore': '.venv/\n*.egg-info/\nbuild/\n',
  };
}

/** An environment that builds projects, made once; undefined where no packages can be had. */
async function buildingVenv(): Promise<string | undefined> {
  try {
    return (await testVenv('3.13', ['setuptools==80.9.0'])).folder;
  } catch (error) {
    if (/No matching distribution|connection|network/i.test(String(error))) return undefined;
    throw error;
  }
}

/** A `.venv` in the project with the project installed. */
function install(builder: string, how: readonly string[]): void {
  const venv = join(stage.repo, '.venv');
  // The builder's setuptools makes the wheel: nothing is fetched.
  const env = stage.env({ PYTHONPATH: join(builder, 'lib', 'python3.13', 'site-packages') });
  const pip = ['-m', 'pip', '--python', join(venv, 'bin', 'python'), '--disable-pip-version-check'];
  for (const words of [
    ['-m', 'venv', '--without-pip', venv],
    [...pip, 'install', '--quiet', '--no-build-isolation', '--no-deps', ...how, '.'],
  ]) {
    const asked = spawnSync(join(builder, 'bin', 'python'), words, {
      cwd: stage.repo,
      env,
      encoding: 'utf8',
    });
    if (asked.status !== 0) throw new Error(asked.stderr);
  }
}

const WORKLOAD = ['--workload', 'demo.core:work', '--budget', '20s', '--meter', 'cpu'];

function expectSlower(ended: Ended): void {
  expect(ended.code, ended.stderr).toBe(1);
  const { verdict, workloads } = JSON.parse(ended.stdout) as {
    verdict: string;
    workloads: { ratio: number }[];
  };
  expect(verdict).toBe('slower');
  expect(workloads[0]?.ratio).toBeGreaterThan(1.5);
}

describe('a copy of the project in its environment', () => {
  const HOOKED = `[tool.setuptools]
packages = ["demo"]
package-dir = { demo = "src/demo" }
`;
  const SEARCHED = '[tool.setuptools.packages.find]\nwhere = ["src"]\n';

  it.for([
    ['installed', [], SEARCHED, /^demo$/],
    ['in editable mode by a path', ['-e'], SEARCHED, /^__editable__.*\.pth$/],
    ['in editable mode by an import hook', ['-e'], HOOKED, /^__editable___demo.*_finder\.py$/],
  ] as const)('%s does not stand before the sides', async ([, how, table, proof], context) => {
    const builder = await buildingVenv();
    if (builder === undefined) return context.skip('pip cannot get setuptools here');
    stage.commit(layout(WORK, table));
    install(builder, how);
    const site = join(stage.repo, '.venv/lib/python3.13/site-packages');
    expect(readdirSync(site).filter((name) => proof.test(name))).toHaveLength(1);
    stage.write({ 'src/demo/core.py': SLOWER_WORK });
    // Without --python: the environment is found as the user has it.
    expectSlower(await stage.strop(['compare', '--json', ...WORKLOAD]));
  });
});

describe('code that reaches for another tree', () => {
  const BENCHMARK = 'from demo.core import work\n\ndef test_work(benchmark):\n    benchmark(work)\n';

  async function compareBenchmark(): Promise<Ended> {
    const { python } = await testVenv('3.13', [PINNED.pytest, PINNED.pytestBenchmark]);
    return stage.strop(['compare', '--json', '--budget', '20s', '--meter', 'cpu', '--python', python]);
  }

  it('by sys.path in a conftest does not stand before the sides', async () => {
    const conftest = `import sys\nsys.path.insert(0, ${JSON.stringify(join(stage.repo, 'src'))})\n`;
    stage.commit({ ...layout(WORK), 'tests/conftest.py': conftest, 'tests/test_speed.py': BENCHMARK });
    stage.write({ 'src/demo/core.py': SLOWER_WORK });
    expectSlower(await compareBenchmark());
  });

  it('by PYTHONPATH finds the copy of its side there, and dependencies outside of the project', async () => {
    stage.write({ 'vendored/vendor_less.py': 'STEP = 1\n' }, stage.folder);
    stage.commit({
      ...layout(`from vendor_less import STEP\nfrom helping import HELP\n${WORK}`),
      'lib/helping.py': 'HELP = 1\n',
    });
    stage.write({
      'src/demo/core.py': `from vendor_less import STEP\nfrom helping import HELP\n${SLOWER_WORK}`,
    });
    const entries = [join(stage.repo, 'src'), join(stage.repo, 'lib'), join(stage.folder, 'vendored')];
    const env = { PYTHONPATH: entries.join(delimiter) };
    expectSlower(await stage.compare(['--json', ...WORKLOAD], { env }));
  });

  it('by an import hook is refused', async () => {
    const conftest = `import sys
from importlib.machinery import PathFinder

class Hook:
    @staticmethod
    def find_spec(name, path=None, target=None):
        if name == "demo":
            return PathFinder.find_spec(name, [${JSON.stringify(join(stage.repo, 'src'))}])

sys.meta_path.insert(0, Hook)
`;
    stage.commit({ ...layout(WORK), 'tests/conftest.py': conftest, 'tests/test_speed.py': BENCHMARK });
    stage.write({ 'src/demo/core.py': SLOWER_WORK });
    const ended = await compareBenchmark();
    expect(ended.code, ended.stderr).toBe(2);
    expect(JSON.parse(ended.stdout)).toMatchObject({ kind: 'error', code: 'wrong-code' });
    expect(ended.stderr).toContain(join(stage.repo, 'src/demo'));
  });
});

describe('a benchmark that lies in the side', () => {
  it('is refused where all that it calls comes from an installed copy', async () => {
    const copy = join(stage.folder, 'installed');
    stage.write({ 'shop/__init__.py': WORK }, copy);
    stage.commit({
      'pyproject.toml': '[tool.pytest.ini_options]\ntestpaths = ["tests"]\n',
      'hidden.folder/shop/__init__.py': WORK,
      'tests/conftest.py': `import sys\nsys.path.append(${JSON.stringify(copy)})\n`,
      'tests/test_speed.py': 'from shop import work\n\ndef test_work(benchmark):\n    benchmark(work)\n',
    });
    stage.write({ 'hidden.folder/shop/__init__.py': SLOWER_WORK });
    const { python } = await testVenv('3.13', [PINNED.pytest]);
    expectRefusal(await stage.compare(['--python', python]), 'same code', /source-roots/);
  });
});

describe('a workload without the project', () => {
  it('is refused: both sides would run the same code', async () => {
    stage.commit(layout(WORK));
    stage.write({ 'src/demo/core.py': SLOWER_WORK });
    const statement = ['--python', plainPython(), '--stmt', 'sum(range(100))'];
    expectRefusal(await stage.compare(statement), 'same code');
    expectRefusal(await stage.compare(['--', 'python', '-c', 'print(1)']), 'same code');
  });
});

describe('a command', () => {
  beforeEach(() => {
    stage.commit({
      ...layout(WORK),
      'main.py': 'from demo.core import work\nfor _ in range(2000): work()\n',
      'run.sh': 'python main.py\n',
      'data/input.txt': 'x',
    });
    stage.write({ 'src/demo/core.py': SLOWER_WORK });
  });

  it('runs the code of each side', async () => {
    expectSlower(await stage.compare(['--json', '--budget', '30s', '--', 'python', 'main.py']));
  });

  it('that names a file of the working tree by its absolute path is refused', async () => {
    const inside = (path: string) => join(stage.repo, path);
    for (const words of [
      ['python', inside('main.py')],
      ['sh', inside('run.sh')],
      ['sh', '-c', `cd '${stage.repo}' && python main.py`],
      ['python', '-c', `import runpy; runpy.run_path('${inside('main.py')}')`],
      ['python', 'main.py', `--input=${inside('data/input.txt')}`],
    ]) {
      const ended = await stage.compare(['--', ...words]);
      expectRefusal(ended, stage.repo, /relative/);
    }
  });
});
