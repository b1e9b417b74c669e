import { isAbsolute, normalize } from 'node:path';
import type { Host } from '#host';
import type { Side } from '#revisions';
import { isWithin } from './provenance.ts';

/** Variables that would trace, cache or slow down one side, or give strop's presence away. */
const REMOVED = new Set([
  'PYTHONDONTWRITEBYTECODE',
  'PYTHONTRACEMALLOC',
  'PYTHONPROFILEIMPORTTIME',
  'PYTHONSTARTUP',
  'PYTHONINSPECT',
  'COVERAGE_PROCESS_START',
  'COV_CORE_SOURCE',
  'LINE_PROFILE',
  'NODE_OPTIONS',
  'PYTEST_CURRENT_TEST',
  'PYTEST_XDIST_WORKER',
]);

/** Folder part of a path with either separator. */
function folderOf(path: string): string {
  return path.replace(/[\\/][^\\/]*$/, '');
}

/**
 * A folder of PYTHONPATH as a side has it. Relative ones follow the side by themselves, and what lies outside of the
 * project (dependencies without an environment) is the same for both. What lies in the user's own tree is looked for in
 * the side's, whether it is there or not, so that the environments of both sides are of equal size.
 */
function onSide(entry: string, { original, root }: Side): string {
  if (original === undefined || !isAbsolute(entry)) return entry;
  const path = normalize(entry);
  return isWithin(path, original) ? root + path.slice(original.length) : entry;
}

/**
 * The environment of a worker: the user's own, so that the project behaves as it does for the user, with one hash seed
 * for both sides of a pair, and compiled bytecode and temporary files kept out of the user's folders.
 */
export function workerEnvironment(
  host: Host,
  side: Side,
  runFolder: string,
  seed: number,
): Record<string, string | undefined> {
  const kept = Object.entries(host.env).filter(([name]) => !REMOVED.has(name));
  const env: Record<string, string | undefined> = Object.fromEntries(kept);
  const separator = host.platform === 'win32' ? ';' : ':';
  env['PYTHONHASHSEED'] = String(seed);
  env['PYTHONPYCACHEPREFIX'] = pycacheFolder(host);
  env['TMPDIR'] = `${runFolder}/tmp`;
  env['PATH'] = [folderOf(side.python), env['PATH'] ?? ''].join(separator);
  const entries = (env['PYTHONPATH'] ?? '')
    .split(separator)
    .filter((entry) => entry !== '')
    .map((entry) => onSide(entry, side));
  if (entries.length > 0) env['PYTHONPATH'] = entries.join(separator);
  else delete env['PYTHONPATH'];
  return env;
}

/** Compiled bytecode of every measured module goes here; Python keeps it under the source's whole path. */
function pycacheFolder(host: Host): string {
  return `${host.folders.cache}/pycache`;
}

/** Where the bytecode of the files below a folder is kept. */
export function bytecodeFolder(host: Host, folder: string): string {
  return `${pycacheFolder(host)}/${folder.replace(/^([\\/]+|\w:[\\/])/, '')}`;
}
