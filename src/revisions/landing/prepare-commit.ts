import { join } from 'node:path';
import { StropError } from '#base';
import type { Doubt } from '#base';
import type { Host } from '#host';
import { askGit, runGit, splitZero } from '../git.ts';
import { openRepository, readingEnvironment, writingEnvironment } from '../repository.ts';
import type { Repository } from '../repository.ts';
import type { Side } from '../side.ts';
import { cleanMessage, demandIdentity, writeCommit } from './commit-object.ts';
import { demandAgreed, findHooks } from './hooks.ts';
import type { HookName, Hooks } from './hooks.ts';
import { applyChanges, indexPath, makeIndex } from './index-file.ts';
import { demandUnlocked } from './move-ref.ts';
import { moveObjects } from './new-objects.ts';
import { demandReady } from './repository-state.ts';
import { diffTrees, indexInfo, nameFew, RAW_DIFF, readRawDiff } from './tree-changes.ts';
import type { TreeChange } from './tree-changes.ts';

/** What is to be committed. */
export interface CommitRequest {
  readonly project: { readonly root: string };
  /** Side B: the frozen working tree. Its checkout must not be disposed of before the landing. */
  readonly side: Side;
  /** The commit of side A, at which HEAD must still be. */
  readonly expectedHead: string;
  /** Title, blank line, text. Hooks may change it. */
  readonly message: string;
  /** Files relative to the project that stay in the commit as they are in HEAD (the log). */
  readonly leaveOut: readonly string[];
  /** Folder of the run in which the sides were prepared. */
  readonly runFolder: string;
  readonly signal?: AbortSignal | undefined;
}

/** A commit that exists and that nothing points to yet; plain data. */
export interface PreparedCommit {
  /** Full hash. */
  readonly commit: string;
  /** Changed files relative to the top of the repository, sorted. */
  readonly files: readonly string[];
  readonly doubts: readonly Doubt[];
  /** The commit below it: HEAD, also when it lands. */
  readonly parent: string;
  readonly tree: string;
  /** First line of the message. */
  readonly title: string;
  /** The store, in the run folder, that holds its objects. */
  readonly objects: string;
}

/** What all parts of one preparation need. */
interface Preparation {
  readonly host: Host;
  readonly repository: Repository;
  readonly request: Omit<CommitRequest, 'message'>;
  /** The store of the sides. */
  readonly objects: string;
  /** A fresh folder in the run folder. */
  readonly folder: string;
}

const FAILURE = {
  code: 'bad-tree',
  problem: 'git cannot make the tree of the commit',
  remedy: 'Look at what git says; `git fsck` tells whether the repository is whole.',
} as const;

async function demandTree(preparation: Preparation): Promise<string> {
  const { host, repository, request, objects } = preparation;
  const { contentId } = request.side.revision;
  const known = await runGit(host, {
    cwd: repository.top,
    env: readingEnvironment(repository, objects),
    args: ['cat-file', '-e', `${contentId}^{tree}`],
  });
  if (known.ok) return contentId;
  throw new StropError({
    code: 'bad-tree',
    problem: 'what was measured holds changes inside a submodule, which one commit cannot record',
    where: repository.top,
    remedy: 'Commit in the submodule first, then `git add` it here and measure again.',
  });
}

/** The measured tree with the paths to leave out as HEAD has them. */
async function makeTree(preparation: Preparation, paths: readonly string[]): Promise<string> {
  const { host, repository, request, objects, folder } = preparation;
  const measured = await demandTree(preparation);
  const own = { GIT_INDEX_FILE: join(folder, 'index-tree') };
  const reading = { cwd: repository.top, env: { ...readingEnvironment(repository, objects), ...own } };
  const writing = { cwd: repository.top, env: { ...writingEnvironment(objects), ...own } };
  const changes = await diffTrees(host, reading, request.expectedHead, measured);
  const back = changes.filter(({ path }) => paths.includes(path));
  if (back.length === 0) return measured;
  const whole = ['-c', 'core.sparseCheckout=false', '-c', 'index.sparse=false'];
  await askGit(host, { ...reading, args: [...whole, 'read-tree', measured] }, FAILURE);
  const reversed = back.map(({ path, before, after }) => ({ path, before: after, after: before }));
  await askGit(
    host,
    { ...reading, args: [...whole, 'update-index', '-z', '--index-info'], stdin: indexInfo(reversed) },
    FAILURE,
  );
  const tree = await askGit(host, { ...writing, args: [...whole, 'write-tree', '--missing-ok'] }, FAILURE);
  return tree.trim();
}

