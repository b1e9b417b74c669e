import { spawn, spawnSync } from 'node:child_process';
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { until } from './support/processes.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const PROGRAM = join(ROOT, 'dist', 'strop.js');
const PROJECT = join(ROOT, 'fixtures', 'projects', 'orders');

let home: string;

beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'strop-cli-'));
});

afterAll(() => {
  rmSync(home, { recursive: true, force: true });
});

function environment(more: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
  return { ...process.env, STROP_HOME: home, NO_COLOR: '1', ...more };
}

function strop(...argv: readonly string[]) {
  return spawnSync(process.execPath, [PROGRAM, ...argv], {
    cwd: PROJECT,
    env: environment(),
    encoding: 'utf8',
    timeout: 120_000,
  });
}

describe('the built program', () => {
  it('tells its version and lists its commands', () => {
    const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };
    expect(strop('--version')).toMatchObject({ status: 0, stdout: `${version}\n`, stderr: '' });
    expect(strop('--help')).toMatchObject({ status: 0, stderr: '' });
    expect(strop('--help').stdout).toMatch(/^ {2}inspect +Say what/m);
  });

  it('explains each command', () => {
    const names = [...strop('--help').stdout.matchAll(/^ {2}([a-z]+) {2,}/gm)].map((match) => match[1] ?? '');
    expect(names.length).toBeGreaterThan(2);
    for (const name of names) {
      const help = strop(name, '--help');
      expect(help, name).toMatchObject({ status: 0, stderr: '' });
      expect(help.stdout, name).toContain('Examples:');
    }
  });

  it('refuses a wrong word with exit code 2 and a suggestion', () => {
    expect(strop('inspct')).toMatchObject({ status: 2, stdout: '' });
    expect(strop('inspct').stderr).toContain("did you mean 'strop inspect'?");
    expect(strop('inspect', '--nosie').stderr).toContain('did you mean --noise?');
  });

  it('prints one JSON document and nothing else on stdout, whole even into a slow pipe', async () => {
    const child = spawn(process.execPath, [PROGRAM, 'inspect', '--json'], {
      cwd: PROJECT,
      env: environment(),
    });
    let text = '';
    // Reads in small bites with turns of the loop between them.
    for await (const chunk of child.stdout) text += String(chunk);
    expect(JSON.parse(text)).toMatchObject({ version: 1 });
    expect(text.endsWith('}\n')).toBe(true);
  });

  it('is quiet when the reader goes away, and says so when the disk is full', () => {
    const quiet = spawnSync(
      'bash',
      ['-c', '"$@" | true; exit "${PIPESTATUS[0]}"', 'bash', process.execPath, PROGRAM, '--help'],
      {
        encoding: 'utf8',
        env: environment(),
      },
    );
    expect(quiet).toMatchObject({ status: 0, stderr: '' });
    if (!existsSync('/dev/full')) return;
    const full = openSync('/dev/full', 'w');
    const result = spawnSync(process.execPath, [PROGRAM, 'inspect', '--json'], {
      cwd: PROJECT,
      env: environment(),
      stdio: ['ignore', full, 'pipe'],
      encoding: 'utf8',
    });
    closeSync(full);
    expect(result.status).toBe(2);
    expect(result.stderr).toContain('could not be written to stdout');
  });

  it('works with stdin closed and no home', () => {
    const result = spawnSync(
      'bash',
      ['-c', 'exec "$@" <&-', 'bash', process.execPath, PROGRAM, 'inspect', '--json'],
      {
        cwd: PROJECT,
        env: environment({ HOME: join(home, 'nowhere') }),
        encoding: 'utf8',
      },
    );
    expect(result.status, result.stderr).toBe(0);
  });

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)('ends a run on %s with %i, its children with it', async (signal, code) => {
    const mark = join(home, `${signal}.pid`);
    const child = spawn(process.execPath, [PROGRAM, 'profile', '--json', '--stmt', waitingCode(mark)], {
      cwd: PROJECT,
      env: environment(),
    });
    let stdout = '';
    child.stdout.on('data', (chunk) => (stdout += String(chunk)));
    await until(
      'the workload runs',
      () => (existsSync(mark) && readFileSync(mark, 'utf8') !== '') || undefined,
    );
    child.kill(signal);
    const ended = await new Promise((resolve) =>
      child.on('close', (exitCode) => {
        resolve(exitCode);
      }),
    );
    expect(ended).toBe(code);
    expect(JSON.parse(stdout)).toMatchObject({ kind: 'error', code: 'interrupted' });
    // Its clean-up came to an end.
    expect(stdout).not.toContain('took too long');
    const pid = Number(readFileSync(mark, 'utf8'));
    await until('its process is gone', () => !lives(pid) || undefined);
  });
});

/** Python that says which process it is, then does not end. */
function waitingCode(mark: string): string {
  return [
    'import os, time',
    `open(${JSON.stringify(mark)}, "w").write(str(os.getpid()))`,
    'time.sleep(600)',
  ].join('; ');
}

function lives(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
