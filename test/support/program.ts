import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** The built program; STROP_PROGRAM names another copy of it, an installed one for instance. */
export const PROGRAM = process.env['STROP_PROGRAM'] ?? join(ROOT, 'dist', 'strop.js');

/** Longer than any command of these tests takes on a crowded machine. */
const PATIENCE_MS = 150_000;

/** How a command line ended, with all that it printed. */
export interface Ended {
  readonly code: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command line that runs. */
export interface Started {
  readonly child: ChildProcess;
  readonly pid: number;
  readonly ended: Promise<Ended>;
  /** What it printed to stderr so far. */
  told(): string;
}

/** Starts strop in a process group of its own, as a shell does with a command line. */
export function startStrop(
  argv: readonly string[],
  where: { readonly cwd: string; readonly env: NodeJS.ProcessEnv; readonly input?: string | undefined },
): Started {
  const child = spawn(process.execPath, [PROGRAM, ...argv], {
    cwd: where.cwd,
    env: where.env,
    detached: true,
    stdio: [where.input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
  });
  child.stdin?.end(where.input);
  let stdout = '';
  let stderr = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const timer = setTimeout(() => {
    stderr += '\nthe test lost its patience and killed strop\n';
    child.kill('SIGKILL');
  }, PATIENCE_MS);
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      resolve({ code, signal, stdout, stderr });
    });
  });
  if (child.pid === undefined) throw new Error('strop could not be started');
  return { child, pid: child.pid, ended, told: () => stderr };
}
