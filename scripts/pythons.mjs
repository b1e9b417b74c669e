// The Pythons of this machine, and virtual environments with test packages for each; both for tests and the demo.
import { execFile, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const CACHE = join(ROOT, '.cache', 'test-venvs');
const BYTECODE = join(ROOT, '.cache', 'test-bytecode');
const WINDOWS = process.platform === 'win32';

/** The versions that strop's shims run on, oldest first. */
export const SUPPORTED = ['3.9', '3.10', '3.11', '3.12', '3.13'];

/** Requirements that install on every supported version, pinned so that a release elsewhere fails no test here. */
export const PINNED = {
  pytest: 'pytest==8.4.2',
  pytestBenchmark: 'pytest-benchmark==5.2.3',
  pytestCodspeed: 'pytest-codspeed==5.0.4',
  pytestAsyncio: 'pytest-asyncio==1.2.0',
  pytestXdist: 'pytest-xdist==3.8.0',
  pytestRandomly: 'pytest-randomly==4.0.1',
  pytestSubtests: 'pytest-subtests==0.15.0',
};

const PROBE = `
import sys
try:
    import ensurepip, venv
except ImportError:
    raise SystemExit(3)
print("%d.%d" % sys.version_info[:2], "%d.%d.%d" % sys.version_info[:3], sys.executable, sys.base_prefix, sep="\\n")
`;

let found;

/** The newest Python found of each supported version that can make virtual environments, oldest version first. */
export function findPythons() {
  found ??= searchPythons();
  return found;
}

function searchPythons() {
  const newest = new Map();
  for (const path of candidates()) {
    const { status, stdout } = spawnSync(path, ['-c', PROBE], { encoding: 'utf8', timeout: 20_000 });
    if (status !== 0) continue;
    const [version, full, python, prefix] = stdout.trim().split(/\r?\n/);
    const patch = Number(full.split('.')[2]);
    if (SUPPORTED.includes(version) && patch > (newest.get(version)?.patch ?? -1))
      newest.set(version, { version, full, python, prefix, patch });
  }
  return SUPPORTED.flatMap((version) => {
    const best = newest.get(version);
    if (best === undefined) return [];
    const { full, python, prefix } = best;
    return [{ version, full, python, prefix }];
  });
}

/** Everything that may be a Python: pyenv's versions, and the usual names on the PATH. */
function candidates() {
  const versions = join(process.env['PYENV_ROOT'] ?? join(homedir(), '.pyenv'), 'versions');
  const installed = existsSync(versions)
    ? readdirSync(versions)
        .filter((name) => SUPPORTED.some((version) => name.startsWith(`${version}.`)))
        .map((name) => join(versions, name, ...(WINDOWS ? ['python.exe'] : ['bin', 'python'])))
    : [];
  const names = ['python3', 'python', ...SUPPORTED.map((version) => `python${version}`)];
  const onPath = (process.env['PATH'] ?? '')
    .split(delimiter)
    .filter((folder) => folder !== '' && !folder.includes(`pyenv${WINDOWS ? '\\' : '/'}shims`))
    .flatMap((folder) => names.map((name) => join(folder, WINDOWS ? `${name}.exe` : name)));
  return [...new Set([...installed, ...onPath])].filter((path) => existsSync(path));
}

/**
 * A virtual environment of this version with these requirements, made once and kept below .cache/. It is shared:
 * install nothing more into it. Several processes may ask at once.
 */
export async function testVenv(version, requirements = []) {
  const base = findPythons().find((python) => python.version === version);
  if (base === undefined)
    throw new Error(`no Python ${version} that can make virtual environments was found`);
  const wanted = [...requirements].sort();
  const hash = createHash('sha256')
    .update(JSON.stringify([base.full, wanted]))
    .digest('hex')
    .slice(0, 12);
  const folder = join(CACHE, `${base.full}-${hash}`);
  const python = join(folder, ...(WINDOWS ? ['Scripts', 'python.exe'] : ['bin', 'python']));
  const complete = join(folder, 'complete');
  const release = await lock(`${folder}.lock`, () => existsSync(complete));
  try {
    if (!existsSync(complete)) {
      await makeVenv(base.python, folder, python, wanted);
      // Once: a test beside may hold that nothing in its environment is touched.
      writeFileSync(complete, wanted.join('\n'));
    }
  } finally {
    release();
  }
  return { version, full: base.full, folder, python };
}

/**
 * Lets a home of strop's (`STROP_HOME`) share the bytecode of what no test changes: interpreters, environments of the tests,
 * and strop's own shims. A home is new in each test, and compiling pytest takes longer than running it. The bytecode of
 * projects stays in the home.
 */
export function shareBytecode(home) {
  if (WINDOWS) return;
  const all = [...findPythons().map(({ prefix }) => prefix), CACHE, join(ROOT, 'python')];
  const isWithin = (path, folder) => path !== folder && path.startsWith(`${folder}/`);
  const folders = [...new Set(all)].filter(
    (path) => !all.some((folder) => isWithin(path, folder)) && !isWithin(tmpdir(), path),
  );
  for (const folder of folders) {
    const shared = join(BYTECODE, folder);
    const link = join(home, 'cache', 'pycache', folder);
    mkdirSync(shared, { recursive: true });
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(shared, link);
  }
}

async function makeVenv(base, folder, python, requirements) {
  rmSync(folder, { recursive: true, force: true });
  await run(base, ['-m', 'venv', folder]);
  if (requirements.length > 0)
    await run(python, [
      '-m',
      'pip',
      'install',
      '--quiet',
      '--disable-pip-version-check',
      '--no-input',
      ...requirements,
    ]);
}

async function run(program, words) {
  try {
    await promisify(execFile)(program, words, { maxBuffer: 16 * 1024 * 1024 });
  } catch (error) {
    throw new Error(
      `${[program, ...words].join(' ')}\n${error.stdout ?? ''}${error.stderr ?? error.message}`,
    );
  }
}

/** Waits until nobody else holds the lock or the work is done; a lock whose owner is gone is taken over. */
async function lock(path, isDone) {
  mkdirSync(CACHE, { recursive: true });
  for (;;) {
    if (isDone()) return () => undefined;
    try {
      writeFileSync(path, String(process.pid), { flag: 'wx' });
      return () => rmSync(path, { force: true });
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    if (!ownerLives(path)) rmSync(path, { force: true });
    await sleep(100);
  }
}

function ownerLives(path) {
  try {
    process.kill(Number(readFileSync(path, 'utf8')), 0);
    return true;
  } catch (error) {
    // A lock that has just gone is tried again, not removed: it may be somebody else's by then.
    return error.code !== 'ESRCH';
  }
}
