import { execFile } from 'node:child_process';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findProject, findPython } from '#project';
import { openRun } from '#revisions';
import type { PreparedSides, Run } from '#revisions';
import { readSnapshot, takeSnapshot } from '#snapshots';
import type { SnapshotRequest } from '#snapshots';
import { PINNED, findPythons, testVenv } from '../../scripts/pythons.mjs';
import { GIT_ENVIRONMENT, openStage } from '../revisions/testing/stage.ts';
import type { Stage } from '../revisions/testing/stage.ts';

const execute = promisify(execFile);

const FILES = {
  'pyproject.toml': [
    '[project]',
    'name = "shop"',
    'version = "1.0"',
    '[tool.pytest.ini_options]',
    `addopts = "-m 'not slow' -x --strict-markers --benchmark-skip --benchmark-autosave -n 2"`,
    'markers = ["slow: takes long"]',
  ].join('\n'),
  '.gitignore': '__pycache__/\n',
  'shop.py': 'def total(values):\n    return sum(values)\n',
  'bench/test_speed.py': [
    'import pytest, shop',
    '@pytest.mark.slow',
    'class TestTotal:',
    '    @pytest.mark.parametrize("count", [100, 200])',
    '    def test_total(self, benchmark, count):',
    '        benchmark.extra_info["big"] = 2**70 + 1',
    '        assert benchmark.pedantic(shop.total, args=(range(count),), rounds=20, iterations=10) > 0',
    'def test_plain():',
    '    raise AssertionError("no benchmark")',
  ].join('\n'),
  'bench/test_broken.py': 'def test_broken(benchmark):\n    benchmark.pedantic(lambda: 1 / 0)\n',
};

