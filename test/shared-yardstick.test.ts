import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Stage, WORK, demoFiles, expectRefusal, pytestPython } from './support/stage.ts';

const CONFTEST = 'import pytest\n\n@pytest.fixture\ndef n():\n    return 1000\n';
const BENCHMARK =
  'from demo.core import work\nfrom helper import twice\n\ndef test_work(benchmark, n):\n    benchmark(work, twice(n))\n';
const HELPER = 'def twice(n):\n    return 2 * n\n';

let stage: Stage;
let python = '';

beforeEach(async () => {
  stage = new Stage();
  python = await pytestPython();
});

afterEach(() => {
  stage.close();
});

const compare = (...words: string[]) => stage.compared(['--python', python, ...words]);

describe('the yardstick', () => {
  it('includes the fixtures and helpers beside the benchmark', async () => {
    stage.commit({
      ...demoFiles(WORK),
      'bench/conftest.py': CONFTEST,
      'bench/helper.py': HELPER,
      'bench/test_speed.py': BENCHMARK,
    });
    stage.write({
      'bench/conftest.py': CONFTEST.replace('1000', '10'),
      'bench/helper.py': HELPER.replace('2', '1'),
    });
    const { workloads } = await compare();
    expect(workloads[0]?.doubts).toContainEqual(
      expect.objectContaining({
        code: 'yardstick-differs',
        text: expect.stringMatching(/bench\/conftest\.py, bench\/helper\.py/) as string,
      }),
    );
    // Sixty times the work would be left out on side B otherwise.
    expect(workloads[0]?.ratio).toBeGreaterThan(0.3);
  });

  it('comes from the working tree where no state that is compared has it; what cannot be collected is named', async () => {
    stage.commit(demoFiles(WORK), 'one');
    stage.commit({ 'bench/test_other.py': BENCHMARK.replace('demo.core', 'demo.gone') }, 'two');
    stage.write({
      'bench/conftest.py': CONFTEST,
      'bench/helper.py': HELPER,
      'bench/test_speed.py': BENCHMARK,
    });
    const { workloads } = await compare('HEAD~1..HEAD', '--workload', 'bench/test_speed.py');
    expect(workloads.map(({ id }) => id)).toEqual(['bench/test_speed.py::test_work']);
    expect(workloads[0]?.doubts.map(({ code }) => code)).toContain('yardstick-from-working-tree');
    const { doubts } = await compare();
    expect(doubts).toContainEqual(
      expect.objectContaining({
        code: 'workload-skipped',
        text: expect.stringMatching(/bench\/test_other\.py cannot be collected: .*demo\.gone/) as string,
      }),
    );
  });

  it('may be a module of its own that only the working tree has, which has to run the project', async () => {
    stage.commit(demoFiles(WORK), 'one');
    stage.commit({ 'notes.txt': 'two' }, 'two');
    stage.write({
      'load.py': 'from demo.core import work\n\ndef run():\n    return work(1000)\n',
      'idle.py': 'def run():\n    return sum(range(1000))\n',
    });
    const { workloads } = await compare('HEAD~1..HEAD', '--budget', '2s', '--workload', 'load:run');
    expect(workloads[0]?.doubts.map(({ code }) => code)).toContain('yardstick-from-working-tree');
    expectRefusal(
      await stage.compare(['--python', python, '--workload', 'idle:run']),
      'without loading anything of the project',
      'Side A has no idle.py',
    );
  });

  it('may be a plain test that the settings name', async () => {
    const demo = demoFiles(WORK);
    stage.commit({
      ...demo,
      'pyproject.toml': `${demo['pyproject.toml'] ?? ''}[tool.strop.workloads]\nplain = "tests/test_a.py::test_plain"\n`,
      'tests/test_a.py': 'from demo.core import work\n\ndef test_plain():\n    assert work() > 0\n',
    });
    const { workloads } = await compare('HEAD..HEAD');
    expect(workloads.map(({ id }) => id)).toEqual(['tests/test_a.py::test_plain']);
  });
});
