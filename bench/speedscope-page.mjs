// What speedscope itself takes to read a file: its bundled page in a headless Chromium, which is handed the file as a user
// hands it over. Its package holds that page and nothing that Node could call.
import { build } from 'esbuild';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { findBrowser } from '../scripts/browser.mjs';

const PACKAGE = new URL('../node_modules/speedscope/', import.meta.url);
const LONGEST_MS = 300_000;
const TICKS_PER_SECOND = 100;
const IS_SHOWN = `document.body.innerText.includes('Left Heavy') && document.querySelectorAll('canvas').length > 0`;

/**
 * CPU time and memory of the process of the page, without those that draw for it: until the importer has ended, and
 * until the profile is shown. `{ reason }` where there is no browser or it did not get so far.
 */
export async function readBySpeedscope(file, folder) {
  const found = findBrowser();
  if ('reason' in found) return found;
  const driver = join(folder, 'browser.mjs');
  await build({
    entryPoints: [fileURLToPath(new URL('../test/support/browser.ts', import.meta.url))],
    outfile: driver,
    bundle: true,
    format: 'esm',
    platform: 'node',
    logLevel: 'error',
  });
  const { Browser } = await import(pathToFileURL(driver).href);
  const browser = await Browser.start(found.path);
  const late = new AbortController();
  try {
    return await Promise.race([
      hand(browser, file),
      wait(LONGEST_MS, { reason: `it showed nothing within ${LONGEST_MS / 1000} s` }, late),
    ]);
  } catch (error) {
    return { reason: error.message };
  } finally {
    late.abort();
    await browser.close();
  }
}

async function hand(browser, file) {
  const page = new URL('dist/release/index.html#view=left-heavy', PACKAGE).href;
  await browser.open(page, `document.querySelector('input[type=file]') !== null`);
  const before = usage();
  let imported;
  // The one thing that speedscope says on the console is how long its importer took.
  browser.onEvent = (method, params) => {
    if (method === 'Runtime.consoleAPICalled' && params.type === 'timeEnd') imported ??= usage();
  };
  const { result } = await browser.ask('Runtime.evaluate', {
    expression: `document.querySelector('input[type=file]')`,
  });
  await browser.ask('DOM.setFileInputFiles', { files: [file], objectId: result.objectId });
  while ((await browser.evaluate(IS_SHOWN)) !== true) {
    if (usage().seconds < before.seconds) return { reason: 'its page crashed' };
    await wait(100);
  }
  const shown = usage();
  const { usedSize } = await browser.ask('Runtime.getHeapUsage');
  const since = ({ seconds, mb }) => ({ seconds: seconds - before.seconds, mb });
  return {
    version: JSON.parse(readFileSync(new URL('package.json', PACKAGE), 'utf8')).version,
    imported: imported === undefined ? undefined : since(imported),
    shown: since(shown),
    heapMb: usedSize / 1e6,
  };
}

/** CPU time and highest resident memory of the pages of the browser that this process started. */
function usage() {
  const parents = new Map();
  const stats = new Map();
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    const fields = readProc(pid, 'stat')
      .replace(/^.*\) /s, '')
      .split(' ');
    parents.set(pid, fields[1]);
    stats.set(pid, fields);
  }
  const isOurs = (pid) => pid !== undefined && (pid === String(process.pid) || isOurs(parents.get(pid)));
  const pages = [...stats.keys()].filter(
    (pid) => isOurs(pid) && readProc(pid, 'cmdline').includes('--type=renderer'),
  );
  const sum = (values) => values.reduce((total, value) => total + value, 0);
  return {
    seconds:
      sum(pages.map((pid) => Number(stats.get(pid)[11]) + Number(stats.get(pid)[12]))) / TICKS_PER_SECOND,
    mb: Math.max(
      0,
      ...pages.map((pid) => Number(/VmHWM:\s+(\d+)/.exec(readProc(pid, 'status'))?.[1] ?? 0) / 1024),
    ),
  };
}

/** Empty for a process that has ended meanwhile. */
function readProc(pid, name) {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'utf8');
  } catch {
    return '';
  }
}
