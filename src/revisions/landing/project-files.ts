import { Buffer } from 'node:buffer';
import { basename, dirname, join } from 'node:path';
import { StropError } from '#base';
import type { Host } from '#host';
import type { FileWrite } from './journal.ts';

/** A file is not what the caller has read of it: to be rendered again on top of what it is now. Code `bad-tree`. */
export class FilesChanged extends StropError {
  /** Absolute paths. */
  readonly paths: readonly string[];

  constructor(paths: readonly string[]) {
    super({
      code: 'bad-tree',
      problem: 'the file has been changed by somebody else meanwhile',
      where: paths.join(', '),
      remedy: 'Run the command again.',
    });
    this.name = 'FilesChanged';
    this.paths = paths;
  }
}

async function holds(host: Host, path: string, text: string | undefined): Promise<boolean> {
  if (text === undefined) return (await host.files.kind(path)) === undefined;
  // By bytes: a file that is not UTF-8 must not pass for the text that it was read as.
  const bytes = await host.files.readBytes(path);
  return bytes !== undefined && Buffer.compare(bytes, Buffer.from(text, 'utf8')) === 0;
}

/** Fails with {@link FilesChanged} unless every file is what the caller expects. */
export async function demandUnchanged(host: Host, files: readonly FileWrite[]): Promise<void> {
  const changed: string[] = [];
  for (const { path, before } of files) if (!(await holds(host, path, before))) changed.push(path);
  if (changed.length > 0) throw new FilesChanged(changed);
}

/**
 * Writes the files that still are what they were, and answers the others: nobody's edit is overwritten. Files that are
 * written already stay.
 */
export async function writeFiles(host: Host, files: readonly FileWrite[]): Promise<readonly string[]> {
  const left: string[] = [];
  for (const { path, text, before } of files) {
    if (await holds(host, path, text)) continue;
    if (!(await holds(host, path, before))) {
      left.push(path);
      continue;
    }
    try {
      await host.files.writeAtomically(path, text);
    } catch (error) {
      // The commit stands: a log that cannot be written must not make it look undone.
      if (!(error instanceof StropError)) throw error;
      left.push(path);
    }
  }
  return left;
}

/** Removes what a strop that was killed in the middle of writing a file has left beside it. */
export async function removeHalfWrittenFiles(host: Host, files: readonly FileWrite[]): Promise<void> {
  for (const { path, text } of files) {
    const whole = Buffer.from(text, 'utf8');
    const folder = dirname((await host.files.real(path)) ?? path);
    for (const { name, kind } of await host.files.list(folder)) {
      if (kind !== 'file' || name === basename(path) || !/^\.strop-\d+-[0-9a-f]+\.tmp$/.test(name)) continue;
      const bytes = await host.files.readBytes(join(folder, name));
      if (bytes === undefined || bytes.length > whole.length) continue;
      if (whole.subarray(0, bytes.length).equals(bytes)) await host.files.remove(join(folder, name));
    }
  }
}
