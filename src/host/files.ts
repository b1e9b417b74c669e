import { constants as limits } from 'node:buffer';
import { randomBytes } from 'node:crypto';
import { constants, type Dirent, type Stats } from 'node:fs';
import * as fs from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { StropError, formatBytes } from '#base';
import { diskError, hasCode, isMissing } from './disk-error.ts';
import type { Entry, Files } from './host.ts';

/** Files open at once: systems allow as few as 256, and callers like `Promise.all` over a whole tree. */
const MOST_OPEN = 64;

/** What Node reads at once. */
const MOST_BYTES = 2 ** 31 - 1;
/** A byte is a character at most. */
const MOST_CHARACTERS = limits.MAX_STRING_LENGTH;

/** The real files. */
export function realFiles(): Files {
  const few = limitTo(MOST_OPEN);
  return {
    readText: (path) => few(() => orMissing(path, undefined, () => readText(path))),
    readBytes: (path) => few(() => orMissing(path, undefined, () => readBytes(path))),
    writeAtomically: (path, content) => few(() => orTrouble(path, () => writeAtomically(path, content))),
    create: (path, content) => few(() => orTrouble(path, () => create(path, content))),
    kind: (path) => orMissing(path, undefined, async () => kindOf(await fs.lstat(path))),
    readLink: (path) => orMissing(path, undefined, () => fs.readlink(path)),
    list: (folder) => few(() => orMissing(folder, [], () => list(folder))),
    makeFolder: (path) => orTrouble(path, () => makeFolder(path)),
    copy: (from, to) => few(() => orTrouble(to, () => copy(from, to))),
    move: (from, to) => orTrouble(to, () => move(from, to)),
    remove: (path) => orTrouble(path, () => remove(path)),
    real: (path) => orMissing(path, undefined, () => fs.realpath(path)),
    freeBytes: async (path) => {
      try {
        const system = await fs.statfs(path);
        return system.bavail * system.bsize;
      } catch {
        return undefined;
      }
    },
  };
}

async function readText(path: string): Promise<string> {
  await refuseEndless(path, MOST_CHARACTERS);
  return fs.readFile(path, 'utf8');
}

async function readBytes(path: string): Promise<Uint8Array> {
  await refuseEndless(path, MOST_BYTES);
  return fs.readFile(path);
}

/** Throws StropError for what may have no end (a device, a pipe) or has more bytes than can be held at once. */
async function refuseEndless(path: string, most: number): Promise<void> {
  const found = await fs.stat(path);
  // Reading a folder fails by itself.
  if (found.isDirectory()) return;
  if (!found.isFile()) {
    throw new StropError({
      code: 'disk',
      problem: 'this is a device or a pipe, and strop reads files only',
      where: path,
      remedy: 'Write its content into a file, and name that.',
    });
  }
  if (found.size > most) {
    throw new StropError({
      code: 'disk',
      problem: `this file is too large: ${formatBytes(found.size)}, and ${formatBytes(most)} can be read`,
      where: path,
      remedy: 'Record for a shorter time or at a lower rate, or give a part of it.',
    });
  }
}

async function orTrouble<T>(path: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    throw diskError(error, path);
  }
}

async function orMissing<T, M>(path: string, missing: M, act: () => Promise<T>): Promise<T | M> {
  try {
    return await act();
  } catch (error) {
    if (isMissing(error)) return missing;
    throw diskError(error, path);
  }
}

function limitTo(most: number): <T>(act: () => Promise<T>) => Promise<T> {
  const waiting: (() => void)[] = [];
  let running = 0;
  return async (act) => {
    if (running >= most) {
      await new Promise<void>((resolve) => {
        waiting.push(resolve);
      });
    } else {
      running += 1;
    }
    try {
      return await act();
    } finally {
      // The place goes straight to the next one.
      const next = waiting.shift();
      if (next === undefined) running -= 1;
      else next();
    }
  };
}

function kindOf(entry: Stats | Dirent): Entry['kind'] {
  if (entry.isSymbolicLink()) return 'link';
  if (entry.isFile()) return 'file';
  return entry.isDirectory() ? 'folder' : 'other';
}

