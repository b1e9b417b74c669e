import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PINNED, findPythons, testVenv } from '../scripts/pythons.mjs';
import type { ComparisonDocument } from '#store';
import { Stage, expectRefusal } from './support/stage.ts';

const KINDS = fileURLToPath(new URL('../fixtures/projects/kinds', import.meta.url));
const REQUIREMENTS = [PINNED.pytest, PINNED.pytestBenchmark, PINNED.pytestAsyncio];

/** One workload for each way to write it; every one is calibrated and measured for at least one pair. */
const NAMED = [
  'tests/test_plain.py::test_plain',
  'tests/test_plain.py::test_with_files',
  'tests/test_plain.py::test_async',
  'tests/test_plain.py::TestFrame::test_unittest',
  'tests/test_plain.py::test_frame_shows[1999]',
  'abacus.counting:add_up',
  'abacus:add_up(300, step=2)',
  `abacus.counting:spell("a, (b", times=40, separator='=')`,
  'abacus.counting:add_up_later(300)',
  'abacus.counting:Frame.__init__(None)',
];

describe('workloads of every kind', () => {
  const stage = new Stage('kinds');
  let python = '';

  beforeAll(async () => {
    const newest = findPythons().at(-1);
    if (newest === undefined) throw new Error('no supported Python was found');
    python = (await testVenv(newest.version, REQUIREMENTS)).python;
    cpSync(KINDS, stage.repo, { recursive: true });
    stage.commit({});
  });
  afterAll(() => {
    stage.close();
  });

  async function measure(...words: string[]): Promise<ComparisonDocument> {
    const ended = await stage.compare([
      '--python',
      python,
      '--budget',
      '1s',
      '--json',
      'HEAD..HEAD',
      ...words,
    ]);
    expect(ended.stderr.match(/^error: .*$/m)?.[0]).toBeUndefined();
    expect([0, 3]).toContain(ended.code);
    return JSON.parse(ended.stdout) as ComparisonDocument;
  }

  it('are found and measured without being named: pytest-benchmark, CodSpeed and asv', async () => {
    const { workloads, doubts } = await measure();
    const ids = workloads.map((workload) => workload.id);
    expect(ids).toEqual(
      expect.arrayContaining([
        'tests/test_benchmarks.py::test_call',
        'tests/test_benchmarks.py::test_decorator',
        'tests/test_benchmarks.py::test_pedantic_setup_returns_arguments',
        'tests/test_benchmarks.py::test_pedantic_teardown',
        'tests/test_benchmarks.py::test_parametrised_with_names[umlaut]',
        'tests/test_benchmarks.py::test_slow',
        'tests/test_benchmarks.py::TestOuter::TestNested::test_inner[12]',
        'tests/test_benchmarks.py::TestCaseOfUnittest::test_in_a_case',
        'tests/test_codspeed.py::test_marked',
        'tests/test_codspeed.py::TestMarkedClass::test_inside',
        'tests/test_codspeed.py::test_marked_by_its_own_name',
        'tests/test_codspeed.py::test_fixture_by_its_own_name',
        'benchmarks/bench_counting.py::time_add_up',
        'benchmarks/bench_counting.py::time_with_parameters[1000-2]',
        'benchmarks/bench_counting.py::TimeFrame.time_add[500]',
      ]),
    );
    expect(ids.filter((id) => id.startsWith('benchmarks/bench_counting.py::TimeCached'))).not.toHaveLength(0);
    expect(ids.some((id) => id.includes('mem_squares') || id.includes('track_'))).toBe(false);
    expect(workloads.every((workload) => workload.pairs > 0 && workload.before > 0)).toBe(true);
    // A combination that the benchmark's own setup refuses is left out, and that is said.
    expect(doubts.map((doubt) => doubt.code)).toContain('workload-skipped');
  });

  it.each(NAMED.slice(0, 5))('measures a test by its name: %s', async (id) => {
    const { workloads } = await measure('--workload', id);
    expect(workloads.map((workload) => workload.id)).toEqual([id]);
  });

  it.each(NAMED.slice(5, 9))('measures a function with arguments: %s', async (id) => {
    expect((await measure('--workload', id)).workloads[0]).toMatchObject({ id, kind: 'callable' });
  });

  it('refuses an argument that is no literal, and says how else to make it', async () => {
    const ended = await stage.compare(['--python', python, '--workload', 'abacus:squares(int("7"))']);
    expectRefusal(ended, 'no literal of Python: int("7")', '--setup');
  });

  it('measures a statement with its setup, and a script', async () => {
    const statement = await measure('--setup', 'from abacus import squares', '--stmt', 'squares(200)');
    expect(statement.workloads[0]).toMatchObject({ kind: 'statement' });
    const command = await measure('--', 'python', 'scripts/count.py');
    expect(command.workloads[0]).toMatchObject({ kind: 'command' });
    expect(command.workloads[0]?.doubts.map((doubt) => doubt.code)).not.toContain('provenance-unproven');
  });

  it("is not disturbed by the project's options for other plugins", async () => {
    const file = join(stage.repo, 'pyproject.toml');
    const text = readFileSync(file, 'utf8');
    const options =
      "--cov=abacus --cov-report term -n 2 --dist load -m 'not slow' -x --timeout=5 --benchmark-only --benchmark-autosave --benchmark-cprofile=cumtime";
    writeFileSync(file, text.replace('addopts = "', `addopts = "${options} `));
    const ended = await stage.compare([
      '--python',
      python,
      '--budget',
      '1s',
      '--workload',
      'tests/test_benchmarks.py::test_slow',
    ]);
    writeFileSync(file, text);
    expect(ended.stderr.match(/^error: .*$/m)?.[0]).toBeUndefined();
    expect([0, 3]).toContain(ended.code);
  });
});

describe('every Python found', () => {
  const stage = new Stage('kinds');
  beforeAll(() => {
    cpSync(KINDS, stage.repo, { recursive: true });
    stage.commit({});
  });
  afterAll(() => {
    stage.close();
  });

  it.each(findPythons().map((found) => found.version))(
    'Python %s runs functions and benchmarks',
    async (version) => {
      const { python } = await testVenv(version, REQUIREMENTS);
      for (const id of [
        'abacus.counting:add_up_later(300)',
        'tests/test_benchmarks.py::test_pedantic_teardown',
      ]) {
        const ended = await stage.compare([
          '--python',
          python,
          '--budget',
          '1s',
          '--meter',
          'auto',
          'HEAD..HEAD',
          '--workload',
          id,
        ]);
        expect(ended.stderr.match(/^error: .*$/m)?.[0]).toBeUndefined();
        expect([0, 3]).toContain(ended.code);
      }
    },
  );
});
