import { join } from 'node:path';
import type { Host } from '#host';
import type { Place } from './agents.ts';

/** The place as an absolute path. */
export function pathOf({ base, parts }: Place): string {
  return join(base, ...parts);
}

/** The place as a user names it: relative to the project, or with `~` for the home. */
export function showPlace({ base, parts }: Place, top: string, home: string): string {
  const path = parts.join('/');
  if (base === top && top !== home) return path;
  return base === home ? `~/${path}` : `${base.replaceAll('\\', '/')}/${path}`;
}

/** What is at a place, and how many folders below the base have to be made for it. */
export type Found =
  | { readonly kind: 'missing'; readonly foldersToMake: number }
  | { readonly kind: 'there' }
  /** A link or a file in the way: strop neither follows nor replaces it. */
  | { readonly kind: 'refused'; readonly part: Place; readonly what: 'link' | 'file' | 'folder' | 'other' };

/**
 * Looks at a place and everything between its base and it. Links are not followed, also not those that point into the
 * same folder: what strop writes would turn up somewhere else than it says.
 */
export async function lookAt(host: Host, place: Place, wanted: 'file' | 'folder'): Promise<Found> {
  const { base, parts } = place;
  for (let count = 1; count <= parts.length; count += 1) {
    const part = { base, parts: parts.slice(0, count) };
    const kind = await host.files.kind(pathOf(part));
    const last = count === parts.length;
    if (kind === undefined) return { kind: 'missing', foldersToMake: parts.length - count };
    if (kind !== (last ? wanted : 'folder')) return { kind: 'refused', part, what: kind };
  }
  return { kind: 'there' };
}

/** Removes so many of the innermost folders around a place, as far as nothing is in them. */
export async function removeEmptyFolders(host: Host, place: Place, count: number): Promise<void> {
  const most = Math.min(count, place.parts.length - 1);
  for (let up = 1; up <= most; up += 1) {
    const folder = pathOf({ base: place.base, parts: place.parts.slice(0, -up) });
    if ((await host.files.kind(folder)) !== 'folder') continue;
    if ((await host.files.list(folder)).length > 0) return;
    await host.files.remove(folder);
  }
}
