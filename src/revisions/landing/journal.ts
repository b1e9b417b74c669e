import { join } from 'node:path';
import type { Host } from '#host';
import { z } from 'zod';
import { removeIfHalfWritten } from '../half-written.ts';
import { describeOwner, parseOwner } from '../owner.ts';
import type { Owner } from '../owner.ts';
import type { Repository } from '../repository.ts';

/** A file to write, by absolute path. */
export interface FileWrite {
  readonly path: string;
  readonly text: string;
  /** What it must hold now; undefined when it must not exist. */
  readonly before: string | undefined;
}

/** The commit of a landing and where it goes. */
export interface CommitMove {
  readonly commit: string;
  readonly parent: string;
  /** First line of the message. */
  readonly title: string;
  /** Full name of the branch; undefined when HEAD is detached. */
  readonly ref: string | undefined;
  readonly repository: Repository;
}

/** Everything that somebody needs who finds a landing unfinished. */
export interface Journal {
  /** Names this landing alone. */
  readonly token: string;
  readonly owner: Owner;
  /** The project's folder, symbolic links resolved. */
  readonly root: string;
  readonly note: unknown;
  readonly files: readonly FileWrite[];
  readonly move: CommitMove | undefined;
  /** What a start in another project of the same repository found and did; the note still waits for its project. */
  readonly settled:
    { readonly outcome: 'completed' | 'undone'; readonly left: readonly string[] } | undefined;
}

const VERSION = 1;

const journalSchema = z.object({
  version: z.literal(VERSION),
  owner: z.unknown(),
  root: z.string(),
  note: z.unknown(),
  files: z.array(z.object({ path: z.string(), text: z.string(), before: z.string().optional() })),
  move: z
    .object({
      commit: z.string(),
      parent: z.string(),
      title: z.string(),
      ref: z.string().optional(),
      repository: z.object({
        top: z.string(),
        gitDir: z.string(),
        commonDir: z.string(),
        objects: z.string(),
        shallow: z.boolean(),
        partial: z.boolean(),
      }),
    })
    .optional(),
  settled: z.object({ outcome: z.enum(['completed', 'undone']), left: z.array(z.string()) }).optional(),
});

function landings(host: Host): string {
  return join(host.folders.data, 'landings');
}

function journalPath(host: Host, token: string): string {
  return join(landings(host), `${token}.json`);
}

/** Folder for what a landing has to keep until it is over. */
export function landingFolder(host: Host, token: string): string {
  return join(landings(host), token);
}

/** Writes a journal, whole or not at all. */
export async function writeJournal(host: Host, journal: Journal): Promise<void> {
  const { token, ...kept } = journal;
  await host.files.writeAtomically(journalPath(host, token), JSON.stringify({ version: VERSION, ...kept }));
}

/** Begins a landing: from here on a start of strop knows of it. */
export async function openJournal(
  host: Host,
  facts: Pick<Journal, 'root' | 'note' | 'files' | 'move'>,
): Promise<Journal> {
  const token = host.random.token(8);
  const journal: Journal = { ...facts, token, owner: await describeOwner(host), settled: undefined };
  await writeJournal(host, journal);
  return journal;
}

/** Ends a landing. The folder goes first, so that a script that comes late finds it gone. */
export async function closeJournal(host: Host, token: string): Promise<void> {
  await host.files.remove(landingFolder(host, token));
  await host.files.remove(journalPath(host, token));
}

async function readJournal(host: Host, token: string): Promise<Journal | undefined> {
  const text = await host.files.readText(journalPath(host, token));
  if (text === undefined) return undefined;
  try {
    const read = journalSchema.parse(JSON.parse(text));
    const owner = parseOwner(read.owner);
    if (owner === undefined) return undefined;
    return {
      token,
      owner,
      root: read.root,
      note: read.note,
      files: read.files.map((file) => ({ before: undefined, ...file })),
      move: read.move === undefined ? undefined : { ref: undefined, ...read.move },
      settled: read.settled,
    };
  } catch {
    // A newer strop may have written it.
    return undefined;
  }
}

/**
 * The journals of all landings that are going on or were left; one look into a folder when there are none. Journals that
 * were never whole go away: nothing of such a landing had begun.
 */
export async function listJournals(host: Host): Promise<readonly Journal[]> {
  const journals: Journal[] = [];
  for (const entry of await host.files.list(landings(host))) {
    const { name } = entry;
    await removeIfHalfWritten(host, landings(host), entry);
    const token = /^([0-9a-f]{16})\.json$/.exec(name)?.[1];
    const journal = token === undefined ? undefined : await readJournal(host, token);
    if (journal !== undefined) journals.push(journal);
  }
  return journals;
}
