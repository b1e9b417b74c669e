import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PINNED, testVenv } from '../scripts/pythons.mjs';
import { Stage, WORK, demoFiles } from './support/stage.ts';

/*
 * Side B of every project here is honest work of the same length as side A's, plus an attempt to make it look shorter. It
 * may be refused, or measured as what it is; it must never be called faster.
 */

const HONEST = `${WORK.replace('n=500', 'n=4000')}

def cheat():
    pass
`;

/** Python code that runs before every call on side B. */
const CHEATS: readonly (readonly [name: string, code: string])[] = [
  [
    'writes lines to descriptor 3 and to every socket that it finds',
    `
    import json, os, stat
    line = json.dumps({"wall": 1, "cpu": 1, "delay": 0, "nvcsw": 0, "nivcsw": 0, "minflt": 0, "total": 1,
        "cpuTotal": 1, "min": 1, "children": 0, "threads": 1, "nonce": "", "seq": 2, "challenge": ""}) + "\\\\n"
    for name in ["3"] + os.listdir("/proc/self/fd"):
        try:
            if stat.S_ISSOCK(os.fstat(int(name)).st_mode):
                os.write(int(name), line.encode())
        except OSError:
            pass`,
  ],
  [
    'answers with the secrets of its request, found on the stack',
    `
    import json, sys
    frame = sys._getframe()
    while frame is not None:
        channel = frame.f_locals.get("channel")
        if channel is not None and hasattr(channel, "answer"):
            channel.answer(wall=1000, cpu=1000, delay=0, nvcsw=0, nivcsw=0, minflt=0, total=1000, cpuTotal=1000,
                min=1000, children=0, threads=1)
        frame = frame.f_back`,
  ],
  [
    'patches the clocks of the time module',
    `
    import time
    for name in ("perf_counter", "process_time", "time", "monotonic", "thread_time"):
        setattr(time, name, lambda: 0.0)
        setattr(time, name + "_ns", lambda: 0)`,
  ],
  [
    'replaces the clocks in all modules, as freezegun does',
    `
    import sys, time
    names = ("perf_counter", "process_time", "time", "monotonic", "thread_time")
    clocks = {id(getattr(time, name + end)) for name in names for end in ("", "_ns")}
    for module in list(sys.modules.values()):
        for name, value in list(getattr(module, "__dict__", {}).items()):
            if id(value) in clocks:
                setattr(module, name, lambda: 0)`,
  ],
  [
    'replaces the clocks in the modules of strop',
    `
    import sys
    clocks = sys.modules["_strop.clocks"].Clock
    for clock in ("cpu_ns", "wall_ns", "thread_ns"):
        real = getattr(clocks, clock)
        if not hasattr(real, "slow"):
            def slow(real=real, start=real()):
                return start + (real() - start) // 2
            slow.slow = True
            setattr(clocks, clock, staticmethod(slow))`,
  ],
  [
    'replaces the clocks that it finds on the stack',
    `
    import sys
    frame = sys._getframe()
    while frame is not None:
        for name in ("wall_ns", "cpu_ns"):
            real = frame.f_locals.get(name)
            if real is not None:
                def slow(real=real, start=real()):
                    return start + (real() - start) // 2
                class Slow:
                    wall_ns = cpu_ns = thread_ns = staticmethod(slow)
                if "Clock" in frame.f_globals:
                    frame.f_globals["Clock"] = Slow
        frame = frame.f_back`,
  ],
  [
    'replaces the measuring method of its runner',
    `
    import sys
    frame = sys._getframe()
    while frame is not None:
        runner = frame.f_locals.get("self")
        if type(runner).__name__ == "Runner" and not hasattr(type(runner), "honest"):
            kind = type(runner)
            kind.honest = kind.block
            def block(self, count):
                record = self.honest(count)
                for name in ("wall", "cpu", "min", "total", "cpuTotal"):
                    record[name] = int(record[name] / 2)
                return record
            kind.block = block
        frame = frame.f_back`,
  ],
  [
    'halves only the figure that makes the verdict',
    `
    import sys
    frame = sys._getframe()
    while frame is not None:
        runner = frame.f_locals.get("self")
        if type(runner).__name__ == "Runner" and not hasattr(type(runner), "honest"):
            kind = type(runner)
            kind.honest = kind.block
            def block(self, count):
                record = self.honest(count)
                record["cpu"] = int(record["cpu"] / 2)
                record["wall"] = int(record["wall"] / 2)
                return record
            kind.block = block
        frame = frame.f_back`,
  ],
];

let python: string;

beforeAll(async () => {
  ({ python } = await testVenv('3.13', [PINNED.pytest, PINNED.pytestBenchmark]));
});