/** Refuses what a commit cannot record the way it was measured. */
async function demandCommittable(preparation: Preparation, changes: readonly TreeChange[]): Promise<void> {
  const { host, repository, request } = preparation;
  if (changes.length === 0) {
    throw new StropError({
      code: 'bad-tree',
      problem: 'there is nothing to commit: what was measured is what HEAD has',
      where: repository.top,
      remedy: 'Change something first, or measure a commit with `--at`.',
    });
  }
  const added = changes.filter(({ before }) => before === undefined).map(({ path }) => path);
  const folders = new Set<string>();
  for (const path of added) {
    for (let at = path.indexOf('/'); at !== -1; at = path.indexOf('/', at + 1))
      folders.add(path.slice(0, at));
  }
  for (const folder of folders) {
    if ((await host.files.kind(join(repository.top, folder, '.git'))) === undefined) continue;
    throw new StropError({
      code: 'bad-tree',
      problem: 'what was measured holds a repository of its own that is no submodule',
      where: folder,
      remedy: 'Ignore the folder (.gitignore), or make it a submodule, and measure again.',
    });
  }
  const present = changes.filter(({ after }) => after !== undefined).map(({ path }) => path);
  const asked = await askGit(
    host,
    {
      cwd: request.side.root,
      env: {
        ...readingEnvironment(repository, preparation.objects),
        GIT_INDEX_FILE: join(preparation.folder, 'none'),
      },
      args: [
        `--git-dir=${repository.gitDir}`,
        `--work-tree=${request.side.root}`,
        'check-attr',
        '-z',
        '--stdin',
        'filter',
      ],
      stdin: present.map((path) => `${path}\0`).join(''),
    },
    FAILURE,
  );
  const fields = splitZero(asked);
  const large = present.filter((_, index) => fields[index * 3 + 2] === 'lfs');
  if (large.length === 0) return;
  throw new StropError({
    code: 'bad-tree',
    problem: `large files of git-lfs are part of the change (${nameFew(large)}), which strop cannot commit`,
    where: repository.top,
    remedy: 'Commit these files yourself first, then measure again.',
    detail: large.join('\n'),
  });
}

/** An index that holds the tree of the commit, and otherwise all that the user's index knows of the working tree. */
async function makeHookIndex(preparation: Preparation, tree: string): Promise<string> {
  const { host, repository, folder } = preparation;
  const index = join(folder, 'index-hooks');
  const bytes = await host.files.readBytes(indexPath(repository));
  if (bytes !== undefined) await host.files.writeAtomically(index, bytes);
  const differing = await diffIndex(host, repository, index, tree);
  const back = differing.map(({ path, before, after }) => ({ path, before: after, after: before }));
  await applyChanges(host, { repository, path: index }, back);
  return index;
}

async function diffIndex(
  host: Host,
  repository: Repository,
  index: string,
  tree: string,
): Promise<readonly TreeChange[]> {
  const call = { cwd: repository.top, env: { GIT_INDEX_FILE: index } };
  return readRawDiff(
    await askGit(host, { ...call, args: ['diff-index', '--cached', ...RAW_DIFF, tree] }, FAILURE),
  );
}

