import type { Context } from './operation.ts';
import type { Kept } from './project-folders.ts';

/*
 * What surfaces may ask about a project without running an operation. Loaded when it is asked: the list of operations is
 * part of every start of strop.
 */

/**
 * The folders that belong to the project around the host's folder: its root and the top of its repository. Empty where
 * there is none.
 */
export async function findProjectFolders(host: Context['host']): Promise<readonly string[]> {
  const { findFolders } = await import('./project-folders.ts');
  return findFolders(host);
}

/** Opens what is kept about the project around the host's folder. Throws `no-project` when the folder does not exist. */
export async function openKept(host: Context['host']): Promise<Kept> {
  const { openKeptOf } = await import('./project-folders.ts');
  return openKeptOf(host);
}
