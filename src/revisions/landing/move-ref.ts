import { join } from 'node:path';
import { StropError } from '#base';
import type { ChildResult, Host } from '#host';
import { gitMessage, runAsUser } from '../git.ts';
import type { Repository } from '../repository.ts';
import { indexPath, makeIndex, sameBytes } from './index-file.ts';
import { landingFolder } from './journal.ts';
import type { CommitMove, Journal } from './journal.ts';
import { headMoved, readHead } from './repository-state.ts';
import type { TreeChange } from './tree-changes.ts';

/*
 * One child does all that must not be seen half done, and outlives strop. It begins by claiming the landing: whoever
 * makes the claim's file, the script or a later start of strop, decides what becomes of it. The index is locked as git
 * locks it, by a file that must not exist; the lock holds the complete new index from its first moment on.
 */
const SCRIPT = `
set -C
folder=$1 place=$2 index=$3 reflog=$4 commit=$5 parent=$6
printf '%s\\n' "$$" >"$folder/claim" || exit 75
ln "$place" "$index.lock" 2>/dev/null ||
  { [ ! -e "$index.lock" ] && cat "$place" >"$index.lock"; } 2>/dev/null || exit 77
if [ -e "$index" ]; then cmp -s "$folder/index-before" "$index"; else [ ! -s "$folder/index-before" ]; fi ||
  { rm -f "$index.lock"; exit 78; }
: >"$folder/moving"
git update-ref -m "$reflog" HEAD "$commit" "$parent" || {
  # More than 128: it was killed, and its own locks are still there.
  [ $? -gt 128 ] || : >"$folder/failed"
  rm -f "$index.lock"
  exit 76
}
mv -f "$index.lock" "$index" && rm -f "$place"
: >"$folder/done"
`;

const EXIT = { claimed: 75, refused: 76, locked: 77, changed: 78 } as const;

/** How often a lock is tried, or an index that changed is made anew. */
const MOST_TRIES = 40;
const PAUSE_MS = 50;

/** The file in the git folder that becomes the lock, on the same file system and with the modes of that folder. */
export function lockSource(repository: Repository, token: string): string {
  return join(repository.gitDir, `strop-${token}`);
}

async function runScript(host: Host, journal: Journal, move: CommitMove): Promise<ChildResult> {
  const folder = landingFolder(host, journal.token);
  const { repository, commit, parent, title } = move;
  return runAsUser(host, {
    cwd: repository.top,
    argv: [
      'sh',
      '-c',
      SCRIPT,
      'strop-landing',
      folder,
      lockSource(repository, journal.token),
      indexPath(repository),
      `commit: ${title}`,
      commit,
      parent,
    ],
    outlives: true,
  });
}

function refuseLocked(repository: Repository): StropError {
  return new StropError({
    code: 'bad-tree',
    problem: 'another git process holds the index of the repository',
    where: `${indexPath(repository)}.lock`,
    remedy: 'Wait for it to end; if none runs, remove the file. Then run the command again.',
  });
}

/** Fails with `bad-tree` when the index stays locked for longer than a git command that only looks takes. */
export async function demandUnlocked(host: Host, repository: Repository): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    if ((await host.files.kind(`${indexPath(repository)}.lock`)) === undefined) return;
    if (tries >= MOST_TRIES) throw refuseLocked(repository);
    await host.clock.sleep(PAUSE_MS);
  }
}

async function explain(host: Host, move: CommitMove, result: ChildResult): Promise<StropError> {
  const { repository, parent } = move;
  const where = repository.top;
  if (result.exitCode === EXIT.locked) return refuseLocked(repository);
  if (result.exitCode === EXIT.changed || result.exitCode === EXIT.claimed) {
    return new StropError({
      code: 'bad-tree',
      problem: 'the repository keeps changing while the commit is being made',
      where,
      remedy: 'Let other git processes end, then run the command again.',
    });
  }
  const head = await readHead(host, repository);
  if (head.commit !== parent) return headMoved(parent, head.commit);
  const detail = gitMessage(result);
  if (/reference-transaction/.test(detail) || /unable to (lock|create|write)|\.lock/i.test(detail)) {
    return new StropError({
      code: 'commit-refused',
      problem: 'git cannot move the branch to the new commit',
      where: move.ref ?? 'HEAD',
      remedy: 'See what git says: a hook, or another git process, holds the branch.',
      detail,
    });
  }
  return new StropError({
    code: 'commit-refused',
    problem: 'git cannot move the branch to the new commit',
    where: move.ref ?? 'HEAD',
    remedy: 'Look at what git says.',
    detail,
  });
}

/**
 * Moves HEAD's branch to the commit and puts the new index in place, in a few milliseconds and as one. `ready` is asked
 * once before, as late as can be. Fails with nothing changed: `bad-tree` (HEAD or the index belongs to somebody else by
 * now, staged content would be lost), `commit-refused` (git or a reference-transaction hook).
 */
export async function moveRef(
  host: Host,
  journal: Journal,
  move: CommitMove,
  work: { readonly changes: readonly TreeChange[]; ready(): Promise<void> },
): Promise<void> {
  const { repository } = move;
  const folder = landingFolder(host, journal.token);
  const source = lockSource(repository, journal.token);
  let made: { readonly before: string; readonly after: string } | undefined;
  for (let tries = 1; ; tries += 1) {
    made ??= await makeIndex(host, { repository, folder }, work.changes);
    await host.files.copy(made.after, source);
    await work.ready();
    const result = await runScript(host, journal, move);
    if (result.ok) return;
    const locked = result.exitCode === EXIT.locked;
    if ((!locked && result.exitCode !== EXIT.changed) || tries >= MOST_TRIES) {
      throw await explain(host, move, result);
    }
    // The script has ended, and nobody else is in this folder while its owner lives.
    await host.files.remove(join(folder, 'claim'));
    if (locked) await host.clock.sleep(PAUSE_MS);
    if (!(await sameBytes(host, made.before, indexPath(repository)))) made = undefined;
  }
}
