import type { Host } from '#host';
import { openRepository } from '../repository.ts';
import { findHooks } from './hooks.ts';
import { closeJournal, landingFolder, openJournal } from './journal.ts';
import type { CommitMove, FileWrite, Journal } from './journal.ts';
import { moveRef } from './move-ref.ts';
import { moveObjects } from './new-objects.ts';
import type { PreparedCommit } from './prepare-commit.ts';
import { demandUnchanged, writeFiles } from './project-files.ts';
import { demandReady } from './repository-state.ts';
import { settle } from './settle.ts';
import type { Settled } from './settle.ts';
import { diffTrees } from './tree-changes.ts';

/** One transaction. */
export interface LandingRequest {
  readonly project: { readonly root: string };
  /** The commit, of which the run folder still must exist; absent to write files alone. */
  readonly prepared?: PreparedCommit | undefined;
  /** Files of the project, or of strop's own, that are to be written with it. */
  readonly files: readonly FileWrite[];
  /** JSON for whoever finds this landing unfinished: {@link finishLandings} hands it back. */
  readonly note: unknown;
}

/** What a landing did. */
export interface Landed {
  /** Files that somebody changed in the last moment, or that cannot be written: left alone, to be rendered again. */
  readonly left: readonly string[];
}

async function moveAll(
  host: Host,
  journal: Journal,
  move: CommitMove,
  prepared: PreparedCommit,
): Promise<Settled> {
  const { repository, parent } = move;
  try {
    const folder = landingFolder(host, journal.token);
    await host.files.makeFolder(folder);
    const { objects, tree, commit } = prepared;
    await moveObjects(host, { repository, objects, tree, commit, parent, folder });
    const changes = await diffTrees(host, { cwd: repository.top }, parent, commit);
    await moveRef(host, journal, move, {
      changes,
      ready: async () => {
        await demandReady(host, repository, parent);
        await demandUnchanged(host, journal.files);
      },
    });
  } catch (error) {
    // A child that was stopped from outside may have moved the branch all the same: the branch decides.
    const settled = await settle(host, journal);
    if (settled.outcome === 'completed') return settled;
    await closeJournal(host, journal.token);
    throw error;
  }
  return { outcome: 'completed', left: await writeFiles(host, journal.files) };
}

/**
 * Lands a commit and files in one transaction: all of it or, also after `kill -9`, none, once {@link finishLandings} ran
 * at the next start. The working tree is not written except for the files given; the index has the commit's content for
 * the changed paths afterwards and is otherwise as it was. The post-commit hook runs at the end; whatever it says, the
 * commit stands.
 *
 * Errors, with nothing changed: {@link FilesChanged} (`bad-tree`), `bad-tree` (HEAD has moved, the index is locked, staged
 * content would be lost), `commit-refused` (git or a hook does not let the branch move), `disk`.
 */
export async function land(host: Host, request: LandingRequest): Promise<Landed> {
  const { files, prepared, note } = request;
  await demandUnchanged(host, files);
  const root = (await host.files.real(request.project.root)) ?? request.project.root;
  if (prepared === undefined) {
    const journal = await openJournal(host, { root, note, files, move: undefined });
    const left = await writeFiles(host, files);
    await closeJournal(host, journal.token);
    return { left };
  }
  const { repository } = await openRepository(host, root);
  const { commit, parent, title } = prepared;
  const { ref } = await demandReady(host, repository, parent);
  const move: CommitMove = { commit, parent, title, ref, repository };
  const journal = await openJournal(host, { root, note, files, move });
  const { left } = await moveAll(host, journal, move, prepared);
  await closeJournal(host, journal.token);
  const hooks = await findHooks(host, repository);
  await hooks.run('post-commit', []);
  return { left };
}
