// Makes a fresh clone ready to run: installs what the lock file names when that has not been done, and builds.
// Plain Node without packages, since there are none yet.
import { spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** Installs if needed and builds. Throws with the tool's output when one of them fails. */
export function prepare() {
  if (!isInstalled()) {
    console.log('installing packages (npm ci)');
    runNpm(['ci', '--no-audit', '--no-fund', '--loglevel=error']);
  }
  run(process.execPath, [join(ROOT, 'scripts', 'build.mjs')]);
}

/** Whether the last install came after the last change of the lock file. npm writes its own copy of it at the end. */
function isInstalled() {
  const installed = statSync(join(ROOT, 'node_modules', '.package-lock.json'), { throwIfNoEntry: false });
  return installed !== undefined && installed.mtimeMs >= statSync(join(ROOT, 'package-lock.json')).mtimeMs;
}

/** Runs npm: the one that runs this script, else the one on the PATH. */
export function runNpm(words) {
  const own = process.env['npm_execpath'];
  if (own?.endsWith('.js') && own.includes('npm')) run(process.execPath, [own, ...words]);
  else run(process.platform === 'win32' ? 'npm.cmd' : 'npm', words, { shell: process.platform === 'win32' });
}

function run(program, words, options = {}) {
  const child = spawnSync(program, words, {
    cwd: ROOT,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    maxBuffer: 64 * 1024 * 1024,
    ...options,
  });
  if (child.status === 0) return;
  const reason = child.error?.message ?? `exit code ${child.status ?? child.signal}`;
  throw new Error(`${[program, ...words].join(' ')}: ${reason}\n${child.stdout ?? ''}${child.stderr ?? ''}`);
}
