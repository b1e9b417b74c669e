// The checks of the repository, and a runner that takes two at a time.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { ROOT } from './prepare.mjs';

/** @typedef {{ name: string, ok: boolean, seconds: number }} Outcome */

const tool = (name, ...words) => [join(ROOT, 'node_modules', name), ...words];

/** Each check: a name and the words for Node. The longest come first, so that two at a time end together. */
export const CHECKS = [
  ['unit', tool('vitest/vitest.mjs', 'run', '--project', 'unit')],
  ['lint', tool('eslint/bin/eslint.js', '--max-warnings', '0', '.')],
  ['format', tool('prettier/bin/prettier.cjs', '--check', '--log-level', 'warn', '.')],
  [
    'types',
    tool(
      'typescript/bin/tsc',
      '-p',
      'tsconfig.json',
      '--incremental',
      '--tsBuildInfoFile',
      '.cache/tsc.json',
    ),
  ],
  ['borders', [join('scripts', 'borders.mjs')]],
  ['arch', [join('scripts', 'arch.mjs'), '--check']],
  ['knip', tool('knip/bin/knip.js', '--no-progress')],
];

const AT_ONCE = 2;

/**
 * Runs these checks, printing a line for each as it ends and the output of those that fail.
 * @returns {Promise<Outcome[]>}
 */
export async function runChecks(checks) {
  const waiting = [...checks];
  const outcomes = [];
  const work = async () => {
    for (let check = waiting.shift(); check !== undefined; check = waiting.shift()) {
      const [name, words] = check;
      const { ok, output, seconds } = await runNode(words);
      console.log(`${ok ? 'ok  ' : 'FAIL'} ${name.padEnd(8)} ${seconds.toFixed(1).padStart(6)} s`);
      if (!ok) console.log(output.replace(/^/gm, '     ').trimEnd());
      outcomes.push({ name, ok, seconds });
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return outcomes;
}

/** Runs Node on these words with nothing to read, and keeps what it prints. */
function runNode(words) {
  return new Promise((resolve) => {
    const startMs = performance.now();
    const child = spawn(process.execPath, words, { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] });
    const chunks = [];
    child.stdout.on('data', (chunk) => chunks.push(chunk));
    child.stderr.on('data', (chunk) => chunks.push(chunk));
    const end = (ok, more = '') =>
      resolve({
        ok,
        output: Buffer.concat(chunks).toString('utf8') + more,
        seconds: (performance.now() - startMs) / 1000,
      });
    child.on('error', (error) => end(false, error.message));
    child.on('close', (code) => end(code === 0));
  });
}
