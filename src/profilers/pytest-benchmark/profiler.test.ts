import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { recordHeld } from '#profilers';
import { PINNED, findPythons, testVenv } from '../../../scripts/pythons.mjs';
import { Stage, foreignTo, ownShares } from '../testing/stage.ts';
import { pytestBenchmark } from './profiler.ts';

const newest = findPythons().at(-1);

describe.skipIf(newest === undefined)("pytest-benchmark's own cProfile", () => {
  let stage: Stage;
  let python = '';
  beforeAll(async () => {
    ({ python } = await testVenv(newest?.version ?? '', [PINNED.pytest, PINNED.pytestBenchmark]));
    const test = 'import shop\n\n\ndef test_report(benchmark):\n    assert benchmark(shop.report) == 300\n';
    stage = new Stage({
      'tests/test_a.py': test.replace('report)', 'quick)').replace('300', '1'),
      'tests/sub/test_a.py': test,
    });
  });
  afterAll(() => stage.close());

  const record = async (file: string) => {
    const nodeId = `${file}::test_report`;
    const request = {
      ...(await stage.request(pytestBenchmark)),
      kit: { python, folder: undefined, shims: stage.host.folders.shims, program: (name: string) => name },
    };
    const worker = { runFolder: `${stage.folder}/run`, timeoutMs: 60_000 };
    const side = { ...stage.side, python };
    const workload = { kind: 'pytest' as const, id: nodeId, nodeId, file };
    return recordHeld(stage.host, request, side, workload, worker);
  };

  it('runs as many loops as fill half a second or more, so that rows are not zero', async () => {
    const recorded = await record('tests/sub/test_a.py');
    const profile = stage.clean(pytestBenchmark, recorded);
    expect(recorded.loops).toBeGreaterThan(10);
    const rows = profile.shape === 'call-graph' ? profile.rows : [];
    // 0.5 to 1 s is aimed at; how fast the machine is changes meanwhile.
    const total = rows.reduce((sum, { self }) => sum + (self[0] ?? 0), 0);
    expect(total).toBeGreaterThan(0.3e9);
    expect(total).toBeLessThan(2e9);
    expect(foreignTo(profile)).toEqual([]);
    expect(ownShares(profile)['dedupe']).toBeGreaterThan(0.5);
    expect(profile.frames.map(({ name }) => name)).toContain('report');
  });

  it('does not mix up tests of one name in two files', async () => {
    const recorded = await record('tests/test_a.py');
    expect(recorded.loops).toBe(20_000);
    const profile = stage.clean(pytestBenchmark, recorded);
    const rows = profile.shape === 'call-graph' ? profile.rows : [];
    const names = rows.map(({ frame }) => profile.frames[frame]?.name);
    // The row of the profiler itself tops a profile of fast code.
    expect(names).toEqual(['quick']);
  });

  it('refuses what is no benchmark of pytest', async () => {
    const request = await stage.request(pytestBenchmark);
    const worker = { runFolder: `${stage.folder}/run`, timeoutMs: 60_000 };
    const workload = { kind: 'statement' as const, id: '1 + 1', statement: '1 + 1', setup: '' };
    await expect(recordHeld(stage.host, request, stage.side, workload, worker)).rejects.toMatchObject({
      code: 'bad-request',
    });
  });
});
