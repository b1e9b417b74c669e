import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Block, Expectation } from './blocks.ts';

/** Far more than any block takes, so that a command which waits for a terminal ends. */
const PATIENCE_MS = 240_000;
/** Of what a block printed, as much as tells what went wrong. */
const SHOWN = 2500;

/** Where blocks are run. */
export interface Ground {
  readonly folder: string;
  readonly env: NodeJS.ProcessEnv;
  /** Does what a page leaves to its reader between two blocks. */
  edit(name: string): void;
}

/** A block that did not do what its page says. */
export interface Failure {
  readonly line: number;
  readonly why: string;
  readonly printed: string;
}

interface Run {
  readonly code: number | string;
  readonly printed: string;
}

/**
 * Runs the blocks of one page one after another. Each goes on in the folder and with the exported variables that the
 * one before it left behind, as in one terminal, and ends at its first command that fails, as in none.
 */
export async function runBlocks(blocks: readonly Block[], ground: Ground): Promise<readonly Failure[]> {
  const state = mkdtempSync(join(tmpdir(), 'strop-blocks-'));
  const failures: Failure[] = [];
  try {
    writeFileSync(join(state, 'left.sh'), `cd ${quote(ground.folder)}\n`);
    for (const { line, commands, what } of blocks) {
      if (!('codes' in what) || (what.needs !== undefined && !isThere(what.needs, ground.env))) continue;
      try {
        if (what.edit !== undefined) ground.edit(what.edit);
      } catch (error) {
        failures.push({ line, why: `the edit before it failed: ${String(error)}`, printed: '' });
        continue;
      }
      const startMs = performance.now();
      const run = await runCommands(commands, state, ground);
      if (process.env['STROP_SHOW_BLOCKS'] !== undefined)
        console.log(
          `--- line ${line}: ${run.code}, ${Math.round(performance.now() - startMs)} ms\n${run.printed}`,
        );
      const why = judge(run, what, ground.folder);
      if (why !== '') failures.push({ line, why, printed: run.printed.slice(-SHOWN) });
    }
  } finally {
    rmSync(state, { recursive: true, force: true });
  }
  return failures;
}

function judge({ code, printed }: Run, wanted: Expectation, folder: string): string {
  const problems = [
    ...(wanted.codes.some((one) => one === code)
      ? []
      : [`it ended with ${code}, not ${wanted.codes.join(' or ')}`]),
    ...wanted.markers.filter((text) => !printed.includes(text)).map((text) => `it did not print "${text}"`),
    ...wanted.files.filter((path) => !existsSync(join(folder, path))).map((path) => `it left no ${path}`),
  ];
  return problems.join('; ');
}

function isThere(program: string, env: NodeJS.ProcessEnv): boolean {
  return spawnSync('sh', ['-c', `command -v ${quote(program)}`], { env, stdio: 'ignore' }).status === 0;
}

function quote(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

async function runCommands(commands: string, state: string, ground: Ground): Promise<Run> {
  const left = join(state, 'left.sh');
  const script = join(state, 'block.sh');
  writeFileSync(
    script,
    `. ${quote(left)}\ntrap '{ export -p; printf "cd %q\\n" "$PWD"; } > ${quote(left)}' EXIT\nset -eo pipefail\n${commands}\n`,
  );
  const child = spawn('bash', ['--noprofile', '--norc', script], {
    cwd: ground.folder,
    env: ground.env,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let printed = '';
  const keep = (text: string): void => void (printed += text);
  child.stdout.setEncoding('utf8').on('data', keep);
  child.stderr.setEncoding('utf8').on('data', keep);
  const killAll = (): void => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
    } catch {
      // All of them are gone.
    }
  };
  const timer = setTimeout(killAll, PATIENCE_MS);
  try {
    const code = await new Promise<number | string>((resolve, reject) => {
      child.on('error', reject);
      // What a block left running in the background would keep the streams open.
      child.on('exit', (exit, signal) => {
        killAll();
        child.once('close', () => resolve(exit ?? signal ?? 'nothing'));
      });
    });
    return { code, printed };
  } finally {
    clearTimeout(timer);
  }
}
