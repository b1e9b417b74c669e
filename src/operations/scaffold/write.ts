import { posix } from 'node:path';
import { StropError } from '#base';
import type { Host } from '#host';
import type { FileEdit } from './marker.ts';
import { refuseExisting } from './place.ts';

/** A file that does not exist yet. */
export interface NewFile {
  /** Relative to the project, with `/`. */
  readonly path: string;
  readonly content: string;
}

async function undo(host: Host, root: string, edit: FileEdit | undefined): Promise<void> {
  if (edit === undefined) return;
  const path = posix.join(root, edit.path);
  if (edit.before === undefined) await host.files.remove(path);
  else await host.files.writeAtomically(path, edit.before);
}

async function apply(host: Host, root: string, edit: FileEdit): Promise<void> {
  const path = posix.join(root, edit.path);
  if (edit.before === undefined) {
    if (await host.files.create(path, edit.afterText)) return;
  } else {
    const now = await host.files.readBytes(path);
    if (now !== undefined && Buffer.compare(now, edit.before) === 0) {
      await host.files.writeAtomically(path, edit.after);
      return;
    }
  }
  throw new StropError({
    code: 'bad-request',
    problem: 'this file was changed by somebody else just now; nothing was changed',
    where: edit.path,
    remedy: 'Run the same command again.',
  });
}

/** Folders that have to be made for a file, the innermost first. */
async function missingFolders(host: Host, root: string, path: string): Promise<readonly string[]> {
  const missing: string[] = [];
  for (let folder = posix.dirname(path); folder !== '.'; folder = posix.dirname(folder)) {
    const absolute = posix.join(root, folder);
    if ((await host.files.kind(absolute)) !== undefined) break;
    missing.push(absolute);
  }
  return missing;
}

/**
 * Writes the settings and then the new file, or neither: when the last step fails, the first is taken back. The new
 * file comes last because its being there is what a second run asks about.
 */
export async function writeAll(
  host: Host,
  projectRoot: string,
  edit: FileEdit | undefined,
  file: NewFile,
): Promise<void> {
  const root = projectRoot.replaceAll('\\', '/');
  await refuseExisting(host, root, file.path);
  const made = await missingFolders(host, root, file.path);
  if (edit !== undefined) await apply(host, root, edit);
  try {
    if (await host.files.create(posix.join(root, file.path), file.content)) return;
    // Somebody else was faster: the refusal is the same as if the file had been there before.
    await refuseExisting(host, root, file.path);
    throw new Error(`${file.path} was neither created nor there`);
  } catch (error) {
    await undo(host, root, edit);
    for (const folder of made) {
      if ((await host.files.list(folder)).length === 0) await host.files.remove(folder);
    }
    throw error;
  }
}
