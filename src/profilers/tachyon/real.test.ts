import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { recordProcess } from '#profilers';
import type { RecordedFile } from '#profilers';
import { newestPython } from '../../../scripts/newest-python.mjs';
import { readProfile } from '#readers';
import type { ToolPython } from '#tools';
import { Stage, foreignTo, ownShares, python as older } from '../testing/stage.ts';
import { tachyon } from './profiler.ts';

// Where there is none, a notice is printed and everything here is skipped.
const { python: newest } = await newestPython();

class NewestStage extends Stage {
  override get python(): ToolPython {
    const [, minor = 15, micro = 0] = (newest?.full ?? '').split('.').map(Number);
    return { executable: newest?.executable ?? '', version: [3, minor, micro] };
  }
}

const FILES = {
  'tasks.py': `import asyncio


async def pause():
    await asyncio.sleep(0.05)


async def crowd():
    await asyncio.gather(pause(), pause())


def run():
    asyncio.run(crowd())
`,
  'tasks_app.py': 'import tasks\nfor _ in range(12):\n    tasks.run()\n',
  'threads.py': `import threading, shop
def helper():
    for _ in range(30):
        shop.report()
thread = threading.Thread(target=helper)
thread.start()
thread.join()
`,
  'fork.py': `import subprocess, sys
for _ in range(40):
    subprocess.call([sys.executable, "-I", "-S", "-c", ""])
`,
};

