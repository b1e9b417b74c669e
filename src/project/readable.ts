import { StropError } from '#base';
import type { Entry, Host } from '#host';

/*
 * A project may hold things that cannot be read: folders of a database that another user owns, links in a circle, a
 * folder named like a file. Where strop only looks around, they count as absent.
 */

async function orAbsent<T>(absent: T, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof StropError && error.code === 'disk') return absent;
    throw error;
  }
}

/** The text of a file, or undefined when it does not exist or cannot be read. */
export async function tryRead(host: Host, path: string): Promise<string | undefined> {
  return orAbsent(undefined, () => host.files.readText(path));
}

/** The entries of a folder; none when it does not exist or cannot be read. */
export async function tryList(host: Host, folder: string): Promise<readonly Entry[]> {
  return orAbsent([], () => host.files.list(folder));
}

/** What a path is, or undefined when it does not exist or cannot be reached. */
export async function tryKind(host: Host, path: string): Promise<Entry['kind'] | undefined> {
  return orAbsent(undefined, () => host.files.kind(path));
}
