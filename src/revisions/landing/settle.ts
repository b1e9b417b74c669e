import { join } from 'node:path';
import { StropError } from '#base';
import type { Host } from '#host';
import { runAsUser, runGit } from '../git.ts';
import { indexPath, isBehind, makeIndex, sameBytes } from './index-file.ts';
import { landingFolder } from './journal.ts';
import type { CommitMove, Journal } from './journal.ts';
import { lockSource } from './move-ref.ts';
import { removeHalfWrittenFiles, writeFiles } from './project-files.ts';
import { diffTrees } from './tree-changes.ts';

/** A script that was claimed and still runs is waited for this long; then the next start looks again. */
const PATIENCE_MS = 30_000;
const PAUSE_MS = 20;

/** A lock of a living git is gone by then. */
const LOCK_MS = 1000;

async function isRunning(host: Host, pid: number, token: string): Promise<boolean> {
  // Another process may have got the number since: the script has the landing's folder among its arguments.
  if (host.platform === 'linux') {
    return (await host.files.readText(`/proc/${pid}/cmdline`))?.includes(token) ?? false;
  }
  const asked = await host.processes.run({ argv: ['ps', '-o', 'command=', '-p', String(pid)] });
  return asked.stdout.includes(token);
}

/**
 * Makes sure that the script of a landing whose owner is gone does nothing any more: it has ended, or will never begin.
 * False when it still runs after a long time.
 */
async function stopScript(host: Host, journal: Journal): Promise<boolean> {
  const claim = join(landingFolder(host, journal.token), 'claim');
  if (await host.files.create(claim, 'undone\n')) return true;
  for (let waited = 0; waited < PATIENCE_MS; waited += PAUSE_MS) {
    const text = await host.files.readText(claim);
    // Made and not yet written: it is about to be, unless its writer was killed between the two.
    const pid = /^\d+/.exec(text ?? '')?.[0];
    if (
      pid === undefined
        ? text !== '' || waited > LOCK_MS
        : !(await isRunning(host, Number(pid), journal.token))
    ) {
      return true;
    }
    await host.clock.sleep(PAUSE_MS);
  }
  return false;
}

/** Whether the branch holds the commit, also below newer ones. */
async function isMoved(host: Host, move: CommitMove): Promise<boolean> {
  for (const name of ['HEAD', ...(move.ref === undefined ? [] : [move.ref])]) {
    const asked = await runGit(host, {
      cwd: move.repository.top,
      args: ['merge-base', '--is-ancestor', move.commit, name],
    });
    if (asked.ok) return true;
  }
  return false;
}

/** Removes locks of refs that a killed `git update-ref` of this landing left. */
async function removeRefLocks(host: Host, journal: Journal, move: CommitMove): Promise<void> {
  const { files, clock } = host;
  const folder = landingFolder(host, journal.token);
  const has = async (name: string): Promise<boolean> => (await files.kind(join(folder, name))) !== undefined;
  if (!(await has('moving')) || (await has('done')) || (await has('failed'))) return;
  const { gitDir, commonDir } = move.repository;
  const head = join(gitDir, 'HEAD.lock');
  const branch = move.ref === undefined ? undefined : join(commonDir, `${move.ref}.lock`);
  for (const lock of branch === undefined ? [head] : [branch, head]) {
    const text = await files.readText(lock);
    if (text === undefined) continue;
    if (text.trim() === move.commit) {
      await files.remove(lock);
    } else if (text === '') {
      // Nothing in it says whose it is; who lives lets go of it within moments.
      for (let waited = 0; waited < LOCK_MS && (await files.kind(lock)) !== undefined; waited += PAUSE_MS) {
        await clock.sleep(PAUSE_MS);
      }
      await files.remove(lock);
    }
  }
}

async function finishIndex(host: Host, journal: Journal, move: CommitMove): Promise<void> {
  const { repository } = move;
  const folder = landingFolder(host, journal.token);
  if ((await host.files.kind(join(folder, 'done'))) !== undefined) return;
  const index = indexPath(repository);
  const rename = async (from: string): Promise<void> => {
    await runAsUser(host, { cwd: repository.top, argv: ['mv', '-f', from, index] });
  };
  if (await sameBytes(host, `${index}.lock`, join(folder, 'index-after'))) {
    await rename(`${index}.lock`);
    return;
  }
  if ((await host.files.kind(`${index}.lock`)) !== undefined) return;
  // Somebody took the lock away by hand: the index may not know of the commit yet.
  if ((await host.files.kind(join(folder, 'index-after'))) === undefined) return;
  const changes = await diffTrees(host, { cwd: repository.top }, move.parent, move.commit);
  if (!(await isBehind(host, repository, changes))) return;
  const made = await makeIndex(host, { repository, folder }, changes);
  await host.files.copy(made.after, lockSource(repository, journal.token));
  await rename(lockSource(repository, journal.token));
}

/** What became of a landing, and the files that somebody else has changed meanwhile, which were left alone. */
export interface Settled {
  readonly outcome: 'completed' | 'undone';
  readonly left: readonly string[];
}

/** Takes back what a landing has begun; only before the branch has moved. */
async function undo(host: Host, journal: Journal, move: CommitMove): Promise<void> {
  const lock = `${indexPath(move.repository)}.lock`;
  const after = join(landingFolder(host, journal.token), 'index-after');
  if (await sameBytes(host, lock, after)) await host.files.remove(lock);
}

/**
 * Looks whether the branch has moved, and completes or undoes the landing accordingly. Nothing of it may be running.
 * The journal stays.
 */
export async function settle(host: Host, journal: Journal): Promise<Settled> {
  const { move, files } = journal;
  if (move === undefined) return { outcome: 'completed', left: await writeFiles(host, files) };
  const moved = await isMoved(host, move);
  await removeRefLocks(host, journal, move);
  if (moved) await finishIndex(host, journal, move);
  else await undo(host, journal, move);
  await host.files.remove(lockSource(move.repository, journal.token));
  return moved
    ? { outcome: 'completed', left: await writeFiles(host, files) }
    : { outcome: 'undone', left: [] };
}

/** Settles the landing of a strop that is gone; undefined when its script runs on and on. */
export async function settleLeft(host: Host, journal: Journal): Promise<Settled | undefined> {
  if (journal.move !== undefined && !(await stopScript(host, journal))) return undefined;
  try {
    return await settle(host, journal);
  } catch (error) {
    // The repository may be gone by now.
    if (!(error instanceof StropError) || journal.move === undefined) throw error;
    if ((await host.files.kind(journal.move.repository.gitDir)) !== undefined) throw error;
    return { outcome: 'undone', left: [] };
  } finally {
    await removeHalfWrittenFiles(host, journal.files);
  }
}
