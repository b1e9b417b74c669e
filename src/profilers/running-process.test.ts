import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dumpProcess, findProcess, profilers, recordProcess } from '#profilers';
import type { Profiler } from '#profilers';
import { isRunning, resumeStopped } from './running-process.ts';
import { Stage, ownShares, python } from './testing/stage.ts';

const named = (tool: string): Profiler => {
  const found = profilers.find((one) => one.tool === tool);
  if (found === undefined) throw new Error(`there is no profiler ${tool}`);
  return found;
};

const SERVE = `import threading, time, shop


def work():
    threading.Event().wait()


threading.Thread(target=work, daemon=True).start()
print("ready", flush=True)
end = time.time() + 60
while time.time() < end:
    shop.report()
    shop.hoard()
`;

describe.skipIf(python === undefined || process.platform !== 'linux')('a process that runs already', () => {
  let stage: Stage;
  const started: ChildProcess[] = [];
  beforeAll(() => {
    stage = new Stage({
      'serve.py': SERVE,
      'brief.py': SERVE.replace('60', '4'),
      // Works on for two seconds when memray has begun.
      'visited.py': `import sys, threading, time, shop
print("ready", flush=True)
while getattr(sys.modules.get("memray"), "_last_tracker", None) is None:
    shop.hoard()
end = time.time() + 2
while time.time() < end:
    shop.hoard()
`,
    });
  });
  afterAll(async () => {
    for (const child of started) child.kill('SIGKILL');
    await stage.close();
  });

  /** Starts a program of the project and waits until it works. */
  async function start(script: string): Promise<{ child: ChildProcess; pid: number }> {
    const child = spawn(stage.python.executable, [script], {
      cwd: stage.project,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    started.push(child);
    await new Promise((resolve) => child.stdout.once('data', resolve));
    return { child, pid: child.pid ?? 0 };
  }

  const state = (pid: number): string =>
    /^State:\s+(\S)/m.exec(readFileSync(`/proc/${String(pid)}/status`, 'utf8'))?.[1] ?? '';

  it('is found with its words, folder, program and Python', async () => {
    const { pid } = await start('serve.py');
    const found = await findProcess(stage.host, pid);
    const [major, minor] = stage.python.version;
    expect(found).toMatchObject({
      pid,
      argv: [stage.python.executable, 'serve.py'],
      cwd: stage.project,
      stopped: false,
      pythonVersion: `${String(major)}.${String(minor)}`,
    });
    const thread = readdirSync(`/proc/${String(pid)}/task`).find((id) => id !== String(pid)) ?? '';
    await expect(findProcess(stage.host, Number(thread))).rejects.toMatchObject({
      facts: { problem: `this is a thread of process ${String(pid)}` },
    });
  });

  it('is refused when it does not exist, is no Python, is strop itself or has ended', async () => {
    const problem = (pid: number): Promise<unknown> =>
      findProcess(stage.host, pid).catch((error: unknown) => (error as { facts: unknown }).facts);
    expect(await problem(4_000_000)).toMatchObject({ problem: 'there is no such process' });
    expect(await problem(process.pid)).toMatchObject({ problem: 'this is strop itself' });
    const sleeper = spawn('sleep', ['60']);
    started.push(sleeper);
    await new Promise((resolve) => sleeper.once('spawn', resolve));
    expect(await problem(sleeper.pid ?? 0)).toMatchObject({
      code: 'process-missing',
      problem: 'this is no Python process, but `sleep 60`',
    });
  });

  it('goes on when a tracer has left it stopped', async () => {
    const { child, pid } = await start('serve.py');
    child.kill('SIGSTOP');
    await expect.poll(() => state(pid)).toBe('T');
    expect((await findProcess(stage.host, pid)).stopped).toBe(true);
    await resumeStopped(stage.host, pid);
    await expect.poll(() => state(pid)).not.toBe('T');
    expect(await isRunning(stage.host, pid)).toBe(true);
  });

  it('tells where its threads stand, also while it is stopped, and goes on', async () => {
    const { child, pid } = await start('serve.py');
    const tool = named('py-spy');
    const dump = async (stopped: boolean): Promise<string> => {
      const request = await stage.request(tool, { question: 'dump', locals: true, stopped });
      return new TextDecoder().decode(await dumpProcess(stage.host, request, pid));
    };
    expect(await dump(false)).toMatch(/"serve\.py|serve\.py"/);
    expect(child.exitCode).toBeNull();
    child.kill('SIGSTOP');
    await expect.poll(() => state(pid)).toBe('T');
    expect(await dump(true)).toContain('"locals"');
  });

  it('may end while it is watched: what was seen is kept, with a doubt', async () => {
    const { pid } = await start('brief.py');
    const request = await stage.request(named('py-spy'), { running: true, seconds: 60 });
    const recorded = await recordProcess(stage.host, request, pid);
    expect(recorded.doubts.map(({ code }) => code)).toContain('profile-cut-short');
    expect(ownShares(stage.clean(named('py-spy'), recorded))['dedupe']).toBeGreaterThan(0.3);
  });

  it('is left running when the watch is given up', async () => {
    const { child, pid } = await start('serve.py');
    const giveUp = new AbortController();
    const request = {
      ...(await stage.request(named('py-spy'), { running: true, seconds: 60 })),
      signal: giveUp.signal,
    };
    const recording = recordProcess(stage.host, request, pid);
    setImmediate(() => {
      giveUp.abort();
    });
    await expect(recording).rejects.toThrow();
    await expect.poll(() => state(pid)).toMatch(/[RS]/);
    expect(child.exitCode).toBeNull();
  });

  it('ends when it wants to with memray inside, and what memray saw is kept', async ({ skip }) => {
    if ((await stage.host.processes.find('gdb')) === undefined) skip('gdb is not here');
    const { child, pid } = await start('visited.py');
    const ended = new Promise((resolve) => child.once('exit', resolve));
    const request = await stage.request(named('memray'), { question: 'memory', running: true, seconds: 30 });
    const recorded = await recordProcess(stage.host, request, pid);
    expect(await ended).toBe(0);
    expect(recorded.doubts.map(({ code }) => code)).toContain('profile-cut-short');
    expect(ownShares(stage.clean(named('memray'), recorded))['hoard']).toBeGreaterThan(0.5);
  });
});
