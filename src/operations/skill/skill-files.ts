import { StropError } from '#base';
import type { Host } from '#host';
import { removeIfHalfWritten } from '#revisions';
import type { Place } from './agents.ts';
import { MANIFEST } from './manifest.ts';
import { pathOf } from './places.ts';

/** What lies in a skill's folder; links and the like only by name. */
export interface FolderContent {
  /** Content by path with `/`, without the manifest. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  readonly others: readonly string[];
  /** Folders below it, the innermost first. */
  readonly folders: readonly string[];
}

/**
 * Reads a folder with all that is in it. Throws a StropError `disk` for a file that is listed and cannot be read: taken
 * for one that is gone, it would be removed elsewhere.
 */
export async function readFolder(host: Host, top: string): Promise<FolderContent> {
  const files = new Map<string, Uint8Array>();
  const others: string[] = [];
  const folders: string[] = [];
  const walk = async (prefix: string): Promise<void> => {
    for (const { name, kind } of await host.files.list(`${top}/${prefix}`)) {
      const path = `${prefix}${name}`;
      if (kind === 'folder') {
        await walk(`${path}/`);
        folders.push(path);
      } else if (kind === 'file') {
        if (path !== MANIFEST) files.set(path, await readListed(host, `${top}/${path}`));
      } else others.push(path);
    }
  };
  await walk('');
  return { files, others, folders };
}

async function readListed(host: Host, path: string): Promise<Uint8Array> {
  const bytes = await host.files.readBytes(path);
  if (bytes !== undefined) return bytes;
  throw new StropError({
    code: 'disk',
    problem: 'this file is there and may not be read here, so strop cannot say what the skill is like',
    where: path,
    remedy:
      'Run `strop skill` in a terminal, which may read it; over MCP only files of the project are read.',
  });
}

/** What an editor, the system or Python leaves in a folder. */
const LITTER = /(^|\/)(\.|__pycache__\/)|\.pyc$|~$/;

/** The skill that comes with this strop. */
export async function readShippedSkill(host: Host): Promise<ReadonlyMap<string, Uint8Array>> {
  const { files } = await readFolder(host, host.folders.skill);
  const shipped = new Map([...files].filter(([path]) => !LITTER.test(path)));
  if (shipped.has('SKILL.md')) return shipped;
  throw new StropError({
    code: 'disk',
    problem: 'the skill is missing from this installation of strop',
    where: `${host.folders.skill}/SKILL.md`,
    remedy: 'Install strop again.',
  });
}

/** Removes what a killed strop left half-written in and around these places. */
export async function tidyUp(host: Host, skill: Place, config: Place | undefined): Promise<void> {
  const top = pathOf(skill);
  const folders: string[] = [];
  if ((await host.files.kind(top)) === 'folder')
    folders.push(top, ...(await readFolder(host, top)).folders.map((path) => `${top}/${path}`));
  if (config !== undefined) folders.push(pathOf({ base: config.base, parts: config.parts.slice(0, -1) }));
  for (const folder of folders)
    for (const entry of await host.files.list(folder)) await removeIfHalfWritten(host, folder, entry);
}
