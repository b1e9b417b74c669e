// A headless browser for the tests of pages, taken from the npm registry and kept below .cache/; no part of `npm ci`,
// since it is large and nobody needs it to build.
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { spawnSync } from 'node:child_process';
import { ROOT, runNpm } from './prepare.mjs';

/** The package holds the program itself, compressed: nothing is downloaded besides. */
const PACKAGE = '@sparticuz/chromium';
const VERSION = '153.0.0';

/** The path of the browser, or why there is none. */
export function findBrowser() {
  if (process.platform !== 'linux' || process.arch !== 'x64')
    return {
      reason: `the browser of the tests is for Linux on x64, this is ${process.platform} on ${process.arch}`,
    };
  const folder = join(ROOT, '.cache', 'browser', VERSION);
  const path = join(folder, 'chromium');
  try {
    if (!existsSync(path)) install(folder);
  } catch (error) {
    return { reason: `the browser of the tests could not be installed: ${error.message}` };
  }
  const { status, stderr, error } = spawnSync(path, ['--version'], { encoding: 'utf8', timeout: 60_000 });
  return status === 0 ? { path } : { reason: `the browser does not start: ${error?.message ?? stderr}` };
}

/** In a folder beside, so that a half-made one is never taken for the browser. */
function install(made) {
  const folder = `${made}.${process.pid}`;
  mkdirSync(folder, { recursive: true });
  const quiet = ['--no-save', '--no-audit', '--no-fund', '--loglevel=error', '--ignore-scripts'];
  runNpm(['install', '--prefix', folder, ...quiet, `${PACKAGE}@${VERSION}`]);
  // It unpacks into the folder for temporary files.
  const code = `import chromium from ${JSON.stringify(PACKAGE)}; await chromium.executablePath();`;
  const { status, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', code], {
    cwd: folder,
    env: { ...process.env, TMPDIR: folder },
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(stderr);
  rmSync(join(folder, 'node_modules'), { recursive: true });
  renameSync(folder, made);
}
