import { relative, isAbsolute } from 'node:path';
import type { Host } from '#host';
import { isGone } from '../owner.ts';
import { closeJournal, listJournals, writeJournal } from './journal.ts';
import { settleLeft } from './settle.ts';

/** A landing that a killed strop left, and what was done with it. */
export interface FinishedLanding {
  /** `completed`: the branch had moved, and the rest was done now. `undone`: nothing of it is left. */
  readonly outcome: 'completed' | 'undone';
  /** The commit that landed or did not; undefined for files alone. */
  readonly commit: string | undefined;
  /** What the caller gave {@link land} to keep. */
  readonly note: unknown;
  /** Files that were changed by somebody else or could not be written, and so were left alone: to be rendered again. */
  readonly left: readonly string[];
}

function isInside(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return !way.startsWith('..') && !isAbsolute(way);
}

/**
 * Completes or undoes what a killed strop left of a landing in this project, or in another one of the same repository.
 * To be called at every start; costs a look into one folder when there is nothing. A landing of a strop that lives is not
 * touched. Errors: `disk`.
 */
export async function finishLandings(
  host: Host,
  project: { readonly root: string },
): Promise<readonly FinishedLanding[]> {
  const journals = await listJournals(host);
  if (journals.length === 0) return [];
  const root = (await host.files.real(project.root)) ?? project.root;
  const finished: FinishedLanding[] = [];
  for (const journal of journals) {
    const own = journal.root === root;
    const near = journal.move !== undefined && isInside(journal.move.repository.top, root);
    if ((!own && !near) || !(await isGone(host, journal.owner))) continue;
    const settled = journal.settled ?? (await settleLeft(host, journal));
    if (settled === undefined) continue;
    if (!own) {
      await writeJournal(host, { ...journal, settled: { ...settled } });
      continue;
    }
    await closeJournal(host, journal.token);
    finished.push({ ...settled, commit: journal.move?.commit, note: journal.note });
  }
  return finished;
}
