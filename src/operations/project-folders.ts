import { StropError } from '#base';
import { findProject } from '#project';
import { openHistory } from '#store';
import type { ComparisonDocument, ProfileDocument } from '#store';
import { LOG_FILE } from './campaign-files.ts';
import type { Context } from './operation.ts';

type Host = Context['host'];

/** See `project-access.ts`. */
export async function findFolders(host: Host): Promise<readonly string[]> {
  try {
    const { root, gitTop } = await findProject(host, host.cwd);
    return gitTop === undefined ? [root] : [root, gitTop];
  } catch (error) {
    if (error instanceof StropError) return [];
    throw error;
  }
}

/** What is kept about the project around the host's folder; nothing is run or written. */
export interface Kept {
  /** Text of OPTIMIZATION_LOG.md; undefined without one. */
  log(): Promise<string | undefined>;
  /** The newest comparison; undefined before the first. */
  comparison(): Promise<ComparisonDocument | undefined>;
  /** Names of kept profiles, newest first. */
  profiles(): Promise<readonly string[]>;
  profile(name: string): Promise<ProfileDocument | undefined>;
}

/** See `project-access.ts`. */
export async function openKeptOf(host: Host): Promise<Kept> {
  const { root } = await findProject(host, host.cwd);
  const history = openHistory(host, root);
  const names = async () => [...(await history.profiles.names())].reverse();
  return {
    log: () => host.files.readText(`${root}/${LOG_FILE}`),
    comparison: () => history.comparisons.latest(),
    profiles: names,
    // Only names from the list: anything else could lead out of the folder.
    profile: async (name) => ((await names()).includes(name) ? history.profiles.get(name) : undefined),
  };
}
