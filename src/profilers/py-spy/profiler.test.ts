import { spawn } from 'node:child_process';
import { chmodSync, copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { profilers, recordProcess } from '#profilers';
import type { Ask } from '#profilers';
import { pySpy } from './profiler.ts';
import { Stage, foreignTo, ownShares, python } from '../testing/stage.ts';

/** Works for longer than strop waits for a program that says nothing. */
const SPIN = 'import time\nend = time.perf_counter() + 7\nwhile time.perf_counter() < end: sum(range(999))';

describe.skipIf(python === undefined || process.platform !== 'linux')('py-spy, looking from outside', () => {
  let stage: Stage;
  beforeAll(() => {
    stage = new Stage({
      'breaks.py': 'import shop\nfor _ in range(5): shop.report()\nraise ValueError("broken")\n',
      'fork.py': 'import subprocess, sys\nsys.exit(subprocess.call([sys.executable, "app.py", "1"]))\n',
    });
  });
  afterAll(() => stage.close());

  it('is in the list', () => {
    expect(profilers).toContain(pySpy);
  });

  it('sees the workload that strop holds, with its lines, and nothing of strop', async () => {
    const recorded = await stage.held(pySpy, 'shop:report');
    expect(recorded.loops).toBeGreaterThan(1);
    const profile = stage.clean(pySpy, recorded);
    expect(foreignTo(profile)).toEqual([]);
    expect(ownShares(profile)['dedupe']).toBeGreaterThan(0.7);
    const lines = profile.shape === 'stacks' ? profile.nodes.map(({ line }) => line) : [];
    expect(lines).toContain(8);
    expect(profile.source?.intervalNs).toBe(4e6);
  });

  it('sees a whole program from its first moment, and how it ends', async () => {
    const profile = stage.clean(pySpy, await stage.command(pySpy, ['python', 'app.py', '0.8']));
    expect(ownShares(profile)['dedupe']).toBeGreaterThan(0.6);
    expect(foreignTo(profile)).toEqual([]);
    // py-spy itself ends well whatever becomes of the program.
    const chosen = await stage.command(pySpy, ['python', 'app.py', '0.3', '3']);
    expect(chosen.doubts.map(({ code }) => code)).toContain('ended-with-code');
    await expect(stage.command(pySpy, ['python', 'breaks.py'])).rejects.toMatchObject({
      code: 'workload-failed',
      facts: { problem: 'the command fails: exit code 1' },
    });
  });

  it('follows child processes', async () => {
    const profile = stage.clean(pySpy, await stage.command(pySpy, ['python', 'fork.py']));
    expect(ownShares(profile)['dedupe']).toBeGreaterThan(0.3);
  });

  it('says what it did not see of a command that starts one Python after the other', async () => {
    const script = 'import time\nend = time.perf_counter() + 0.5\nwhile time.perf_counter() < end: pass\n';
    writeFileSync(join(stage.project, 'one.py'), script);
    const run = `"${stage.python.executable}" one.py`;
    // The shell itself starts nothing in between that the sampler could hold on to.
    writeFileSync(join(stage.project, 'three.sh'), `${run}\n${run}\n${run}\n`);
    const recorded = await stage.command(pySpy, ['sh', 'three.sh']);
    const cut = recorded.doubts.find(({ code }) => code === 'profile-cut-short');
    expect(cut?.text).toContain('one by one');
    expect(recorded.doubts.map(({ code }) => code)).not.toContain('mostly-waiting');
  });

  it('says that it missed the start of a program that does not wait for it', async () => {
    const recorded = await stage.command(pySpy, ['python', '-I', '-c', SPIN]);
    expect(recorded.doubts.map(({ code }) => code)).toContain('start-unseen');
  });

  it('ends a program when the time is up, and says so', async () => {
    const recorded = await stage.command(pySpy, ['python', 'app.py', '60'], {}, 1);
    expect(recorded.doubts.map(({ code }) => code)).toContain('profile-cut-short');
    expect(ownShares(stage.clean(pySpy, recorded))['dedupe']).toBeGreaterThan(0.6);
  });

  it('refuses a program that is no Python', async () => {
    await expect(stage.command(pySpy, ['true'])).rejects.toMatchObject({
      code: 'workload-failed',
      facts: { problem: 'the command ended before py-spy could look into it' },
    });
    await expect(stage.command(pySpy, ['sleep', '60'])).rejects.toMatchObject({
      code: 'process-missing',
      facts: { problem: 'py-spy finds no Python in this process' },
    });
  });

  it('says that a workload waits instead of showing the little that runs', async () => {
    const recorded = await stage.held(pySpy, 'shop:wait').catch((error: unknown) => error);
    const said = JSON.stringify(
      recorded instanceof Error ? recorded : (recorded as { doubts: unknown }).doubts,
    );
    expect(said + String(recorded)).toMatch(/mostly-waiting|took no sample/);
    const waiting = stage.clean(pySpy, await stage.held(pySpy, 'shop:wait', { question: 'wall' }));
    expect(ownShares(waiting)['wait']).toBeGreaterThan(0.9);
  });

  it('attaches to a process that runs, for a time, and leaves it alone', async () => {
    const target = spawn(stage.python.executable, ['app.py', '60'], { cwd: stage.project, stdio: 'ignore' });
    try {
      const request = await stage.request(pySpy, { running: true, seconds: 1 });
      const recorded = await recordProcess(stage.host, request, target.pid ?? 0);
      expect(ownShares(stage.clean(pySpy, recorded))['dedupe']).toBeGreaterThan(0.5);
      expect(target.exitCode).toBeNull();
    } finally {
      target.kill('SIGKILL');
    }
  });

  it('names a process that does not exist', async () => {
    const request = await stage.request(pySpy, { running: true, seconds: 1 });
    await expect(recordProcess(stage.host, request, 4_000_000)).rejects.toMatchObject({
      code: 'process-missing',
    });
  });

  it.skipIf(process.getuid?.() !== 0)('explains what permission is missing', async () => {
    const request = await stage.request(pySpy, { running: true, seconds: 1 });
    // The real py-spy, run by a user who may look at nothing.
    const script = join(stage.folder, 'denied');
    const copy = join(stage.folder, 'py-spy');
    chmodSync(stage.folder, 0o755);
    copyFileSync(request.kit.program('py-spy'), copy);
    const nobody = 'setpriv --reuid=65534 --regid=65534 --clear-groups';
    writeFileSync(script, `#!/bin/sh\nexec ${nobody} ${copy} "$@"\n`);
    for (const file of [script, copy]) chmodSync(file, 0o755);
    const kit = { ...request.kit, program: () => script };
    const target = spawn(stage.python.executable, ['app.py', '60'], { cwd: stage.project, stdio: 'ignore' });
    await expect(recordProcess(stage.host, { ...request, kit }, target.pid ?? 0)).rejects.toMatchObject({
      code: 'no-permission',
      facts: { remedy: expect.stringMatching(/SYS_PTRACE|sudo/) as string },
    });
    target.kill('SIGKILL');
  });
});

const ask: Ask = {
  question: 'cpu',
  seconds: 2,
  rateHz: 100,
  native: false,
  deep: false,
  functions: [],
  folder: '/tmp/x',
  project: '/tmp/p',
  version: [3, 13, 0],
};

describe('how py-spy is told to look', () => {
  const kit = { python: 'python', folder: undefined, shims: '/shims', program: (name: string) => name };
  const words = (more: Partial<Ask>) => pySpy.watch?.({ ...ask, ...more }, kit, 7).argv ?? [];

  it('asks for whole paths: of short ones nobody knows which __init__.py is meant', () => {
    const dump = pySpy.dump?.({ ...ask, question: 'dump' }, kit, 7) ?? [];
    expect([words({}), dump]).toEqual([
      expect.arrayContaining(['--full-filenames']),
      expect.arrayContaining(['--full-filenames']),
    ]);
  });

  it('holds a Python before 3.11, of which it cannot tell otherwise who sleeps', () => {
    const version = [3, 10, 4] as const;
    for (const question of ['cpu', 'lines', 'attach'] as const)
      expect(words({ question, version })).not.toContain('--nonblocking');
    for (const question of ['wall', 'gil'] as const)
      expect(words({ question, version })).toContain('--nonblocking');
  });

  it('holds one thread that never waits: nobody is woken, and short functions are read as they are', () => {
    expect(words({ alone: true })).not.toContain('--nonblocking');
    const [torn] = [{ text: 'Samples: 39 Errors: 87', wallNs: 2e9, held: true, notes: {} }];
    expect(() => pySpy.examine?.(torn, { ...ask, alone: true })).toThrow(
      expect.objectContaining({ code: 'tool-failed' }),
    );
    expect(() => pySpy.examine?.(torn, ask)).toThrow(expect.objectContaining({ code: 'stacks-unreadable' }));
  });

  it('never holds a newer program, whose sleeping threads would wake and be taken for running', () => {
    for (const question of ['cpu', 'wall', 'lines', 'gil', 'attach'] as const) {
      expect(words({ question })).toContain('--nonblocking');
      expect(words({ question, running: true })).toContain('--nonblocking');
    }
  });

  it('holds it where its stacks could not be read otherwise', () => {
    expect(words({ held: true })).not.toContain('--nonblocking');
  });

  it('holds it for stacks of compiled code, which cannot be read otherwise', () => {
    for (const more of [{ native: true }, { question: 'native' }, { native: true, running: true }] as const) {
      expect(words(more)).toContain('--native');
      expect(words(more)).not.toContain('--nonblocking');
    }
  });
});

describe('what py-spy prints', () => {
  const examine = (text: string, wallNs?: number) =>
    pySpy.examine?.({ text, wallNs, held: true, notes: {} }, ask) ?? [];

  it('is refused when it took no sample, although it ended well', () => {
    expect(() => examine('Wrote speedscope file. Samples: 0 Errors: 0')).toThrow('took no sample');
  });

  it('is doubted when it came late or missed stacks', () => {
    const late = 'py-spy> 1.75s behind in sampling, results may be inaccurate.\nSamples: 199 Errors: 0';
    expect(examine(late, 2e9).map(({ code }) => code)).toEqual(['sampling-behind']);
    expect(examine('0.05s behind in sampling\nSamples: 199 Errors: 20', 2e9).map(({ code }) => code)).toEqual(
      ['stacks-incomplete'],
    );
    expect(examine('Samples: 199 Errors: 0', 2e9)).toEqual([]);
  });

  it('is refused when it could not read so many stacks that the rest misleads', () => {
    expect(() => examine('Samples: 39 Errors: 87', 2e9)).toThrow('could not read 87 of 126 stacks');
  });

  it('counts stacks that could not be read as seen when it tells waiting from running', () => {
    expect(examine('Samples: 90 Errors: 15', 2e9).map(({ code }) => code)).toEqual(['stacks-incomplete']);
  });

  it('is doubted where the program had to be held, which makes sleep look like work', () => {
    const printed = { text: 'Samples: 499 Errors: 0', wallNs: 2e9, held: true, notes: {} };
    const old = pySpy.examine?.(printed, { ...ask, version: [3, 9, 1] }) ?? [];
    expect(old.map(({ code }) => code)).toEqual(['tracer-distorts']);
  });
});
