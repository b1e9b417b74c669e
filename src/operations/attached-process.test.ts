import { execFileSync, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createHost } from '#host';
import type { OpenHost } from '#host';
import { findPythons } from '../../scripts/pythons.mjs';
import { openProcess, sayCommand } from './attached-process.ts';

describe.skipIf(process.platform !== 'linux')('a process and its project', () => {
  let folder: string;
  let host: OpenHost;
  const started: ChildProcess[] = [];
  const base = findPythons().at(-1)?.python ?? 'python3';

  beforeAll(() => {
    folder = realpathSync(mkdtempSync(join(tmpdir(), 'strop-attached-')));
    host = createHost({ env: { ...process.env, STROP_HOME: join(folder, 'home') } });
    for (const name of ['here', 'there', 'empty']) mkdirSync(join(folder, name));
    for (const name of ['here', 'there']) writeFileSync(join(folder, name, 'pyproject.toml'), '');
    execFileSync(base, ['-m', 'venv', '--without-pip', join(folder, 'there/.venv')]);
  });
  afterAll(async () => {
    for (const child of started) child.kill('SIGKILL');
    await host.close();
    rmSync(folder, { recursive: true, force: true });
  });

  async function start(program: string, cwd: string): Promise<number> {
    const script = 'print(1, flush=True); import time; time.sleep(60)';
    const child = spawn(program, ['-c', script], { cwd, stdio: ['ignore', 'pipe', 'ignore'] });
    started.push(child);
    await new Promise((resolve) => child.stdout.once('data', resolve));
    return child.pid ?? 0;
  }

  async function open(cwd: string, pid: number) {
    const signal = new AbortController().signal;
    const context = { host: { ...host, cwd: join(folder, cwd) }, signal, progress: () => undefined };
    const { opened, sameInterpreter } = await openProcess(context, pid, undefined);
    return { root: opened.project.root, python: opened.interpreter.executable, sameInterpreter };
  }

  it("is the current folder's, else that of the folder in which the process works", async () => {
    const pid = await start(base, join(folder, 'there'));
    expect(await open('here', pid)).toMatchObject({ root: join(folder, 'here'), sameInterpreter: true });
    expect(await open('empty', pid)).toMatchObject({ root: join(folder, 'there') });
  });

  it('runs in its virtual environment, however that was named', async () => {
    const environment = join(folder, 'there/.venv/bin/python');
    for (const word of [environment, '.venv/bin/python']) {
      const pid = await start(word, join(folder, 'there'));
      expect(await open('here', pid)).toMatchObject({ python: environment, sameInterpreter: true });
    }
  });

  it('is named on one line', () => {
    const unseen = { pid: 1, executable: undefined, cwd: undefined, path: undefined };
    const process = { ...unseen, stopped: false, pythonVersion: undefined };
    expect(sayCommand({ ...process, argv: ['/usr/bin/python3', '-c', 'a\n  b'] }, 40)).toBe('python3 -c a b');
    expect(sayCommand({ ...process, argv: ['/usr/bin/python3', 'x'.repeat(99)] }, 20)).toHaveLength(20);
  });
});
