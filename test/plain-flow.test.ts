import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PINNED, findPythons, testVenv } from '../scripts/pythons.mjs';
import type { ComparisonDocument } from '#store';
import { takeSnapshot } from './support/snapshot.ts';
import { Stage, expectRefusal } from './support/stage.ts';

const FIXTURES = fileURLToPath(new URL('../fixtures/projects', import.meta.url));
const FILE = 'benchmarks/test_performance.py';
const REPEATS = `${FILE}::TestDedupe::test_drop_repeats[800]`;
/** The one flag that the flow by hand does not have: 28 benchmarks need not take a second each. */
const SHORT = { PYTEST_ADDOPTS: '--benchmark-max-time=0.05' };

interface SavedRun {
  readonly benchmarks: readonly {
    readonly fullname: string;
    readonly options: Readonly<Record<string, unknown>>;
    readonly stats: Readonly<Record<string, number>>;
  }[];
}

/*
 * The whole flow by hand, in the order of a day's work, in a project that strop looks after as well. Each test goes on
 * where the one before it ended.
 */
describe('the plain flow with pytest-benchmark, beside strop', () => {
  const stage = new Stage('orders');
  const saved = join(stage.repo, '.benchmarks');
  const dumps = join(stage.folder, 'dumps');
  let python = '';

  beforeAll(async () => {
    const newest = findPythons().at(-1);
    if (newest === undefined) throw new Error('no supported Python was found');
    ({ python } = await testVenv(newest.version, [PINNED.pytest, PINNED.pytestBenchmark]));
    cpSync(join(FIXTURES, 'orders'), stage.repo, { recursive: true });
    for (const folder of ['.benchmarks', '.pytest_cache'])
      rmSync(join(stage.repo, folder), { recursive: true, force: true });
    stage.commit({});
  });
  afterAll(() => {
    stage.close();
  });

  function run(program: string, words: readonly string[]): string {
    const ended = spawnSync(program, words, { cwd: stage.repo, env: stage.env(SHORT), encoding: 'utf8' });
    const printed = ended.stdout + ended.stderr;
    expect(ended.status, printed).toBe(0);
    return printed;
  }

  const pytest = (...words: readonly string[]): string => run(python, ['-m', 'pytest', ...words]);

  function machineFolder(): string {
    const folders = readdirSync(saved);
    expect(folders).toHaveLength(1);
    return join(saved, folders[0] ?? '');
  }

  function readRun(name: string): SavedRun {
    return JSON.parse(readFileSync(join(machineFolder(), name), 'utf8')) as SavedRun;
  }

  /** strop on the project; whatever it does, the saved runs are none of its business. */
  async function strop(...argv: readonly string[]) {
    const before = takeSnapshot(saved);
    const ended = await stage.strop(argv, { env: SHORT });
    expect(takeSnapshot(saved)).toEqual(before);
    return ended;
  }

  async function compareJson(
    ...argv: readonly string[]
  ): Promise<ComparisonDocument & { code: number | null }> {
    const ended = await strop('compare', '--python', python, '--json', ...argv);
    expect(ended.stderr.match(/^error: .*$/m)?.[0]).toBeUndefined();
    return { ...(JSON.parse(ended.stdout) as ComparisonDocument), code: ended.code };
  }

  it('saves a named baseline', () => {
    const printed = pytest(
      ...[FILE, '-m', 'slow', '--benchmark-only', '--benchmark-disable-gc', '--benchmark-save=baseline'],
    );
    expect(printed).toContain('28 passed');
    expect(readdirSync(machineFolder())).toEqual(['0001_baseline.json']);
    const { benchmarks } = readRun('0001_baseline.json');
    expect(benchmarks).toHaveLength(28);
    expect(benchmarks.every((each) => each.options['disable_gc'] === true)).toBe(true);
  });

  it('runs a first benchmark in the pedantic form', () => {
    stage.write({
      'benchmarks/test_first.py': [
        'import pytest',
        'from orderdesk.sample import sample_lines',
        '@pytest.mark.slow()',
        'class TestPerformance:',
        '    def test_hot_path(self, benchmark):',
        '        obj = sample_lines(1)[0]',
        '        benchmark.pedantic(obj.key, rounds=10, iterations=1000)',
      ].join('\n'),
    });
    const printed = pytest('benchmarks/test_first.py', '-m', 'slow', '--benchmark-only');
    expect(printed).toMatch(/test_hot_path .* 10 +1000$/m);
    rmSync(join(stage.repo, 'benchmarks/test_first.py'));
  });

  it('explores ad hoc with cProfile', () => {
    const code = "import cProfile; cProfile.run('sorted(range(1000))', sort='cumulative')";
    expect(run(python, ['-c', code])).toContain('Ordered by: cumulative time');
  });

  it('lets strop inspect, and say where things stand, without a trace', async () => {
    const before = takeSnapshot(stage.repo);
    expect((await strop('inspect', '--python', python, '--json')).code).toBe(0);
    expect((await strop('status', '--json')).code).toBe(0);
    expect(takeSnapshot(stage.repo)).toEqual(before);
  });

  it('measures one change against the baseline', () => {
    stage.git('apply', '-p1', join(FIXTURES, 'orders.patches', '01-repeats-in-a-set.patch'));
    const printed = pytest(
      ...[FILE, '-m', 'slow', '--benchmark-only', '--benchmark-disable-gc'],
      ...['--benchmark-save=opt', '--benchmark-compare=0001'],
    );
    expect(printed).toMatch(/Comparing against benchmarks from: .*0001_baseline\.json/);
    expect(printed).toMatch(/^test_drop_repeats\[800\] \(NOW\)/m);
    expect(printed).toMatch(/^test_drop_repeats\[800\] \(0001_baselin\)/m);
    expect(readdirSync(machineFolder())).toEqual(['0001_baseline.json', '0002_opt.json']);
    const median = (name: string): number =>
      readRun(name).benchmarks.find((each) => each.fullname === REPEATS)?.stats['median'] ?? NaN;
    expect(median('0002_opt.json')).toBeLessThan(median('0001_baseline.json') / 5);
  });

  it('runs the whole test suite', () => {
    expect(pytest()).toMatch(/^=+ \d+ passed, 28 deselected/m);
  });

  it('compares the same change with strop, by pairs', async () => {
    const { workloads, code } = await compareJson('--meter', 'cpu', '--workload', REPEATS);
    expect(workloads.map((each) => [each.id, each.verdict])).toEqual([[REPEATS, 'faster']]);
    expect(workloads[0]?.pairs).toBeGreaterThan(0);
    expect(code).toBe(0);
  });

  it('has strop read the saved baseline, against the working tree', async () => {
    const document = await compareJson('--snapshot', 'baseline', '--workload', REPEATS);
    expect(document).toMatchObject({
      verdict: 'faster',
      code: 0,
      a: { revision: 'snapshot 0001_baseline', commit: stage.git('rev-parse', 'HEAD') },
      b: { revision: 'working tree' },
    });
    expect(document.a.content).toBe(stage.git('rev-parse', 'HEAD^{tree}'));
    expect(document.doubts.map((doubt) => doubt.code)).toContain('unpaired-snapshot');
    expect(document.workloads).toMatchObject([{ id: REPEATS, meter: 'wall', pairs: 0 }]);
    expect(document.workloads[0]?.ratio).toBeLessThan(0.2);
  });

  it('has strop read two saved runs, and stay undecided on what they cannot tell', async () => {
    const document = await compareJson('--snapshot', '0001..opt');
    expect(document.workloads).toHaveLength(28);
    const verdicts = new Map(document.workloads.map((each) => [each.id, each.verdict]));
    expect(verdicts.get(REPEATS)).toBe('faster');
    expect(verdicts.get(`${FILE}::TestAggregate::test_revenue`)).toBe('undecided');
    expect([...verdicts.values()]).not.toContain('no difference');
    expect(document).toMatchObject({ verdict: 'undecided', code: 3 });
    const shown = await strop('compare', '--python', python, '--snapshot', 'baseline', '--snapshot', 'opt');
    expect(shown.stdout).toMatch(/^A snapshot 0001_baseline \([0-9a-f]{9}\) {2}→ {2}B snapshot 0002_opt/);
    expect(shown.stdout).toContain('median of one process a side');
    expect(shown.stdout).toMatch(/doubt: Snapshots are weak evidence/);
  });

  it('refuses what it cannot read, with a suggestion', async () => {
    expectRefusal(
      await strop('compare', '--python', python, '--snapshot', 'basline'),
      'Did you mean baseline?',
    );
    expectRefusal(await strop('compare', 'HEAD', '--snapshot', 'baseline'), 'a revision and --snapshot');
    const cut = join(stage.folder, 'cut.json');
    writeFileSync(cut, readFileSync(join(machineFolder(), '0001_baseline.json'), 'utf8').slice(0, 5000));
    expectRefusal(await strop('compare', '--python', python, '--snapshot', cut), 'cut off', cut);
  });

  it('profiles inside one benchmark: a single loop by default, as many as asked for otherwise', () => {
    const common = [REPEATS, '-m', 'slow', '--benchmark-only', '--benchmark-disable-gc'];
    const once = pytest(...common, '--benchmark-cprofile=cumtime', '--benchmark-cprofile-top=30');
    expect(once).toContain('cProfile (time in s)');
    expect(once).toMatch(/^1\t\d+\.\d{4}\t.*dedupe\.py:\d+\(drop_repeats\)$/m);
    const often = pytest(
      ...common,
      ...['--benchmark-cprofile=cumtime', '--benchmark-cprofile-top=30', '--benchmark-cprofile-loops=1000'],
    );
    expect(often).toMatch(/^1000\t\d+\.\d{4}\t.*dedupe\.py:\d+\(drop_repeats\)$/m);
    // 800 lines a call, in whole numbers.
    expect(often).toMatch(/^800000\t.*models\.py:\d+\(key\)$/m);
  });

  it('dumps a profile that pstats and strop read', async () => {
    mkdirSync(dumps);
    pytest(
      ...[
        REPEATS,
        '-m',
        'slow',
        '--benchmark-only',
        '--benchmark-disable-gc',
        '--benchmark-cprofile=cumtime',
      ],
      ...['--benchmark-cprofile-loops=1000', `--benchmark-cprofile-dump=${join(dumps, 'bench')}`],
    );
    const [name] = readdirSync(dumps);
    expect(name).toMatch(/^bench-test_drop_repeats\W?800\W?\.prof$/);
    const dump = join(dumps, name ?? '');
    const code = `import pstats; pstats.Stats(${JSON.stringify(dump)}).sort_stats('cumtime').print_stats(30)`;
    expect(run(python, ['-c', code])).toContain('(drop_repeats)');
    const read = await strop('profile', '--python', python, '--json', '--read', dump);
    expect(read.code, read.stderr).toBe(0);
    expect(read.stdout).toContain('drop_repeats');
  });

  it('still lists and compares the saved runs with the command of pytest-benchmark', () => {
    const tool = join(dirname(python), 'py.test-benchmark');
    expect(run(tool, ['list'])).toMatch(/0001_baseline\.json\n.*0002_opt\.json/);
    expect(run(tool, ['compare', '0001', '0002', '--columns=median'])).toContain('test_drop_repeats[800]');
    expect(existsSync(join(stage.repo, '.benchmarks'))).toBe(true);
    expect(stage.git('status', '--porcelain')).toBe('M src/orderdesk/dedupe.py');
  });
});