async function list(folder: string): Promise<readonly Entry[]> {
  const entries = await fs.readdir(folder, { withFileTypes: true });
  return entries
    .map((entry) => ({ name: entry.name, kind: kindOf(entry) }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Not by `recursive: true`, with which Node says ENOENT on a read-only file system. */
async function makeFolder(path: string): Promise<void> {
  try {
    await fs.mkdir(path);
  } catch (error) {
    const parent = dirname(path);
    if (hasCode(error, 'ENOENT') && parent !== path) {
      await makeFolder(parent);
      await makeFolder(path);
      return;
    }
    // Whatever the system says about making it: when it is there, all is well.
    const there = await fs.stat(path).catch(() => undefined);
    if (there?.isDirectory() !== true) throw error;
  }
}

/** Writes a new file beside the path and gives it to `place`; nothing is left of it when that fails. */
async function throughTemporary<T>(
  path: string,
  content: string | Uint8Array,
  place: (temporary: string) => Promise<T>,
): Promise<T> {
  const folder = dirname(path);
  // Not made from the file's name, which may already be as long as a name can be. The number of this process tells
  // later whether anybody still writes it.
  const temporary = join(folder, `.strop-${process.pid}-${randomBytes(6).toString('hex')}.tmp`);
  await makeFolder(folder);
  try {
    await fs.writeFile(temporary, content, { flag: 'wx' });
    return await place(temporary);
  } finally {
    await fs.rm(temporary, { force: true }).catch(() => undefined);
  }
}

async function writeAtomically(path: string, content: string | Uint8Array): Promise<void> {
  const target = await fs.realpath(path).catch(() => path);
  const former = await fs.stat(target).catch(() => undefined);
  await throughTemporary(target, content, async (temporary) => {
    if (former !== undefined) await fs.chmod(temporary, former.mode & 0o7777);
    await fs.rename(temporary, target);
  });
}

async function create(path: string, content: string): Promise<boolean> {
  try {
    // A link is made at once or not at all, and never over something else.
    await throughTemporary(path, content, (temporary) => fs.link(temporary, path));
    return true;
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false;
    // File systems without hard links.
    if (!hasCode(error, 'EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK')) throw error;
  }
  try {
    await fs.writeFile(path, content, { flag: 'wx' });
    return true;
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false;
    await fs.rm(path, { force: true }).catch(() => undefined);
    throw error;
  }
}

async function copy(from: string, to: string): Promise<void> {
  const source = await fs.lstat(from).catch((error: unknown) => {
    throw diskError(error, from);
  });
  await makeFolder(dirname(to));
  // Removed first: copying over a link would write into its target, and over a read-only file would fail.
  await fs.unlink(to).catch((error: unknown) => {
    if (!isMissing(error)) throw error;
  });
  if (source.isSymbolicLink()) {
    await fs.symlink(await fs.readlink(from), to);
  } else {
    await fs.copyFile(from, to, constants.COPYFILE_FICLONE);
  }
}

async function move(from: string, to: string): Promise<boolean> {
  await makeFolder(dirname(to));
  const there = await fs.lstat(to).catch(() => undefined);
  // A rename replaces a file without a word.
  if (there !== undefined && !there.isDirectory()) return false;
  try {
    await fs.rename(from, to);
    return true;
  } catch (error) {
    if (hasCode(error, 'ENOTEMPTY', 'EEXIST')) return false;
    // Windows says so of any folder that is there already.
    if (there !== undefined && hasCode(error, 'EPERM', 'EACCES')) return false;
    throw error;
  }
}

async function remove(path: string): Promise<void> {
  const options = { recursive: true, force: true, maxRetries: 3, retryDelay: 50 };
  try {
    await fs.rm(path, options);
  } catch (error) {
    if (isMissing(error)) return;
    if (!hasCode(error, 'EACCES', 'EPERM', 'ENOTEMPTY')) throw error;
    await openFolders(path);
    await fs.rm(path, options);
  }
}

/** Gives the owner write permission to all folders of a tree: without it their content cannot be removed. */
async function openFolders(folder: string): Promise<void> {
  if (!(await fs.lstat(folder)).isDirectory()) return;
  await fs.chmod(folder, 0o700);
  for (const entry of await fs.readdir(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) await openFolders(join(folder, entry.name));
  }
}
