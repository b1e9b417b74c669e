import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createHost, type ChildResult } from '#host';
import { isAlive, until } from './real-children.ts';

const host = createHost();
const { processes } = host;
const LINUX = process.platform === 'linux';
let folder = '';
let readyFiles = 0;

beforeAll(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'strop-run-')));
});
afterAll(async () => {
  await host.close();
  await rm(folder, { recursive: true, force: true });
});

/** Runs a script in Node that would never end, and aborts it when it has done all it says. */
async function stopWhenReady(script: string): Promise<ChildResult> {
  readyFiles += 1;
  const file = join(folder, `ready-${readyFiles}`);
  const controller = new AbortController();
  const running = processes.run({
    argv: [
      process.execPath,
      '--eval',
      `${script}; require('fs').writeFileSync(process.argv[1], ''); setInterval(() => {}, 1000)`,
      file,
    ],
    signal: controller.signal,
  });
  await until(async () => (await host.files.kind(file)) !== undefined);
  controller.abort();
  return await running;
}

/**
 * A shell that starts a child deaf to SIGTERM which holds the pipe, says the child's pid, and waits. The child has lost
 * its mark: only its group tells whose it is.
 */
const DEAF_GRANDCHILD = `env -i /bin/sh -c 'trap "" TERM; echo $$; while :; do sleep 0.1; done' & wait`;

