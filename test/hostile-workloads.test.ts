import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PINNED, testVenv } from '../scripts/pythons.mjs';
import { findProcesses, survivors } from './support/processes.ts';
import { Stage, WORK, demoFiles, expectRefusal } from './support/stage.ts';
import { takeSnapshot } from './support/snapshot.ts';

/** Functions that a measured program should not have; each is put beside a harmless one of the same project. */
const HOSTILE = `import os
import signal
import sys
import time

from demo.core import work


def fails():
    raise ValueError("the shop is closed")


def hangs():
    import subprocess

    # A child that left the group, and one that did not: both go with the workload.
    subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"], start_new_session=True)
    subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    time.sleep(600)


def hangs_deaf():
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    while True:
        time.sleep(600)


def prints():
    line = "x" * 1000 + "\\n"
    for _ in range(2000):
        sys.stdout.write(line)
        sys.stderr.write(line)
        os.write(1, line.encode())
        os.write(2, line.encode())
    return work()


FIRST = os.getpid()


def forks():
    if os.getpid() != FIRST:
        with open(os.environ["FORK_LOG"], "a") as log:
            log.write("a child goes on with the loop")
    # The child comes back as if it were the parent.
    # Nobody waits for it, so that several calls fit into one block.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    os.fork()
    return work()


def leaves_children():
    if os.fork() == 0:
        os.setsid()
        time.sleep(600)
    return work()


def changes_folder():
    os.chdir("/")
    return work()


def closes_output():
    for descriptor in (0, 1, 2):
        try:
            os.close(descriptor)
        except OSError:
            pass
    return work()


def closes_streams():
    if sys.stdout is not None:
        sys.stdout.close()
        sys.stderr.close()
    sys.stdout = sys.stderr = None
    return work()


def closes_all():
    os.closerange(0, 256)
    return work()


def ends_at_once():
    os._exit(0)


def exits():
    sys.exit(0)


def exits_late(calls=[]):
    calls.append(1)
    if len(calls) > 3:
        raise SystemExit("had enough")
    return work()


def is_interrupted():
    raise KeyboardInterrupt


def crashes():
    os.kill(os.getpid(), signal.SIGSEGV)
`;

let stage: Stage;

beforeEach(() => {
  stage = new Stage();
  stage.commit({ ...demoFiles(), 'demo/hostile.py': HOSTILE });
  stage.write({ 'demo/core.py': `# changed\n${WORK}` });
});

afterEach(async () => {
  try {
    // Whatever the workload did, nothing of strop's and nothing of its own is left.
    expect(await survivors(stage.folder)).toEqual([]);
    expect(stage.leftRuns()).toEqual([]);
  } finally {
    for (const { pid } of findProcesses(stage.folder)) process.kill(pid, 'SIGKILL');
    stage.close();
  }
});

async function compareHostile(name: string, more: readonly string[] = [], env: Record<string, string> = {}) {
  return stage.compare(['--workload', `demo.hostile:${name}`, '--budget', '1s', ...more], { env });
}

/** The workload may be measured, or refused with its name; nothing else may come of it. */
async function expectMeasured(name: string, env: Record<string, string> = {}): Promise<void> {
  const ended = await compareHostile(name, ['--json'], env);
  expect([0, 1, 3], ended.stderr).toContain(ended.code);
  expect(JSON.parse(ended.stdout)).toMatchObject({
    kind: 'comparison',
    workloads: [{ id: `demo.hostile:${name}` }],
  });
}