describe('taking a snapshot', () => {
  let stage: Stage;
  let run: Run;
  let sides: PreparedSides;
  let python = '';
  let commit = '';

  beforeAll(async () => {
    const newest = findPythons().at(-1);
    if (newest === undefined) throw new Error('no supported Python was found');
    ({ python } = await testVenv(newest.version, [PINNED.pytest, PINNED.pytestBenchmark]));
    stage = await openStage();
    await stage.write(FILES);
    commit = await stage.commit();
    await stage.git('remote', 'add', 'origin', 'git@example.org:team/corner-shop.git');
    run = await openRun(stage.host);
    await stage.host.files.makeFolder(`${run.folder}/tmp`);
    const project = await findProject(stage.host, stage.repo);
    sides = await stage.prepare('HEAD..HEAD', {
      run,
      python: await findPython(stage.host, project, { python }),
    });
  });
  afterAll(async () => {
    await run.dispose();
    await stage.close();
  });

  async function take(more: Partial<SnapshotRequest> = {}) {
    return takeSnapshot(stage.host, {
      side: sides.a,
      project: await findProject(stage.host, stage.repo),
      name: 'baseline',
      files: ['bench/test_speed.py'],
      runFolder: run.folder,
      timeoutMs: 60_000,
      ...more,
    });
  }

  /** pytest in the user's own folder, as by hand. */
  async function pytest(...words: readonly string[]) {
    const env = { ...process.env, ...GIT_ENVIRONMENT, PYTHONPATH: stage.repo };
    const options = ['-o', 'addopts=', '-p', 'no:cacheprovider'];
    return execute(python, ['-m', 'pytest', ...options, ...words], { cwd: stage.repo, env });
  }

  it('numbers and names the file as pytest-benchmark does, and never overwrites one', async () => {
    const seen: string[] = [];
    const first = await take();
    if ('left' in first) throw new Error(first.left);
    expect(first).toMatchObject({ benchmarks: 2, failed: [], ignoredByGit: false });
    expect(relative(stage.repo, first.file)).toMatch(
      /^\.benchmarks\/\w+-CPython-3\.\d+-64bit\/0001_baseline\.json$/,
    );
    await pytest('bench/test_speed.py', '--benchmark-only', '--benchmark-save=hand');
    const folder = dirname(first.file);
    const second = await take();
    expect(second).toMatchObject({ file: join(folder, '0003_baseline.json') });
    seen.push(...readdirSync(folder));
    expect(seen).toEqual(['0001_baseline.json', '0002_hand.json', '0003_baseline.json']);
  });

  it('writes what pytest-benchmark itself would have written in the repository', async () => {
    const folder = join(stage.repo, '.benchmarks');
    const machine = join(folder, readdirSync(folder)[0] ?? '');
    type Json = Record<string, Record<string, unknown>>;
    const read = (name: string) => JSON.parse(readFileSync(join(machine, name), 'utf8')) as Json;
    const [own, hand] = [read('0001_baseline.json'), read('0002_hand.json')];
    expect(Object.keys(own)).toEqual(Object.keys(hand));
    // By hand the folder itself makes the tree differ, but untracked files are no dirt to git describe.
    expect(own['commit_info']).toEqual(hand['commit_info']);
    expect(own['commit_info']).toMatchObject({
      id: commit,
      dirty: false,
      project: 'corner-shop',
      branch: 'main',
    });
    expect(own['machine_info']).toEqual({ ...hand['machine_info'], cpu: expect.anything() });
    // A number that JavaScript cannot hold has not gone through it.
    expect(readFileSync(join(machine, '0001_baseline.json'), 'utf8')).toContain(String(2n ** 70n + 1n));
  });

  it('is accepted by --benchmark-compare and by the command of pytest-benchmark', async () => {
    const compared = await pytest('bench/test_speed.py', '--benchmark-only', '--benchmark-compare=0001');
    expect(compared.stderr + compared.stdout).toMatch(
      /Comparing against benchmarks from: .*0001_baseline\.json/,
    );
    expect(compared.stdout).toMatch(/test_total\[100\] \(0001_baselin\w*\)/);
    expect(compared.stdout).toContain('(NOW)');
    const tool = join(dirname(python), 'py.test-benchmark');
    const listed = await execute(tool, ['list'], { cwd: stage.repo });
    expect(listed.stdout).toContain('0001_baseline.json');
    const table = await execute(tool, ['compare', '0001', '0002'], { cwd: stage.repo });
    expect(table.stdout).toContain('0002_hand');
  });

  it('is read back', async () => {
    const project = await findProject(stage.host, stage.repo);
    const snapshot = await readSnapshot(stage.host, project, 'baseline');
    expect(snapshot).toMatchObject({ number: 3, name: 'baseline', commit: { id: commit, dirty: false } });
    expect(snapshot.benchmarks.map((each) => each.fullname)).toEqual([
      'bench/test_speed.py::TestTotal::test_total[100]',
      'bench/test_speed.py::TestTotal::test_total[200]',
    ]);
    expect(snapshot.benchmarks[0]).toMatchObject({ rounds: 20, iterations: 10, gcDisabled: true });
    expect(snapshot.benchmarks[0]?.medianNs).toBeGreaterThan(100);
  });

  it('tells what fails, and leaves the snapshot out when nothing else is there', async () => {
    const some = await take({ name: 'some', files: ['bench'], disableGc: false });
    expect(some).toMatchObject({ benchmarks: 2 });
    expect('failed' in some && some.failed[0]?.[0]).toBe('bench/test_broken.py::test_broken');
    const project = await findProject(stage.host, stage.repo);
    expect((await readSnapshot(stage.host, project, 'some')).benchmarks[0]?.gcDisabled).toBe(false);
    const none = await take({ name: 'none', files: ['bench/test_broken.py'] });
    expect(none).toEqual({ left: expect.stringMatching(/test_broken fails \(.*ZeroDivisionError/) });
  });

  it('is left out where pytest-benchmark is missing, or the snapshots live elsewhere', async () => {
    const { python: bare } = await testVenv(findPythons().at(-1)?.version ?? '', [PINNED.pytest]);
    expect(await take({ side: { ...sides.a, python: bare } })).toEqual({
      left: expect.stringContaining('pytest-benchmark is not installed'),
    });
    const host = {
      ...stage.host,
      env: { ...stage.host.env, PYTEST_ADDOPTS: '--benchmark-storage elasticsearch+http://x' },
    };
    const project = await findProject(stage.host, stage.repo);
    const left = await takeSnapshot(host, {
      side: sides.a, project, name: 'x', files: ['bench'], runFolder: run.folder, timeoutMs: 1000,
    }); // prettier-ignore
    expect(left).toEqual({ left: expect.stringContaining('elasticsearch+http://x') });
  });

  it("goes to the project's own storage", async () => {
    const host = {
      ...stage.host,
      env: { ...stage.host.env, PYTEST_ADDOPTS: "--benchmark-storage='file://./kept runs'" },
    };
    const project = await findProject(stage.host, stage.repo);
    const taken = await takeSnapshot(host, {
      side: sides.a, project, name: 'x', files: ['bench/test_speed.py'], runFolder: run.folder, timeoutMs: 60_000,
    }); // prettier-ignore
    if ('left' in taken) throw new Error(taken.left);
    expect(relative(stage.repo, taken.file)).toMatch(/^kept runs\/.*\/0001_x\.json$/);
    expect(existsSync(taken.file)).toBe(true);
    expect((await readSnapshot(host, project, '1')).name).toBe('x');
  });

  it('names benchmarks as pytest does for a project below the folder of its settings', async () => {
    const inner = await openStage();
    const own = await openRun(inner.host);
    try {
      await inner.host.files.makeFolder(`${own.folder}/tmp`);
      await inner.write({
        'pytest.ini': '[pytest]\n',
        'packages/shop/setup.py': 'from setuptools import setup\nsetup(name="shop", py_modules=["shop"])\n',
        'packages/shop/shop.py': FILES['shop.py'],
        'packages/shop/test_speed.py': 'import shop\ndef test_total(benchmark):\n    benchmark.pedantic(shop.total, args=([1],), rounds=5)\n',
      }); // prettier-ignore
      await inner.commit();
      const project = await findProject(inner.host, join(inner.repo, 'packages', 'shop'));
      const prepared = await inner.prepare('HEAD..HEAD', {
        run: own,
        project: project.root,
        python: await findPython(inner.host, project, { python }),
      });
      const taken = await takeSnapshot(inner.host, {
        side: prepared.a, project, name: 'x', files: ['test_speed.py'], runFolder: own.folder, timeoutMs: 60_000,
        only: ['packages/shop/test_speed.py::test_total'],
      }); // prettier-ignore
      if ('left' in taken) throw new Error(taken.left);
      expect(relative(project.root, taken.file)).toMatch(/^\.benchmarks\/.*0001_x\.json$/);
      const names = (await readSnapshot(inner.host, project, 'x')).benchmarks.map((each) => each.fullname);
      expect(names).toEqual(['packages/shop/test_speed.py::test_total']);
      const options = ['-m', 'pytest', '-q', 'test_speed.py', '--benchmark-compare=0001'];
      const env = { ...process.env, PYTHONPATH: project.root };
      expect((await execute(python, options, { cwd: project.root, env })).stdout).toContain('(0001_x)');
    } finally {
      await own.dispose();
      await inner.close();
    }
  });

  it('refuses a name that pytest-benchmark refuses', async () => {
    for (const name of ['', 'a/b', 'a:b', 'x*'])
      await expect(take({ name })).rejects.toMatchObject({ code: 'bad-request' });
  });

  it('ends at once when the user stops it', async () => {
    const stop = new AbortController();
    const taking = take({ signal: stop.signal, progress: () => { stop.abort(); } }); // prettier-ignore
    await expect(taking).rejects.toMatchObject({ code: 'interrupted' });
  });
});