describe('running a child', () => {
  it('gives it stdin and tells stdout, stderr and the exit code', async () => {
    const result = await processes.run({
      argv: ['sh', '-c', 'cat; echo trouble >&2; exit 3'],
      stdin: 'zwölf Bücher',
    });
    expect(result).toMatchObject({
      ok: false,
      exitCode: 3,
      signal: undefined,
      stdout: 'zwölf Bücher',
      stderr: 'trouble\n',
      startError: undefined,
    });
    expect(result.durationNs).toBeGreaterThan(0);
  });

  it('closes stdin when there is nothing to say, and bears a child that does not listen', async () => {
    expect(await processes.run({ argv: ['cat'] })).toMatchObject({ ok: true, stdout: '' });
    expect(await processes.run({ argv: ['true'], stdin: 'x'.repeat(2 ** 21) })).toMatchObject({ ok: true });
  });

  it('tells the signal that ended it', async () => {
    const result = await processes.run({ argv: ['sh', '-c', 'kill -SEGV $$'] });
    expect(result).toMatchObject({ ok: false, exitCode: undefined, signal: 'SIGSEGV' });
  });

  it('tells why a program or a folder could not be used', async () => {
    expect(await processes.run({ argv: ['no-such-program'] })).toMatchObject({
      ok: false,
      startError: 'ENOENT',
      stderr: '',
    });
    const missing = join(folder, 'missing');
    expect(await processes.run({ argv: ['true'], cwd: missing })).toMatchObject({
      startError: 'ENOENT',
      stderr: `the folder ${missing} does not exist`,
    });
    const file = join(folder, 'not-executable');
    await host.files.writeAtomically(file, 'x');
    expect(await processes.run({ argv: [file] })).toMatchObject({ startError: 'EACCES' });
    const tooLong = ['true', ...Array.from({ length: 64 }, () => 'x'.repeat(2 ** 17))] as [string];
    expect((await processes.run({ argv: tooLong })).startError).toBe('E2BIG');
    expect((await processes.run({ argv: ['true', 'a\0b'] })).startError).toBe('ERR_INVALID_ARG_VALUE');
  });

  it('uses exactly the given environment, with a mark of constant length', async () => {
    const run = async () => {
      const { stdout } = await processes.run({ argv: ['/usr/bin/env'], env: { A: '1', B: undefined } });
      return stdout.trim().split('\n');
    };
    const [first, second] = [await run(), await run()];
    expect(first).toHaveLength(2);
    expect(first[0]).toBe('A=1');
    expect(first[1]).toMatch(/^STROP_MARK=[0-9a-f]{16}\.\d{8}$/);
    expect(second[1]).not.toBe(first[1]);
  });

  it('runs in folders with spaces and letters of any script', async () => {
    const place = join(folder, 'mes données 数据');
    await host.files.makeFolder(place);
    const result = await processes.run({ argv: ['sh', '-c', 'pwd; echo "$1"', 'sh', 'ключ'], cwd: place });
    expect(result.stdout).toBe(`${place}\nключ\n`);
  });

  it('keeps the beginning of a long output while the child runs to its end', async () => {
    const result = await processes.run({
      argv: ['sh', '-c', 'head -c 50000000 /dev/zero | tr "\\0" a; echo done >&2'],
      keepBytes: 1000,
    });
    expect(result).toMatchObject({ ok: true, truncated: true, stderr: 'done\n' });
    expect(result.stdout).toBe('a'.repeat(1000));
  });

  it('does not cut a character in two', async () => {
    const result = await processes.run({ argv: ['printf', 'ééé'], keepBytes: 3 });
    expect(result).toMatchObject({ stdout: 'é', truncated: true });
  });

  it('kills a whole group at the timeout, a grandchild deaf to SIGTERM that holds the pipe included', async () => {
    const result = await processes.run({ argv: ['sh', '-c', DEAF_GRANDCHILD], timeoutMs: 2000 });
    expect(result).toMatchObject({ ok: false, timedOut: true, aborted: false });
    const grandchild = Number(result.stdout);
    expect(grandchild).toBeGreaterThan(0);
    await until(() => !isAlive(grandchild));
  });

  it('kills a child that is deaf to SIGTERM itself', async () => {
    const result = await stopWhenReady(`process.on('SIGTERM', () => console.log('no'))`);
    expect(result).toMatchObject({ ok: false, aborted: true, signal: 'SIGKILL', stdout: 'no\n' });
  });

  it('lets a child end politely before it is killed', async () => {
    const result = await stopWhenReady(
      `process.on('SIGTERM', () => { console.log('bye'); process.exit(0); })`,
    );
    expect(result).toMatchObject({ ok: false, aborted: true, exitCode: 0, stdout: 'bye\n' });
  });

  it('does not start a child when the signal has aborted', async () => {
    const file = join(folder, 'ran');
    const result = await processes.run({ argv: ['touch', file], signal: AbortSignal.abort() });
    expect(result).toMatchObject({ ok: false, aborted: true, startError: undefined });
    expect(await host.files.kind(file)).toBeUndefined();
  });

  it('leaves no helper of a child in the background', async () => {
    const result = await processes.run({ argv: ['sh', '-c', 'sleep 1000 & echo $!'] });
    expect(result).toMatchObject({ ok: true });
    await until(() => !isAlive(Number(result.stdout)));
  });

  it.runIf(LINUX)('does not wait for a daemon that holds the pipe', async () => {
    const result = await processes.run({ argv: ['sh', '-c', 'setsid sleep 1000 & echo $!'] });
    expect(result).toMatchObject({ ok: true });
    process.kill(Number(result.stdout), 'SIGKILL');
  });

  it.runIf(LINUX)('kills a grandchild in a session of its own, too, when it stops a child', async () => {
    const result = await stopWhenReady(
      `const { pid } = require('child_process').spawn('sleep', ['1000'], { detached: true, stdio: 'inherit' });
       console.log(pid)`,
    );
    expect(result).toMatchObject({ aborted: true });
    expect(Number(result.stdout)).toBeGreaterThan(0);
    await until(() => !isAlive(Number(result.stdout)));
  });
});

describe('finding a program', () => {
  it('looks along the path as a shell does', async () => {
    const bin = join(folder, 'bin é');
    await host.files.makeFolder(join(bin, 'tool-folder'));
    await host.files.writeAtomically(join(bin, 'plain'), '');
    await host.processes.run({
      argv: ['sh', '-c', 'printf "" >tool && chmod +x tool && ln -s tool link'],
      cwd: bin,
    });
    const path = `${join(folder, 'none')}:${bin}`;
    expect(await processes.find('tool', path)).toBe(join(bin, 'tool'));
    expect(await processes.find('link', path)).toBe(join(bin, 'link'));
    expect(await processes.find('plain', path)).toBeUndefined();
    expect(await processes.find('tool-folder', path)).toBeUndefined();
    expect(await processes.find(join(bin, 'tool'), '')).toBe(join(bin, 'tool'));
    const there = createHost({ cwd: folder, env: { PATH: 'bin é' } });
    expect(await there.processes.find('tool')).toBe(join(bin, 'tool'));
    expect(await there.processes.find('./bin é/tool')).toBe(join(bin, 'tool'));
    expect(await there.processes.find('sh')).toBeUndefined();
  });
});
