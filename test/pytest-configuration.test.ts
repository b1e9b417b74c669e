import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Stage, WORK, demoFiles, expectRefusal, pytestPython } from './support/stage.ts';

const BENCHMARK = 'from demo.core import work\n\ndef test_work(benchmark):\n    benchmark(work)\n';

let stage: Stage;
let python = '';

beforeEach(async () => {
  stage = new Stage();
  python = await pytestPython();
});

afterEach(() => {
  stage.close();
});

function commit(addopts: string, more = ''): void {
  const demo = demoFiles(WORK);
  stage.commit({
    ...demo,
    'pyproject.toml': `${demo['pyproject.toml'] ?? ''}[tool.pytest.ini_options]\naddopts = "${addopts}"\n${more}`,
    'tests/conftest.py': 'def pytest_addoption(parser):\n    parser.addoption("--mine")\n',
    'tests/test_0first.py': 'def test_first(benchmark):\n    raise ValueError("not named")\n',
    'tests/test_broken.py': 'import nothing_like_that\n',
    'tests/test_speed.py': BENCHMARK,
  });
}

describe('options of the project for pytest', () => {
  it('that name other tests leave the measurement to the named one', async () => {
    commit('-ra tests --mine y tests');
    const words = ['--python', python, 'HEAD..HEAD', '--workload', 'tests/test_speed.py'];
    expect(await stage.compared(words)).toMatchObject({
      workloads: [{ id: 'tests/test_speed.py::test_work' }],
    });
  });

  it('that require a plugin which takes no part in measuring disturb nothing', async () => {
    commit('-ra', 'required_plugins = ["pytest-benchmark", "pytest-xdist"]\n');
    const words = ['--python', python, 'HEAD..HEAD', '--workload', 'tests/test_speed.py'];
    expect(await stage.compared(words)).toMatchObject({
      workloads: [{ id: 'tests/test_speed.py::test_work' }],
    });
  });

  it('that nobody knows are named, and not taken for a lack of benchmarks', async () => {
    commit('--of-another-interpreter');
    const words = ['--python', python, '--workload', 'tests/test_speed.py'];
    expectRefusal(await stage.compare(words), 'pytest cannot start', '--of-another-interpreter');
  });
});