describe.skipIf(newest === undefined)('profiling.sampling of Python 3.15', () => {
  let stage: Stage;
  beforeAll(() => {
    stage = new NewestStage(FILES);
  });
  afterAll(() => stage.close());

  const codes = (recorded: { readonly doubts: readonly { readonly code: string }[] }) =>
    recorded.doubts.map(({ code }) => code);

  it('sees the workload that strop holds, with its lines, and nothing of strop', async () => {
    const recorded = await stage.held(tachyon, 'shop:report');
    expect(recorded.loops).toBeGreaterThan(1);
    const profile = stage.clean(tachyon, recorded);
    expect(foreignTo(profile)).toEqual([]);
    expect(ownShares(profile)['dedupe']).toBeGreaterThan(0.6);
    const lines = profile.shape === 'stacks' ? profile.nodes.map(({ line }) => line) : [];
    expect(lines).toContain(8);
    expect(profile.metrics[0]?.name).toBe('cpu');
    expect(profile.source).toMatchObject({ intervalNs: 4e6, python: newest?.full });
    expect(tachyon.doubt(profile)).toEqual([]);
  });

  it('sees a whole program from its first moment, and how it ends', async () => {
    const profile = stage.clean(tachyon, await stage.command(tachyon, ['python', 'app.py', '0.8']));
    expect(ownShares(profile)['dedupe']).toBeGreaterThan(0.6);
    expect(foreignTo(profile)).toEqual([]);
    // Under its own `run` this one ends with 0.
    const chosen = await stage.command(tachyon, ['python', 'app.py', '0.3', '3']);
    expect(chosen.doubts.map(({ code }) => code)).toContain('ended-with-code');
  });

  it('ends a program when the time is up, and says so', async () => {
    const recorded = await stage.command(tachyon, ['python', 'app.py', '60'], {}, 1);
    expect(codes(recorded)).toContain('profile-cut-short');
    expect(ownShares(stage.clean(tachyon, recorded))['dedupe']).toBeGreaterThan(0.6);
  });

  it('agrees with what its own `run` records', async () => {
    const file = join(stage.folder, 'run.bin');
    const words = ['run', '-a', '--mode', 'cpu', '-r', '250', '--binary', '-o', file, 'app.py', '1'];
    execFileSync(stage.python.executable, ['-P', '-m', 'profiling.sampling', ...words], {
      cwd: stage.project,
      stdio: 'ignore',
    });
    const own = stage.clean(tachyon, await stage.command(tachyon, ['python', 'app.py', '1']));
    const roots = { project: [stage.project], stdlib: [], dependencies: [] };
    const run = tachyon.clean(readProfile(readFileSync(file), file), { roots }).profile;
    const apart = (ownShares(own)['dedupe'] ?? 0) - (ownShares(run)['dedupe'] ?? 1);
    expect(Math.abs(apart)).toBeLessThan(0.15);
  });

  it('says that a workload waits, and where when waiting counts', async () => {
    const recorded = await stage.held(tachyon, 'shop:wait').catch((error: unknown) => error);
    // A workload that only waits may be seen never or now and then.
    if (recorded instanceof Error) expect(recorded.message).toContain('took no sample');
    else {
      const profile = stage.clean(tachyon, recorded as RecordedFile);
      expect(codes({ doubts: tachyon.doubt(profile) })).toContain('mostly-waiting');
    }
    const waiting = stage.clean(tachyon, await stage.held(tachyon, 'shop:wait', { question: 'wall' }));
    expect(waiting.metrics[0]?.name).toBe('wall');
    expect(ownShares(waiting)['wait']).toBeGreaterThan(0.9);
  });

  it('sees who holds the lock, and all threads', async () => {
    const recorded = await stage.command(tachyon, ['python', 'threads.py'], { question: 'gil' });
    const profile = stage.clean(tachyon, recorded);
    expect(profile.metrics[0]?.name).toBe('gil');
    expect(ownShares(profile)['dedupe']).toBeGreaterThan(0.5);
  });

  it('stops the program for each sample where every detail of waiting or the lock is wanted', async () => {
    const deep = { question: 'wall', deep: true, native: true } as const;
    const profile = stage.clean(tachyon, await stage.held(tachyon, 'shop:report', deep));
    expect(ownShares(profile)['dedupe']).toBeGreaterThan(0.4);
    expect(profile.frames.some(({ name, origin }) => name === '<native>' && origin === 'native')).toBe(true);
    expect(profile.doubts.map(({ text }) => text).join('\n')).not.toContain('torn');
  });

  it('counts time on a processor also where every detail is wanted, which it cannot while all stands still', async () => {
    const recorded = await stage.held(tachyon, 'shop:report', { deep: true, seconds: 0.5 });
    expect(ownShares(stage.clean(tachyon, recorded))['dedupe']).toBeGreaterThan(0.6);
  });

  it('sees where tasks wait, by their files', async () => {
    for (const recorded of [
      await stage.held(tachyon, 'tasks:run', { question: 'async' }),
      await stage.command(tachyon, ['python', 'tasks_app.py'], { question: 'async' }),
    ]) {
      const profile = stage.clean(tachyon, recorded);
      expect(foreignTo(profile)).toEqual([]);
      const rows = profile.shape === 'lines' ? profile.rows : [];
      const named = (name: string) =>
        rows.filter(({ frame, line }) => profile.frames[frame]?.name === name && line === 5);
      expect(named('pause')[0]?.inclusive?.[1]).toBeGreaterThan(50);
      expect(profile.frames.find(({ name }) => name === 'pause')).toMatchObject({
        file: join(stage.project, 'tasks.py'),
        origin: 'mine',
      });
    }
  });

  it('says that there are no tasks where there are none', async () => {
    const recorded = await stage.held(tachyon, 'shop:report', { question: 'async', seconds: 0.3 });
    const profile = stage.clean(tachyon, recorded);
    expect(codes({ doubts: tachyon.doubt(profile) })).toEqual(['question-not-recorded']);
  });

  it('says that it does not follow child processes', async () => {
    const recorded = await stage.command(tachyon, ['python', 'fork.py'], { question: 'wall' });
    const profile = stage.clean(tachyon, recorded);
    expect(codes({ doubts: tachyon.doubt(profile) })).toContain('children-missed');
  });

  it('attaches to a process that runs, for a time, and leaves it alone', async () => {
    const target = spawn(stage.python.executable, ['app.py', '60'], { cwd: stage.project, stdio: 'ignore' });
    try {
      const request = await stage.request(tachyon, { running: true, seconds: 1 });
      const recorded = await recordProcess(stage.host, request, target.pid ?? 0);
      expect(ownShares(stage.clean(tachyon, recorded))['dedupe']).toBeGreaterThan(0.5);
      expect(target.exitCode).toBeNull();
    } finally {
      target.kill('SIGKILL');
    }
  });

  it('names a process that does not exist, is no Python, or needs a complete Python', async () => {
    const request = await stage.request(tachyon, { running: true, seconds: 1 });
    await expect(recordProcess(stage.host, request, 4_000_000)).rejects.toMatchObject({
      code: 'process-missing',
      facts: { problem: expect.stringContaining('no such process') as string },
    });
    const other = spawn('sleep', ['60'], { stdio: 'ignore' });
    try {
      await expect(recordProcess(stage.host, request, other.pid ?? 0)).rejects.toMatchObject({
        code: 'process-missing',
        facts: { problem: 'profiling.sampling (Tachyon) finds no Python in this process' },
      });
      // A Python of an older version has no such module, and neither have some builds of this one.
      const incomplete = { ...request.kit, python: older?.executable ?? 'python3' };
      await expect(
        recordProcess(stage.host, { ...request, kit: incomplete }, other.pid ?? 0),
      ).rejects.toMatchObject({ code: 'tool-missing' });
    } finally {
      other.kill('SIGKILL');
    }
  });

  it.skipIf(process.getuid?.() !== 0)('explains what permission is missing', async ({ skip }) => {
    const request = await stage.request(tachyon, { running: true, seconds: 1 });
    // The same interpreter, run by a user who may look at nothing of root's.
    const script = join(stage.folder, 'denied');
    chmodSync(stage.folder, 0o755);
    chmodSync(request.ask.folder, 0o777);
    const nobody = 'setpriv --reuid=65534 --regid=65534 --clear-groups';
    writeFileSync(script, `#!/bin/sh\nexec ${nobody} ${stage.python.executable} "$@"\n`);
    chmodSync(script, 0o755);
    // The interpreter may lie below a folder that is closed to other users.
    if (spawnSync(script, ['-c', '']).status !== 0) skip('that user cannot start this interpreter');
    const target = spawn(stage.python.executable, ['app.py', '60'], { cwd: stage.project, stdio: 'ignore' });
    try {
      const kit = { ...request.kit, python: script };
      await expect(recordProcess(stage.host, { ...request, kit }, target.pid ?? 0)).rejects.toMatchObject({
        code: 'no-permission',
        facts: { remedy: expect.stringMatching(/SYS_PTRACE|sudo/) as string },
      });
    } finally {
      target.kill('SIGKILL');
    }
  });
});
