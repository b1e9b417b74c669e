import { StropError } from '#base';
import type { Host } from '#host';
import { MANIFEST } from './manifest.ts';
import { lookAt, pathOf, removeEmptyFolders } from './places.ts';
import type { Change, Plan } from './plan.ts';
import { readFolder } from './skill-files.ts';

async function write(host: Host, { place, before, after }: Change): Promise<void> {
  const path = pathOf(place);
  const now = (await host.files.kind(path)) === undefined ? undefined : await host.files.readBytes(path);
  const same =
    now === undefined ? before === undefined : before !== undefined && Buffer.compare(now, before) === 0;
  if (!same) {
    throw new StropError({
      code: 'bad-request',
      problem: 'this file was changed by somebody else just now',
      where: path,
      remedy: 'Run the same command again: it goes on from here.',
    });
  }
  if (after === undefined) await host.files.remove(path);
  else await host.files.writeAtomically(path, after);
}

async function removeEmptyFoldersIn(host: Host, top: string): Promise<void> {
  if ((await host.files.kind(top)) !== 'folder') return;
  for (const path of [...(await readFolder(host, top)).folders.map((each) => `${top}/${each}`), top])
    if ((await host.files.list(path)).length === 0) await host.files.remove(path);
}

/**
 * Does what was planned. Each file is whole or not written at any moment, and the manifest says before the first one
 * what may be found after a kill: running the same command again goes on from there.
 */
export async function applyPlan(host: Host, { target, changes, manifest }: Plan): Promise<void> {
  const { skill, config } = target;
  const file = pathOf({ base: skill.base, parts: [...skill.parts, MANIFEST] });
  if (manifest.meanwhile !== undefined) await host.files.writeAtomically(file, manifest.meanwhile);
  for (const change of changes) await write(host, change);
  if (manifest.after !== undefined) {
    if ((await host.files.readText(file)) !== manifest.after)
      await host.files.writeAtomically(file, manifest.after);
    await removeEmptyFoldersIn(host, pathOf(skill));
    return;
  }
  if (manifest.now !== undefined) await host.files.remove(file);
  if ((await lookAt(host, skill, 'folder')).kind === 'there') await removeEmptyFoldersIn(host, pathOf(skill));
  if (manifest.now === undefined) return;
  if ((await host.files.kind(pathOf(skill))) === undefined)
    await removeEmptyFolders(host, skill, manifest.now.foldersMade);
  if (config !== undefined)
    await removeEmptyFolders(host, config.place, manifest.now.config?.foldersMade ?? 0);
  // Once more, for the folders that only the settings kept alive.
  if ((await host.files.kind(pathOf(skill))) === undefined)
    await removeEmptyFolders(host, skill, manifest.now.foldersMade);
}
