import { posix } from 'node:path';
import type { Host } from '#host';
import type { Side } from '#revisions';

/**
 * Whether every folder on the way to a path is a folder of the checkout itself. A link could lead out of the checkout, into
 * files of the user; `replace` takes a link or file on the way out and makes a folder in its place.
 */
async function leadsInside(host: Host, root: string, path: string, replace: boolean): Promise<boolean> {
  let folder = root;
  for (const name of posix.dirname(path).split('/')) {
    if (name === '.') continue;
    folder = `${folder}/${name}`;
    const kind = await host.files.kind(folder);
    if (kind === 'folder') continue;
    if (!replace) return false;
    if (kind !== undefined) await host.files.remove(folder);
    await host.files.makeFolder(folder);
  }
  return true;
}

/**
 * Gives side B's checkout the files of side A, by path relative to the repository: byte for byte, with their mode; what A
 * does not have is removed.
 */
export async function copyFromA(
  host: Host,
  sides: { readonly a: Side; readonly b: Side },
  paths: readonly string[],
): Promise<void> {
  // What is in the way goes first: a file of B may stand where A has a folder.
  const missing: string[] = [];
  const present: string[] = [];
  for (const path of paths) {
    const inA = (await leadsInside(host, sides.a.root, path, false))
      ? await host.files.kind(`${sides.a.root}/${path}`)
      : undefined;
    (inA === undefined ? missing : present).push(path);
  }
  for (const path of missing) {
    if (await leadsInside(host, sides.b.root, path, false))
      await host.files.remove(`${sides.b.root}/${path}`);
  }
  for (const path of present) {
    const target = `${sides.b.root}/${path}`;
    await leadsInside(host, sides.b.root, path, true);
    if ((await host.files.kind(target)) === 'folder') await host.files.remove(target);
    await host.files.copy(`${sides.a.root}/${path}`, target);
  }
}
