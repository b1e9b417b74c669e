import { Buffer } from 'node:buffer';
import { join } from 'node:path';
import { StropError } from '#base';
import type { Host } from '#host';
import { askGit, runGit, splitZero } from '../git.ts';
import type { GitCall } from '../git.ts';
import { readingEnvironment } from '../repository.ts';
import type { Repository } from '../repository.ts';
import { indexInfo, nameFew } from './tree-changes.ts';
import type { TreeChange, TreeEntry } from './tree-changes.ts';

/** One entry of an index. */
export interface IndexEntry extends TreeEntry {
  /** `git update-index --assume-unchanged`. */
  readonly assumed: boolean;
  /** `git update-index --skip-worktree`, as sparse checkouts set it. */
  readonly skipped: boolean;
}

const FAILURE = {
  code: 'bad-tree',
  problem: 'git cannot work with the index',
  remedy: 'Repair the repository until `git status` works.',
} as const;

/** What `git add --intent-to-add` puts into the index, and an empty file: SHA-1 and SHA-256. */
const EMPTY_BLOBS = new Set([
  'e69de29bb2d1d6434b8b29ae775ad8c2e48c5391',
  '473a0f4c3be8a93681a267e3b1e9a7dcda1185436fe141f7749120a303721813',
]);

/** Path of the index of a working tree; linked worktrees have their own. */
export function indexPath(repository: Repository): string {
  return join(repository.gitDir, 'index');
}

/** An index file of our own. */
export interface OwnIndex {
  readonly repository: Repository;
  /** Absolute path. */
  readonly path: string;
  /** Store of strop's own where the objects still are; absent when the repository has them. */
  readonly objects?: string | undefined;
}

/** A call of git on such an index, seen against the user's working tree. */
function onIndex(index: OwnIndex): Omit<GitCall, 'args'> {
  const { repository, path, objects } = index;
  const reading = objects === undefined ? {} : readingEnvironment(repository, objects);
  return { cwd: repository.top, env: { ...reading, GIT_INDEX_FILE: path } };
}

async function readEntries(host: Host, index: OwnIndex): Promise<ReadonlyMap<string, IndexEntry>> {
  const text = await askGit(host, { ...onIndex(index), args: ['ls-files', '-s', '-v', '-z'] }, FAILURE);
  const entries = new Map<string, IndexEntry>();
  for (const line of splitZero(text)) {
    const [, tag = '', mode = '', blob = '', stage = '', path = ''] =
      /^(\S) (\d+) ([0-9a-f]+) (\d)\t(.+)$/s.exec(line) ?? [];
    if (stage !== '0') {
      throw new StropError({
        code: 'bad-tree',
        problem: 'a merge is not finished, so nothing can be committed',
        where: path,
        remedy: 'Resolve the conflicts and `git add` the files.',
      });
    }
    const upper = tag.toUpperCase();
    entries.set(path, { mode, blob, assumed: tag !== upper, skipped: upper === 'S' });
  }
  return entries;
}

function same(one: TreeEntry | undefined, other: TreeEntry | undefined): boolean {
  return one?.mode === other?.mode && one?.blob === other?.blob;
}

function refuseLoss(paths: readonly string[], top: string): StropError {
  return new StropError({
    code: 'bad-tree',
    problem: `what is staged of ${nameFew(paths)} is neither what HEAD has nor what was measured, and would be lost`,
    where: top,
    remedy: `Unstage it (git restore --staged ${nameFew(paths.slice(0, 3))}), or commit or stash it first.`,
    detail: paths.join('\n'),
  });
}

/** Fails with `bad-tree` when the index holds content of the changed paths that exists nowhere else. */
function demandNothingLost(
  entries: ReadonlyMap<string, IndexEntry>,
  changes: readonly TreeChange[],
  top: string,
): void {
  const lost = changes.filter(({ path, before, after }) => {
    const staged = entries.get(path);
    if (staged === undefined || same(staged, before) || same(staged, after)) return false;
    return !EMPTY_BLOBS.has(staged.blob);
  });
  if (lost.length > 0)
    throw refuseLoss(
      lost.map(({ path }) => path),
      top,
    );
}