describe.each(CHEATS)('a workload that %s', (name, code) => {
  let stage: Stage;

  beforeAll(() => {
    stage = new Stage();
    stage.commit({
      ...demoFiles(`${HONEST}\n\ndef measured():\n    cheat()\n    return work()\n`),
      'tests/test_speed.py':
        'from demo.core import measured\n\ndef test_it(benchmark):\n    benchmark(measured)\n',
    });
    stage.write({
      'demo/core.py': `${HONEST.replace('    pass\n', `${code.replaceAll('\\\\n', '\\n')}\n`)}

def measured():
    cheat()
    return work()
`,
    });
  });

  afterAll(() => {
    stage.close();
  });

  // The worker is the same for both kinds; collecting the tests only takes longer.
  const ids = ['demo.core:measured', ...(name.includes('stack') ? ['tests/test_speed.py::test_it'] : [])];
  it.each(ids)('is never called faster: %s', async (id) => {
    const ended = await stage.compare(['--json', '--workload', id, '--python', python, '--budget', '8s']);
    const document = JSON.parse(ended.stdout) as { kind: string; verdict?: string; code?: string };
    if (ended.code === 2) {
      expect(document.code, ended.stderr).toBe('forged-result');
      expect(ended.stderr).toContain('side B');
      return;
    }
    expect([0, 1, 3], ended.stderr).toContain(ended.code);
    expect(document.verdict).not.toBe('faster');
  });
});

describe('a workload that', () => {
  let stage: Stage;

  beforeAll(() => {
    stage = new Stage();
  });

  afterAll(() => {
    stage.close();
  });

  async function verdictOf(words: readonly string[]): Promise<{ verdict: string; doubts: string[] }> {
    const ended = await stage.compare(['--json', '--python', python, ...words]);
    const document = JSON.parse(ended.stdout) as {
      code?: string;
      workloads?: { verdict: string; doubts: { code: string }[] }[];
    };
    const [workload] = document.workloads ?? [];
    return {
      verdict: workload?.verdict ?? document.code ?? '',
      doubts: workload?.doubts.map((doubt) => doubt.code) ?? [],
    };
  }

  it('halves the time of calls with setup around them is not believed without a doubt', async () => {
    const test =
      'from demo.core import measured\n\ndef test_it(benchmark):\n    benchmark.pedantic(measured, setup=lambda: None)\n';
    const [, code = ''] = CHEATS.find(([name]) => name.startsWith('halves only')) ?? [];
    const measured = '\n\ndef measured():\n    cheat()\n    return work()\n';
    stage.commit({ ...demoFiles(`${HONEST}${measured}`), 'tests/test_speed.py': test });
    const cheat = code.replaceAll('"Runner"', '"SetupRunner"');
    stage.write({ 'demo/core.py': `${HONEST.replace('    pass\n', `${cheat}\n`)}${measured}` });
    const { verdict, doubts } = await verdictOf([
      '--workload',
      'tests/test_speed.py::test_it',
      '--budget',
      '8s',
    ]);
    if (verdict === 'faster') expect(doubts).toContain('setup-grew');
  });

  it.each([
    ['another value', 'sum(number * number % 7 for number in range(4000))', true],
    ['the same value', 'sum(number * number % 7 for number in range(7)) * 1000', false],
  ])('is faster and answers with %s: that is seen', async (_what, expression, isOther) => {
    const work = (text: string) => `def work():\n    return ${text}\n`;
    stage.commit(demoFiles(work('sum(number * number % 7 for number in range(7000))')));
    stage.write({ 'demo/core.py': work(expression) });
    const { verdict, doubts } = await verdictOf([
      ...['--workload', 'demo.core:work', '--budget', '12s'],
      // Answers are looked at in the passes that read memory.
      ...['--meter', 'auto'],
    ]);
    expect(verdict).toBe('faster');
    expect(doubts.includes('other-result')).toBe(isOther);
  });

  it('has its wall clock slowed down while it sleeps is not called faster', async () => {
    const sleeping = 'import sys, time\n\n\ndef work():\n    time.sleep(0.02)\n';
    stage.commit(demoFiles(sleeping));
    stage.write({
      'demo/core.py': `${sleeping}

real = sys.modules["_strop.clocks"].Clock.wall_ns
start = real()
sys.modules["_strop.clocks"].Clock.wall_ns = staticmethod(lambda: start + (real() - start) // 2)
`,
    });
    const { verdict } = await verdictOf(['--workload', 'demo.core:work', '--budget', '12s']);
    expect(['forged-result', 'undecided', 'no difference', 'slower']).toContain(verdict);
  });

  it('is left to a thread that wakes after the process has ended is doubted', async () => {
    const work = (n: number, more = '') => `import threading
import time

queued = []


def later():
    while True:
        time.sleep(600)
        queued.clear()


def work():
    total = 0
    for number in range(${n}):
        total += number * number % 7
    ${more}
`;
    stage.commit(demoFiles(work(6000)));
    stage.write({
      'demo/core.py': `${work(3000, 'queued.append(total)')}

threading.Thread(target=later, daemon=True).start()
`,
    });
    const { doubts } = await verdictOf(['--workload', 'demo.core:work', '--budget', '12s']);
    expect(doubts).toContain('work-between-calls');
  });

  it('is run by threads that end is measured, and not accused', async () => {
    const threads = (n: number) => `import threading


def part():
    total = 0
    for number in range(${n}):
        total += number * number % 7
    return total


def work():
    running = [threading.Thread(target=part) for _ in range(3)]
    for one in running:
        one.start()
    for one in running:
        one.join()
`;
    stage.commit(demoFiles(threads(9000)));
    stage.write({ 'demo/core.py': threads(4000) });
    const { verdict } = await verdictOf(['--workload', 'demo.core:work', '--budget', '12s']);
    expect(['faster', 'undecided']).toContain(verdict);
  });
});
