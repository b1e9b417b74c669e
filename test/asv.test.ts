import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Stage, WORK, demoFiles, pytestPython } from './support/stage.ts';

let stage: Stage;
let python = '';

beforeEach(async () => {
  stage = new Stage();
  python = await pytestPython();
});

afterEach(() => {
  stage.close();
});

const measure = (...words: string[]) => stage.compared(['--python', python, 'HEAD..HEAD', ...words]);

function commit(benchmarks: Readonly<Record<string, string>>): void {
  stage.commit({ ...demoFiles(WORK), 'asv.conf.json': '{"benchmark_dir": "benchmarks"}', ...benchmarks });
}

describe('an asv benchmark', () => {
  it('is torn down before it is set up again, and gets nothing from a setup_cache that returns nothing', async () => {
    commit({
      'benchmarks/bench_work.py': `from demo.core import work

events = []

def setup(*args):
    assert events in ([], ["method", "class", "module"]), events
    events[:] = []

def teardown(*args):
    events.append("module")

class TimeWork:
    def setup_cache(self):
        pass

    def teardown(self):
        events.append("class")

    def time_work(self):
        work()

    time_work.teardown = lambda: events.append("method")
`,
    });
    const { workloads } = await measure('--workload', 'benchmarks/bench_work.py');
    expect(workloads).toMatchObject([{ id: 'benchmarks/bench_work.py::TimeWork.time_work' }]);
  });

  it('is found by its class; a combination that it leaves out is named', async () => {
    commit({
      'benchmarks/bench_work.py': `from demo.core import work

class TimeWork:
    params = [100, 200]

    def setup(self, n):
        if n == 200:
            raise NotImplementedError("not this one")

    def time_work(self, n):
        work(n)
`,
    });
    const { workloads, doubts } = await measure('--workload', 'benchmarks/bench_work.py::TimeWork');
    expect(workloads.map(({ id }) => id)).toEqual(['benchmarks/bench_work.py::TimeWork.time_work[100]']);
    expect(doubts.map(({ code }) => code)).toContain('workload-skipped');
  });

  it('does not hide a benchmark of pytest beside it', async () => {
    commit({
      'benchmarks/bench_work.py': 'from demo.core import work\n\ndef time_work():\n    work()\n',
      'benchmarks/test_work.py':
        'from demo.core import work\n\ndef test_work(benchmark):\n    benchmark(work)\n',
    });
    const { workloads } = await measure();
    expect(workloads.map(({ id }) => id).sort()).toEqual([
      'benchmarks/bench_work.py::time_work',
      'benchmarks/test_work.py::test_work',
    ]);
  });
});
