import { join } from 'node:path';
import type { Entry, Host } from '#host';
import { hasProcess } from './owner.ts';

/** What the host names a file until it is whole: by the process that writes it. */
const TEMPORARY = /^\.strop-(\d+)-[0-9a-f]+\.tmp$/;

/**
 * Removes the file if a strop was writing it when it was killed. Where two machines share a folder, a file that lives
 * for a moment may be taken from the other one, whose write then fails.
 */
export async function removeIfHalfWritten(host: Host, folder: string, { name, kind }: Entry): Promise<void> {
  const pid = TEMPORARY.exec(name)?.[1];
  if (kind !== 'file' || pid === undefined || (await hasProcess(host, Number(pid)))) return;
  await host.files.remove(join(folder, name));
}

/** Removes the files that killed strops did not write to their end, from a folder of strop's own and those right in it. */
export async function removeHalfWritten(host: Host, folder: string): Promise<void> {
  for (const entry of await host.files.list(folder)) {
    await removeIfHalfWritten(host, folder, entry);
    if (entry.kind !== 'folder') continue;
    const inner = join(folder, entry.name);
    for (const each of await host.files.list(inner)) await removeIfHalfWritten(host, inner, each);
  }
}
