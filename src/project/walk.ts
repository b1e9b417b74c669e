import type { Host } from '#host';
import { joinPath } from './documents.ts';
import { tryList } from './readable.ts';

/** Folders that hold no source of the project, wherever they stand. */
const SKIPPED =
  /^(\..*|__pycache__|node_modules|site-packages|venv|env|virtualenv|build|dist|_build|htmlcov|.*\.egg-info|.*\.egg|\.?eggs)$/;

/** A file met on a walk. */
export interface WalkedFile {
  /** Relative to the start, with `/`. */
  readonly path: string;
  readonly name: string;
}

/** Everything that a walk meets, for those who look at it more than once. */
export async function listFiles(host: Host, start: string): Promise<readonly WalkedFile[]> {
  const files: WalkedFile[] = [];
  for await (const file of walkFiles(host, start)) files.push(file);
  return files;
}

/** How far a walk goes. */
export interface WalkLimits {
  /** Folders below the start; 0 is the start itself. Default 8. */
  readonly depth?: number;
  /** Entries to look at before the walk gives up. Default 20000: a second or so on a cold disk. */
  readonly entries?: number;
}

/**
 * Walks a project breadth first in the order of names, without build products, hidden folders, environments and
 * links. A limit keeps a project with data folders from taking minutes: what lies near the top is seen first.
 */
export async function* walkFiles(
  host: Host,
  start: string,
  limits: WalkLimits = {},
): AsyncGenerator<WalkedFile> {
  let left = limits.entries ?? 20_000;
  const depth = limits.depth ?? 8;
  const queue: { path: string; depth: number }[] = [{ path: '', depth: 0 }];
  for (let folder = queue.shift(); folder !== undefined; folder = queue.shift()) {
    const entries = await tryList(host, joinPath(start, folder.path));
    if (folder.depth > 0 && entries.some((entry) => entry.name === 'pyvenv.cfg')) continue;
    for (const entry of entries) {
      left -= 1;
      if (left < 0) return;
      const path = folder.path === '' ? entry.name : `${folder.path}/${entry.name}`;
      if (entry.kind === 'file') yield { path, name: entry.name };
      else if (entry.kind === 'folder' && folder.depth < depth && !SKIPPED.test(entry.name)) {
        queue.push({ path, depth: folder.depth + 1 });
      }
    }
  }
}
