import { StropError, formatBytes } from '#base';
import type { Host } from '#host';
import { runGit, splitZero } from './git.ts';
import type { Repository } from './repository.ts';

/** What a file costs on disk besides its content: half a block on average, and its entry. */
const FILE_OVERHEAD_BYTES = 4096;

/** What else a comparison writes: indexes, samples, bytecode. */
const SPARE_BYTES = 64 * 1024 * 1024;

async function treeBytes(host: Host, repository: Repository, commit: string): Promise<number> {
  const listed = await runGit(host, { cwd: repository.top, args: ['ls-tree', '-r', '-l', '-z', commit] });
  let bytes = 0;
  for (const entry of splitZero(listed.stdout)) {
    const size = /^\d+ blob [0-9a-f]+ +(\d+)\t/.exec(entry)?.[1];
    bytes += Number(size ?? 0) + FILE_OVERHEAD_BYTES;
  }
  return bytes;
}

/**
 * Fails with `disk` when the checkouts of these commits do not fit on the disk, before anything is written. A partial
 * clone is not asked: it would fetch every file to tell its size.
 */
export async function demandRoom(
  host: Host,
  repository: Repository,
  folder: string,
  commits: readonly string[],
): Promise<void> {
  const free = await host.files.freeBytes(folder);
  if (free === undefined || repository.partial) return;
  let needed = SPARE_BYTES;
  for (const commit of commits) needed += await treeBytes(host, repository, commit);
  if (free >= needed) return;
  throw new StropError({
    code: 'disk',
    problem: `the two checkouts need about ${formatBytes(needed)}, and ${formatBytes(free)} are free`,
    where: folder,
    remedy: 'Free some space, or set STROP_HOME to a folder on another disk.',
  });
}
