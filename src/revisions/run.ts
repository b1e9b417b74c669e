import { join } from 'node:path';
import type { Host } from '#host';
import { removeIfHalfWritten } from './half-written.ts';
import { describeOwner, isGone, readOwner } from './owner.ts';

/** The folder in which one strop keeps its checkouts while it runs. */
export interface Run {
  /** Absolute path, symbolic links resolved; of the same length for every run on a machine. */
  readonly folder: string;
  /** Removes the folder; may be called twice. */
  dispose(): Promise<void>;
}

const RUN_NAME = /^run-[0-9a-f]{16}$/;

/**
 * Makes a run folder that goes away with this strop, also when it is killed: the keeper of the processes removes it, or
 * else the next start ({@link removeLeftovers}).
 */
export async function openRun(host: Host): Promise<Run> {
  await host.files.makeFolder(host.folders.runs);
  const runs = (await host.files.real(host.folders.runs)) ?? host.folders.runs;
  const folder = join(runs, `run-${host.random.token(8)}`);
  const owner = `${folder}.json`;
  // The owner is written first and removed last, so that a folder without an owner never belongs to a living strop.
  await host.files.writeAtomically(owner, JSON.stringify(await describeOwner(host)));
  host.processes.guardFolder(folder);
  await host.files.makeFolder(folder);
  return {
    folder,
    dispose: async () => {
      // What a workload left behind with nothing to tell it by but where it is.
      await host.processes.endIn(folder);
      await host.files.remove(folder);
      host.processes.releaseFolder(folder);
      await host.files.remove(owner);
    },
  };
}

/**
 * Removes the run folders of strops that have ended without doing so themselves, and ends what still runs in them: the
 * keeper does so, unless it was killed as well. Those of living ones stay. Returns the folders that were removed.
 */
export async function removeLeftovers(host: Host): Promise<readonly string[]> {
  const runs = (await host.files.real(host.folders.runs)) ?? host.folders.runs;
  const removed: string[] = [];
  const listed = await host.files.list(runs);
  for (const entry of listed) await removeIfHalfWritten(host, runs, entry);
  const entries = new Set(listed.map((entry) => entry.name));
  const names = new Set([...entries].map((name) => name.replace(/\.json$/, '')));
  for (const name of names) {
    if (!RUN_NAME.test(name)) continue;
    const folder = join(runs, name);
    const ownerFile = `${folder}.json`;
    const owner = await readOwner(host, ownerFile);
    if (owner !== undefined && !(await isGone(host, owner))) continue;
    // An owner file that cannot be read may be of a newer strop.
    if (owner === undefined && (await host.files.kind(ownerFile)) !== undefined) continue;
    if (entries.has(name)) {
      removed.push(folder);
      await host.processes.endIn(folder);
    }
    await host.files.remove(folder);
    await host.files.remove(ownerFile);
  }
  return removed;
}
