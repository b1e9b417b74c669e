import { spawn, spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { profilers, recordProcess } from '#profilers';
import type { Profiler } from '#profilers';
import { costFunctions } from '#profiles';
import { Stage, foreignTo, ownShares, python } from './testing/stage.ts';

const named = (tool: string): Profiler => {
  const found = profilers.find((one) => one.tool === tool);
  if (found === undefined) throw new Error(`there is no profiler ${tool}`);
  return found;
};
const MIB = 1024 * 1024;

describe.skipIf(python === undefined || process.platform !== 'linux')('profilers that run inside', () => {
  let stage: Stage;
  beforeAll(() => {
    stage = new Stage({
      'leaky.py': 'kept = []\n\n\ndef leak():\n    kept.append(bytearray(300_000))\n',
      'leaks.py': 'import leaky\nfor _ in range(200):\n    leaky.leak()\n',
      'own.py': 'import cProfile\ncProfile.Profile().enable()\nimport shop\nshop.report()\n',
      'script.py':
        'def total(rows):\n    return sum(row % 7 for row in rows)\n\n\nif __name__ == "__main__":\n    total(range(50_000))\n',
      'owns.py':
        'import cProfile\n\n\ndef run():\n    own = cProfile.Profile()\n    own.enable()\n    own.disable()\n',
      'gone.py': 'import os, shop\nshop.report()\nos._exit(0)\n',
      'killed.py': 'import os, signal, shop\nshop.report()\nos.kill(os.getpid(), signal.SIGTERM)\n',
      'threads.py':
        'import threading, shop\nthread = threading.Thread(target=shop.report)\nthread.start()\nshop.report()\nthread.join()\n',
      'waits.py':
        'import asyncio\n\n\nasync def fetch():\n    await asyncio.sleep(0.02)\n\n\nasync def main():\n    await fetch()\n\n\ndef run():\n    asyncio.run(main())\n',
      'big.py': 'import sys, time, shop\nfor _ in range(20):\n    shop.hoard(4)\n    time.sleep(0.01)\n',
    });
  });
  afterAll(() => stage.close());

  const codes = (recorded: { readonly doubts: readonly { readonly code: string }[] }) =>
    recorded.doubts.map(({ code }) => code);

  it('cProfile counts the calls of what strop holds, and of a program', async () => {
    const tool = named('cprofile');
    const held = stage.clean(tool, await stage.held(tool, 'shop:report', { seconds: 0.3 }));
    expect(foreignTo(held)).toEqual([]);
    expect(ownShares(held)['dedupe']).toBeGreaterThan(0.5);
    const program = stage.clean(tool, await stage.command(tool, ['python', 'app.py', '0.2']));
    expect(foreignTo(program)).toEqual([]);
    expect(ownShares(program)['dedupe']).toBeGreaterThan(0.5);
  });

  it('cProfile says with which code a program ended, as the samplers do', async () => {
    const tool = named('cprofile');
    const recorded = await stage.command(tool, ['python', 'app.py', '0.1', '3']);
    expect(codes(recorded)).toEqual(['ended-with-code']);
    expect(ownShares(stage.clean(tool, recorded))['dedupe']).toBeGreaterThan(0.5);
    await expect(stage.command(tool, ['python', '-m', 'app'])).rejects.toMatchObject({
      code: 'workload-failed',
      facts: { problem: 'the command fails: exit code 1' },
    });
  });

  it('cProfile has the threads of a program in one table, or not at all, and says which', async () => {
    const tool = named('cprofile');
    const profile = stage.clean(tool, await stage.command(tool, ['python', 'threads.py']));
    const told = tool.doubt(profile).map(({ code }) => code);
    expect(told).toContain(stage.python.version[1] >= 12 ? 'threads-merged' : 'threads-missed');
  });

  it('cProfile leaves only the workload where that is one tiny function', async () => {
    const tool = named('cprofile');
    const profile = stage.clean(tool, await stage.held(tool, 'shop:quick', { seconds: 0.1 }));
    const rows = profile.shape === 'call-graph' ? profile.rows : [];
    expect(rows.map(({ frame }) => profile.frames[frame]?.name)).toEqual(['quick']);
  });

  it('says what to do when the program has a profiler of its own, or ends without a file', async () => {
    const tool = named('cprofile');
    await expect(stage.command(tool, ['python', 'own.py'])).rejects.toMatchObject({
      facts: { remedy: expect.stringContaining('--tool py-spy') as string },
    });
    // Before 3.12 several may be active at once.
    if (stage.python.version[1] >= 12) {
      await expect(stage.held(tool, 'owns:run', { seconds: 0.1 })).rejects.toMatchObject({
        facts: { remedy: expect.stringContaining('--tool py-spy') as string },
      });
    }
    await expect(stage.command(tool, ['python', 'killed.py'])).rejects.toMatchObject({
      facts: { problem: 'the command fails: signal SIGTERM' },
    });
    await expect(stage.command(tool, ['python', 'gone.py'])).rejects.toMatchObject({
      facts: { problem: 'the run left no profile behind' },
    });
    await expect(stage.command(tool, ['python', '-c', 'pass'])).rejects.toMatchObject({
      code: 'bad-request',
    });
    await expect(stage.command(tool, ['python', 'app.py', '1'], {}, 1)).rejects.toMatchObject({
      code: 'bad-request',
    });
  });

  it('pyinstrument samples both, and is doubted', async () => {
    const tool = named('pyinstrument');
    const held = stage.clean(tool, await stage.held(tool, 'shop:report', { seconds: 0.5 }));
    expect(foreignTo(held)).toEqual([]);
    expect(ownShares(held)['dedupe']).toBeGreaterThan(0.5);
    expect(tool.doubt(held).map(({ code }) => code)).toEqual(['tracer-distorts']);
    const program = stage.clean(tool, await stage.command(tool, ['app.py', '0.3']));
    expect(foreignTo(program)).toEqual([]);
    expect(ownShares(program)['dedupe']).toBeGreaterThan(0.5);
  });

  it('pyinstrument says which coroutine waits, and where it cannot', async () => {
    const tool = named('pyinstrument');
    const asked = { question: 'async', seconds: 0.3 } as const;
    const recorded = await stage.held(tool, 'waits:main', asked);
    const profile = stage.clean(tool, recorded);
    expect(foreignTo(profile)).toEqual([]);
    const nodes = profile.shape === 'stacks' ? profile.nodes : [];
    const nameOf = (node: (typeof nodes)[number] | undefined) => profile.frames[node?.frame ?? -1]?.name;
    const [longest] = [...nodes].sort((a, b) => (b.self[0] ?? 0) - (a.self[0] ?? 0));
    const stack: (string | undefined)[] = [];
    for (let node = longest; node !== undefined; node = nodes[node.parent]) stack.unshift(nameOf(node));
    expect(stack).toEqual(['main', 'fetch', 'sleep', '[await]']);
    expect(codes(recorded)).toEqual([]);
    expect(codes(await stage.held(tool, 'waits:run', asked))).toEqual(['awaiting-unseen']);
    expect(codes(await stage.command(tool, ['app.py', '0.1'], asked))).toEqual(['awaiting-unseen']);
  });

  it('memray sees the peak of what strop holds, small objects and all', async () => {
    const tool = named('memray');
    const recorded = await stage.held(tool, 'shop:hoard', { question: 'memory' });
    expect(recorded.loops).toBe(1);
    expect(codes(recorded)).toEqual([]);
    const profile = stage.clean(tool, recorded);
    expect(foreignTo(profile)).toEqual([]);
    const nodes = profile.shape === 'stacks' ? profile.nodes : [];
    const bytes = nodes.reduce((sum, { self }) => sum + (self[0] ?? 0), 0);
    expect(bytes).toBeGreaterThan(8 * MIB);
    expect(bytes).toBeLessThan(9.5 * MIB);
  });

  it('memray sees the peak of a program, and says that small objects are missing', async () => {
    const tool = named('memray');
    const recorded = await stage.command(tool, ['python', 'big.py'], { question: 'memory' });
    expect(codes(recorded)).toEqual(['allocations-unseen']);
    expect(ownShares(stage.clean(tool, recorded))['hoard']).toBeGreaterThan(0.5);
  });

  it('memray tells leaks from what was freed at once', async () => {
    const tool = named('memray');
    const leaks = stage.clean(tool, await stage.held(tool, 'leaky:leak', { question: 'leaks' }));
    const kept =
      leaks.shape === 'stacks' ? leaks.nodes.reduce((sum, { self }) => sum + (self[0] ?? 0), 0) : 0;
    expect(kept).toBeGreaterThan(10 * 300_000 * 0.95);
    const temporary = await stage.held(tool, 'shop:report', { question: 'temporary' });
    expect(ownShares(stage.clean(tool, temporary), 1)['report']).toBeGreaterThan(0);
    const question = 'leaks';
    const program = await stage.command(tool, ['python', 'leaks.py'], { question });
    expect(ownShares(stage.clean(tool, program))['leak']).toBeGreaterThan(0.5);
    const freed = await stage.command(tool, ['python', 'app.py', '0.2'], { question: 'temporary' });
    expect(ownShares(stage.clean(tool, freed), 1)['report']).toBeGreaterThan(0);
  });

  it('memray gets into a process that cannot import it, and out again with its file', async ({ skip }) => {
    const tool = named('memray');
    if (spawnSync('gdb', ['--version']).status !== 0) skip('gdb is not here');
    const script = 'import time, shop\nwhile True:\n    shop.hoard(4)\n    time.sleep(0.01)\n';
    writeFileSync(join(stage.project, 'serve.py'), script);
    const target = spawn(stage.python.executable, ['serve.py'], { cwd: stage.project, stdio: 'ignore' });
    try {
      const request = await stage.request(tool, { question: 'memory', seconds: 1 });
      const recorded = await recordProcess(stage.host, request, target.pid ?? 0);
      expect(ownShares(stage.clean(tool, recorded))['hoard']).toBeGreaterThan(0.8);
      expect(target.exitCode).toBeNull();
    } finally {
      target.kill('SIGKILL');
    }
  });

  it('tracemalloc catches the peak of both', async () => {
    const tool = named('tracemalloc');
    const held = await stage.held(tool, 'shop:hoard(200)', { question: 'memory' });
    const stacks = stage.clean(tool, held);
    const bytes = costFunctions(stacks).total;
    // What the second thread missed of the peak is said.
    if (!codes(held).includes('peak-missed')) expect(bytes).toBeGreaterThan(180 * MIB);
    expect(foreignTo(stacks)).toEqual([]);
    const program = stage.clean(
      tool,
      await stage.command(tool, ['python', 'big.py'], { question: 'memory' }),
    );
    expect(costFunctions(program).total).toBeGreaterThan(0);
  });

  it('tracemalloc charges what a library allocates to the line that asked for it', async () => {
    const tool = named('tracemalloc');
    writeFileSync(
      join(stage.project, 'copied.py'),
      'from copy import deepcopy\ndef copies():\n    return [deepcopy([[n]]) for n in range(20000)]\n',
    );
    const profile = stage.clean(tool, await stage.held(tool, 'copied:copies', { question: 'memory' }));
    const { total, unpaid } = costFunctions(profile);
    expect(unpaid / total).toBeLessThan(0.1);
  });

  it('tracemalloc tells what was never freed', async () => {
    const tool = named('tracemalloc');
    const leaks = stage.clean(tool, await stage.held(tool, 'leaky:leak', { question: 'leaks' }));
    const rows = leaks.shape === 'stacks' ? leaks.nodes : [];
    const kept = rows.find(
      ({ frame, line }) => line === 5 && leaks.frames[frame]?.file?.endsWith('leaky.py'),
    );
    expect(kept?.self[0]).toBeGreaterThan(300_000);
  });

  it('tracemalloc says how much of the peak its snapshot holds', () => {
    const tool = named('tracemalloc');
    const examine = (notes: Readonly<Record<string, number>>) =>
      tool.examine?.({ text: '', wallNs: 1, held: true, notes }, stage.ask({ question: 'memory' })) ?? [];
    expect(examine({ peakBytes: 100, seenBytes: 95 })).toEqual([]);
    expect(examine({ peakBytes: 100, seenBytes: 50 }).map(({ code }) => code)).toEqual(['peak-missed']);
  });

  it('line_profiler counts the lines of functions as a sampler or as people name them', async () => {
    const tool = named('line_profiler');
    const file = join(stage.project, 'shop.py');
    for (const functions of [
      [{ file, name: 'dedupe', line: null }],
      [{ module: 'shop', qualname: 'dedupe' }],
    ]) {
      const recorded = await stage.held(tool, 'shop:report', { question: 'lines', functions, seconds: 0.2 });
      const profile = stage.clean(tool, recorded);
      const rows = profile.shape === 'lines' ? profile.rows : [];
      expect(rows.find(({ line }) => line === 8)?.hits).toBe((recorded.loops ?? 0) * 1500);
    }
    const functions = [{ module: 'shop', qualname: 'dedupe' }];
    const program = stage.clean(tool, await stage.command(tool, ['python', 'app.py', '0.2'], { functions }));
    expect(program.shape === 'lines' ? program.rows.map(({ line }) => line) : []).toContain(8);
    // No file of the tool's own lies in the project afterwards.
    expect(readFileSync(file, 'utf8')).not.toContain('@profile');
  });

  it('line_profiler finds functions of what is started, which runs under another name', async () => {
    const tool = named('line_profiler');
    const byName = [{ module: 'script', qualname: 'total' }];
    const byFile = [{ file: join(stage.project, 'script.py'), name: 'total', line: null }];
    for (const [functions, ...target] of [
      [byName, 'script.py'],
      [byFile, '-m', 'script'],
    ] as const) {
      const recorded = await stage.command(tool, ['python', ...target], { functions });
      const profile = stage.clean(tool, recorded);
      const rows = profile.shape === 'lines' ? profile.rows : [];
      expect([target, rows.find(({ line }) => line === 2)?.hits]).toEqual([target, 1]);
    }
  });

  it('line_profiler watches the function around a generator expression, and says what it did not find', async () => {
    const tool = named('line_profiler');
    const file = join(stage.project, 'script.py');
    const functions = [
      { file, name: 'total.<locals>.<genexpr>', line: 2 },
      { file, name: 'nothing', line: 9 },
    ];
    const recorded = await stage.held(tool, 'script:total([1, 2, 3])', { functions, seconds: 0.1 });
    const profile = stage.clean(tool, recorded);
    const rows = profile.shape === 'lines' ? profile.rows : [];
    expect(rows.map(({ line, hits }) => [line, hits])).toEqual([[2, recorded.loops]]);
    expect(recorded.doubts.filter(({ code }) => code === 'function-unseen').map(({ text }) => text)).toEqual([
      'Not found in the running program, and not watched: nothing.',
    ]);
  });

  it('line_profiler says which function was not found, and which did not run', async () => {
    const tool = named('line_profiler');
    const of = (qualname: string) => ({ functions: [{ module: 'shop', qualname }], seconds: 0.1 });
    await expect(stage.held(tool, 'shop:quick', of('nothing'))).rejects.toMatchObject({
      code: 'tool-failed',
    });
    const still = stage.clean(tool, await stage.held(tool, 'shop:quick', of('report')));
    expect(tool.doubt(still).map(({ code }) => code)).toContain('function-unseen');
  });

  it('scalene sees lines of what strop holds, and refuses a program that is too short', async () => {
    const tool = named('scalene');
    const profile = stage.clean(tool, await stage.held(tool, 'shop:report', { seconds: 1.5 }));
    expect(foreignTo(profile)).toEqual([]);
    expect(ownShares(profile)['dedupe']).toBeGreaterThan(0.5);
    const program = stage.clean(tool, await stage.command(tool, ['python', 'app.py', '1.5']));
    expect(foreignTo(program)).toEqual([]);
    expect(ownShares(program)['dedupe']).toBeGreaterThan(0.5);
    const memory = await stage.command(tool, ['python', 'app.py', '1.5'], { question: 'memory' });
    expect(stage.clean(tool, memory).metrics.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['allocated', 'peak']),
    );
    await expect(stage.command(tool, ['python', 'shop.py'])).rejects.toMatchObject({
      code: 'tool-failed',
    });
  });

  it("passes the workload's own failure on, whatever the tool", async () => {
    for (const tool of ['cprofile', 'scalene'].map(named)) {
      await expect(stage.held(tool, 'shop:report("x")', { seconds: 0.1 })).rejects.toMatchObject({
        code: 'workload-failed',
      });
    }
  });
});