/** Runs the hooks that may refuse a commit, and answers the message as they leave it. */
async function askHooks(
  preparation: Preparation,
  hooks: Hooks,
  tree: string,
  message: string,
): Promise<string> {
  const { host, repository, request, folder } = preparation;
  const index = await makeHookIndex(preparation, tree);
  const file = join(folder, 'COMMIT_EDITMSG');
  await host.files.writeAtomically(file, await cleanMessage(host, repository, message));
  const ask = async (name: HookName, ...args: readonly string[]): Promise<void> => {
    demandAgreed(name, await hooks.run(name, args, { GIT_INDEX_FILE: index }, request.signal));
    const differing = (await diffIndex(host, repository, index, tree)).map(({ path }) => path);
    if (differing.length === 0) return;
    throw new StropError({
      code: 'commit-refused',
      problem: `the ${name} hook changes what would be committed (${nameFew(differing)}), which then is not what was measured`,
      where: name,
      remedy: 'Run the hook by itself first, then `strop step` again, so that its work is measured, too.',
      detail: differing.join('\n'),
    });
  };
  await ask('pre-commit');
  await ask('prepare-commit-msg', file, 'message');
  await ask('commit-msg', file);
  return (await host.files.readText(file)) ?? '';
}

/** The tree of the commit, and what it changes, after everything that needs no message was asked. */
async function draftCommit(
  host: Host,
  request: Omit<CommitRequest, 'message'>,
): Promise<{
  readonly preparation: Preparation;
  readonly tree: string;
  readonly changes: readonly TreeChange[];
}> {
  const { repository, prefix } = await openRepository(host, request.project.root);
  await demandReady(host, repository, request.expectedHead);
  const folder = join(request.runFolder, `commit-${host.random.token(8)}`);
  await host.files.makeFolder(folder);
  const objects = join(request.runFolder, 'scratch', 'objects');
  const preparation: Preparation = { host, repository, request, objects, folder };
  const leaveOut = request.leaveOut.map((path) => (prefix === '' ? path : `${prefix}/${path}`));
  const tree = await makeTree(preparation, leaveOut);
  const reading = { cwd: repository.top, env: readingEnvironment(repository, objects) };
  const changes = await diffTrees(host, reading, request.expectedHead, tree);
  await demandCommittable(preparation, changes);
  // Only to see what would be refused; the index may change until the landing.
  await makeIndex(host, { repository, folder, objects }, changes);
  return { preparation, tree, changes };
}

/**
 * Refuses what is known to stand against a commit before anything is measured for it, with the errors of
 * {@link prepareCommit} and {@link land}; hooks and the signature are asked when the commit is made. Changes nothing.
 */
export async function demandCommitPossible(
  host: Host,
  request: Omit<CommitRequest, 'message'>,
): Promise<void> {
  const { preparation } = await draftCommit(host, request);
  await demandIdentity(host, preparation.repository);
  await demandUnlocked(host, preparation.repository);
}

/**
 * Makes the commit for exactly the content of side B, less what is left out, on top of HEAD. The commit hooks run, the
 * signature is made: everything that can be refused is refused here. The commit lies in the run folder; nothing that the
 * user can see changes before {@link land}, except by what a hook does.
 *
 * Errors: `bad-tree` (HEAD has moved, something of git is unfinished, nothing to commit, staged content would be lost,
 * content that no commit can record), `commit-refused` (a hook, no identity, no signature), `no-git`, `interrupted`.
 */
export async function prepareCommit(host: Host, request: CommitRequest): Promise<PreparedCommit> {
  const { preparation, tree, changes } = await draftCommit(host, request);
  const { repository, objects, folder } = preparation;
  const parent = request.expectedHead;
  const hooks = await findHooks(host, repository);
  let said = request.message;
  if (hooks.any) {
    await moveObjects(host, { repository, objects, tree, parent, folder });
    said = await askHooks(preparation, hooks, tree, said);
  }
  const message = await cleanMessage(host, repository, said);
  const commit = await writeCommit(host, {
    repository,
    objects,
    tree,
    parent,
    message,
    signal: request.signal,
  });
  return {
    commit,
    files: changes.map(({ path }) => path).sort(),
    doubts: [],
    parent,
    tree,
    title: message.split('\n', 1)[0] ?? '',
    objects,
  };
}
