import { join } from 'node:path';
import { StropError } from '#base';
import type { Host } from '#host';
import { askGit, gitMessage, runAsUser } from '../git.ts';
import { readingEnvironment } from '../repository.ts';
import type { Repository } from '../repository.ts';
import { RAW_DIFF, readRawDiff } from './tree-changes.ts';

/** Objects to bring from a store of strop's own into the user's repository. */
export interface ObjectMove {
  readonly repository: Repository;
  /** The store in which they are now. */
  readonly objects: string;
  readonly tree: string;
  /** The commit with this tree, if it is to be brought as well. */
  readonly commit?: string;
  /** A commit of the repository: what it needs is there already. */
  readonly parent: string;
  /** Folder for the pack in between. */
  readonly folder: string;
}

/**
 * Brings objects into the repository as git would write them itself, with its modes and compression. Killed in the
 * middle, it leaves objects that nobody names, which git removes by and by.
 */
export async function moveObjects(host: Host, move: ObjectMove): Promise<void> {
  const { repository, objects, tree, commit, parent, folder } = move;
  const call = { cwd: repository.top, env: readingEnvironment(repository, objects) };
  const failure = {
    code: 'bad-tree' as const,
    problem: 'git cannot collect the objects of the commit',
    where: repository.top,
    remedy: 'Look at what git says; `git fsck` tells whether the repository is whole.',
  };
  const listed = await askGit(
    host,
    { ...call, args: ['diff-tree', '-r', '-t', ...RAW_DIFF, parent, tree] },
    failure,
  );
  const wanted = new Set([tree, ...(commit === undefined ? [] : [commit])]);
  for (const { after } of readRawDiff(listed)) {
    // The commit of a submodule is in the submodule's repository.
    if (after !== undefined && after.mode !== '160000') wanted.add(after.blob);
  }
  const packed = await askGit(
    host,
    {
      ...call,
      args: ['pack-objects', '-q', '--window=0', join(folder, 'new')],
      stdin: [...wanted].map((name) => `${name}\n`).join(''),
    },
    failure,
  );
  const pack = await host.files.readBytes(join(folder, `new-${packed.trim()}.pack`));
  if (pack === undefined) throw new Error('git wrote no pack');
  const done = await runAsUser(host, {
    cwd: repository.top,
    argv: ['git', 'unpack-objects', '-q'],
    stdin: pack,
    outlives: true,
  });
  if (done.ok) return;
  throw new StropError({
    code: 'commit-refused',
    problem: 'git cannot write the objects of the commit into the repository',
    where: repository.objects,
    remedy: 'Check the free space and the permissions of the .git folder.',
    detail: gitMessage(done),
  });
}