async function setFlag(
  host: Host,
  call: Omit<GitCall, 'args'>,
  flag: string,
  paths: readonly string[],
): Promise<void> {
  if (paths.length === 0) return;
  const stdin = paths.map((path) => `${path}\0`).join('');
  await askGit(host, { ...call, args: ['update-index', flag, '-z', '--stdin'], stdin }, FAILURE);
}

/** Keeps the user's cache of untracked files in an index that is written. */
const KEEPING = ['-c', 'core.untrackedCache=keep'];

/** Writes the paths into an index file as they are after the changes, and renews its knowledge of file times. */
export async function applyChanges(
  host: Host,
  index: OwnIndex,
  changes: readonly TreeChange[],
): Promise<void> {
  const call = onIndex(index);
  if (changes.length > 0) {
    const args = [...KEEPING, 'update-index', '-z', '--index-info'];
    await askGit(host, { ...call, args, stdin: indexInfo(changes) }, FAILURE);
  }
  // Its exit code only says that there are edited files.
  await runGit(host, { ...call, args: [...KEEPING, 'update-index', '-q', '--refresh'] });
}

/** A new index for the user, and the one that it was made from. */
export interface NewIndex {
  /** Path of the new one. */
  readonly after: string;
  /** Path of a copy of the one before; an empty file when there is none. */
  readonly before: string;
}

/**
 * Makes the index that the user is to have after the commit: the changed paths as committed, everything else as it is.
 * The user's own index is only read. Fails with `bad-tree` when something staged would be lost.
 */
export async function makeIndex(
  host: Host,
  place: { readonly repository: Repository; readonly folder: string; readonly objects?: string },
  changes: readonly TreeChange[],
): Promise<NewIndex> {
  const { repository, folder } = place;
  const made: NewIndex = { after: join(folder, 'index-after'), before: join(folder, 'index-before') };
  const bytes = await host.files.readBytes(indexPath(repository));
  await host.files.writeAtomically(made.before, bytes ?? '');
  await host.files.remove(made.after);
  if (bytes !== undefined) await host.files.writeAtomically(made.after, bytes);
  const index: OwnIndex = { repository, path: made.after, objects: place.objects };
  const entries = await readEntries(host, index);
  demandNothingLost(entries, changes, repository.top);
  await applyChanges(host, index, changes);
  const present = changes.filter(({ after }) => after !== undefined).map(({ path }) => path);
  const call = onIndex(index);
  for (const [flag, has] of [
    ['--assume-unchanged', (entry: IndexEntry) => entry.assumed],
    ['--skip-worktree', (entry: IndexEntry) => entry.skipped],
  ] as const) {
    const flagged = present.filter((path) => {
      const entry = entries.get(path);
      return entry !== undefined && has(entry);
    });
    await setFlag(host, call, flag, flagged);
  }
  // A file in place of a folder, or the other way round, takes the place of what else was staged there.
  const kept = await readEntries(host, index);
  const changed = new Set(changes.map(({ path }) => path));
  const lost = [...entries.keys()].filter((path) => !changed.has(path) && !kept.has(path));
  if (lost.length > 0) throw refuseLoss(lost, repository.top);
  return made;
}

/** Whether two files have the same bytes; a missing one is like none. */
export async function sameBytes(host: Host, one: string, other: string): Promise<boolean> {
  const [first, second] = await Promise.all([host.files.readBytes(one), host.files.readBytes(other)]);
  return first !== undefined && second !== undefined && Buffer.compare(first, second) === 0;
}

/** Whether the user's index still has some of these paths as they were before, and none as anything else. */
export async function isBehind(
  host: Host,
  repository: Repository,
  changes: readonly TreeChange[],
): Promise<boolean> {
  const entries = await readEntries(host, { repository, path: indexPath(repository) });
  const late = changes.filter(({ path, after }) => !same(entries.get(path), after));
  return late.length > 0 && late.every(({ path, before }) => same(entries.get(path), before));
}