describe('a workload that fails', () => {
  it('raises an error: its trace is shown', async () => {
    expectRefusal(await compareHostile('fails'), 'the shop is closed', 'hostile.py', /side [AB]/);
  });

  it('cannot be imported on the side that lacks a module: that side is named', async () => {
    stage.commit({ 'demo/user.py': 'from demo.core import work\n' });
    stage.write({ 'demo/user.py': 'import no_such_module\nfrom demo.core import work\n' });
    const ended = await stage.compare(['--workload', 'demo.user:work']);
    expectRefusal(ended, 'side B (working tree)', 'no_such_module');
    stage.commit({}, 'broken');
    stage.write({ 'demo/user.py': 'from demo.core import work\n' });
    expectRefusal(await stage.compare(['--workload', 'demo.user:work']), 'side A (HEAD)', 'no_such_module');
  });

  it('holds a syntax error on one side', async () => {
    stage.write({ 'demo/core.py': 'def work(:\n' });
    expectRefusal(await stage.compare(['--workload', 'demo.core:work']), 'side B', 'core.py');
  });

  it('is a benchmark whose assertion or setup fails, or that cannot be collected', async () => {
    const { python } = await testVenv('3.13', [PINNED.pytest, PINNED.pytestBenchmark]);
    stage.commit({
      'tests/test_bench.py': `import pytest
from demo.core import work

def test_asserts(benchmark):
    assert benchmark(work) == -1

@pytest.fixture
def shop():
    raise RuntimeError("no shop today")

def test_setup(benchmark, shop):
    benchmark(work)

def test_pedantic_setup(benchmark):
    def setup():
        raise RuntimeError("no goods today")
    benchmark.pedantic(work, setup=setup, rounds=3)

def test_swallows(benchmark):
    def fails():
        raise RuntimeError("sold out")
    try:
        benchmark(fails)
    except RuntimeError:
        pass

def test_exits(benchmark):
    def leaves():
        raise KeyboardInterrupt("closing time")
    benchmark(leaves)
`,
      'tests/test_broken.py': 'import no_such_module\ndef test_it(benchmark): pass\n',
    });
    stage.write({ 'demo/core.py': WORK });
    const measure = (id: string) =>
      stage.compare(['--python', python, '--budget', '1s', '--workload', `tests/${id}`]);
    expectRefusal(await measure('test_bench.py::test_asserts'), 'test fails', 'assert', /side [AB]/);
    expectRefusal(await measure('test_bench.py::test_setup'), 'no shop today', /side [AB]/);
    expectRefusal(await measure('test_bench.py::test_pedantic_setup'), 'no goods today', /side [AB]/);
    expectRefusal(await measure('test_bench.py::test_swallows'), 'sold out', /side [AB]/);
    expectRefusal(await measure('test_bench.py::test_exits'), 'closing time', /side [AB]/);
    expectRefusal(await measure('test_broken.py'), 'no_such_module');
  });
});

describe('a workload that hangs', () => {
  it('is killed with its children after the timeout', async () => {
    const begin = performance.now();
    expectRefusal(await compareHostile('hangs', ['--timeout', '2s']), 'no answer for', '--timeout');
    expect(performance.now() - begin).toBeLessThan(60_000);
  });

  it('is killed though it ignores signals', async () => {
    expectRefusal(await compareHostile('hangs_deaf', ['--timeout', '2s']), 'no answer for');
  });

  it('is killed as a command, too', async () => {
    stage.write({ 'main.py': 'import demo.hostile\ndemo.hostile.hangs()\n' });
    stage.commit({});
    expectRefusal(await stage.compare(['--timeout', '2s', '--', 'python', 'main.py']), 'no answer for');
  });
});

describe('a workload that disturbs its process', () => {
  it('prints megabytes', async () => {
    await expectMeasured('prints');
  });

  it('forks, and the child comes back', async () => {
    const log = join(stage.folder, 'fork-log');
    await expectMeasured('forks', { FORK_LOG: log });
    // It would fork in its turn, and so on: twice as many processes at every turn.
    expect(existsSync(log)).toBe(false);
  });

  it('leaves children that outlive it', async () => {
    await expectMeasured('leaves_children');
  });

  it('changes its folder', async () => {
    await expectMeasured('changes_folder');
  });

  it('closes its standard streams', async () => {
    await expectMeasured('closes_output');
    await expectMeasured('closes_streams');
  });

  it('closes every descriptor: it is refused', async () => {
    expectRefusal(await compareHostile('closes_all'), 'demo.hostile:closes_all');
  });
});

describe('a workload that ends its process', () => {
  it('by os._exit', async () => {
    expectRefusal(await compareHostile('ends_at_once'), 'exit code 0', 'os._exit', /side [AB]/);
  });

  it('by sys.exit, at the first call or later', async () => {
    expectRefusal(await compareHostile('exits'), 'SystemExit', /side [AB]/);
    expectRefusal(await compareHostile('exits_late'), 'had enough', /side [AB]/);
  });

  it('by KeyboardInterrupt, which is not taken for the user', async () => {
    expectRefusal(await compareHostile('is_interrupted'), 'KeyboardInterrupt', /side [AB]/);
  });

  it('by a crash', async () => {
    expectRefusal(await compareHostile('crashes'), 'SIGSEGV', /side [AB]/);
  });

  it('as a command with an exit code', async () => {
    stage.write({
      'main.py': 'import sys, demo.core\nprint("on the way out", file=sys.stderr)\nsys.exit(3)\n',
    });
    stage.commit({});
    expectRefusal(await stage.compare(['--', 'python', 'main.py']), 'exit code 3', 'on the way out');
    expectRefusal(await stage.compare(['--', 'no-such-program-here']), 'no-such-program-here');
  });
});

describe('the project of a hostile workload', () => {
  it('stays as it is, to the last bit', async () => {
    const before = takeSnapshot(stage.repo);
    for (const name of ['prints', 'ends_at_once', 'changes_folder']) await compareHostile(name);
    expect(takeSnapshot(stage.repo)).toEqual(before);
  });
});
