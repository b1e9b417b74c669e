import { join } from 'node:path';
import { StropError } from '#base';
import type { Doubt } from '#base';
import type { Host } from '#host';
import { askGit, runGit, splitZero } from './git.ts';
import { fillPointers } from './large-files.ts';
import { openNested, readingEnvironment } from './repository.ts';
import type { Repository } from './repository.ts';

/** Where a side is made: everything that git writes for it lies in `scratch`, inside the run folder. */
export interface Workplace {
  /** Absolute path of the checkout. */
  readonly root: string;
  /** Folder for index files. */
  readonly scratch: string;
  /** Object store for what git writes or fetches. */
  readonly objects: string;
  readonly signal?: AbortSignal | undefined;
}

/** One commit of one repository, and where in the side it goes (`inside` is empty for the top). */
interface Task {
  readonly repository: Repository;
  readonly commit: string;
  readonly inside: string;
  readonly name: string;
}

/** A submodule as a commit records it. */
export interface Gitlink {
  readonly path: string;
  readonly commit: string;
}

/** The submodules that `git ls-files -s -z` lists. */
export function findGitlinks(listed: string): readonly Gitlink[] {
  const links: Gitlink[] = [];
  for (const entry of splitZero(listed)) {
    const match = /^160000 ([0-9a-f]+) \d\t(.+)$/s.exec(entry);
    if (match?.[1] !== undefined && match[2] !== undefined) links.push({ commit: match[1], path: match[2] });
  }
  return links;
}

async function gitFolderByName(
  host: Host,
  task: Task,
  folder: string,
  path: string,
): Promise<string | undefined> {
  // A submodule that the working tree has elsewhere or not at all any more keeps its git folder under its name.
  const named = await runGit(host, {
    cwd: folder,
    args: ['config', '--file', join(folder, '.gitmodules'), '--get-regexp', '^submodule\\..*\\.path$'],
  });
  for (const line of named.stdout.split('\n')) {
    const match = /^submodule\.(.+)\.path (.*)$/.exec(line);
    // A name with `..` would lead out of the repository; git refuses it as well.
    if (match?.[1] === undefined || match[2] !== path || match[1].includes('..')) continue;
    const gitDir = join(task.repository.commonDir, 'modules', match[1]);
    if ((await host.files.kind(join(gitDir, 'HEAD'))) !== undefined) return gitDir;
  }
  return undefined;
}

async function findSubmodule(
  host: Host,
  task: Task,
  folder: string,
  path: string,
): Promise<Repository | undefined> {
  const present = await openNested(host, join(task.repository.top, path));
  if (present !== undefined) return present;
  const gitDir = await gitFolderByName(host, task, folder, path);
  if (gitDir === undefined) return undefined;
  return {
    top: join(task.repository.top, path),
    gitDir,
    commonDir: gitDir,
    objects: join(gitDir, 'objects'),
    shallow: false,
    partial: false,
  };
}

async function checkOutSubmodule(
  host: Host,
  place: Workplace,
  task: Task,
  link: Gitlink,
): Promise<readonly Doubt[]> {
  const folder = join(place.root, task.inside);
  const inside = task.inside === '' ? link.path : `${task.inside}/${link.path}`;
  const repository = await findSubmodule(host, task, folder, link.path);
  if (repository === undefined) {
    await host.files.makeFolder(join(place.root, inside));
    return [
      {
        code: 'files-missing',
        text: `The submodule ${inside} is not initialised here, so its folder is empty in ${task.name}.`,
      },
    ];
  }
  const known = await runGit(host, {
    cwd: folder,
    // The setting core.worktree of a submodule may name a folder that is gone.
    args: [
      `--git-dir=${repository.gitDir}`,
      `--work-tree=${folder}`,
      'cat-file',
      '-e',
      `${link.commit}^{commit}`,
    ],
    env: readingEnvironment(repository, place.objects),
  });
  if (!known.ok) {
    throw new StropError({
      code: 'bad-revision',
      problem: `the commit ${link.commit.slice(0, 12)} that ${task.name} needs of the submodule is not here`,
      where: inside,
      remedy: `Get it: git -C ${inside} fetch --all (or git submodule update --init --recursive).`,
    });
  }
  return checkOut(host, place, { repository, commit: link.commit, inside, name: task.name });
}

async function checkOut(host: Host, place: Workplace, task: Task): Promise<readonly Doubt[]> {
  const folder = join(place.root, task.inside);
  await host.files.makeFolder(folder);
  const own = ['-c', 'core.sparseCheckout=false', '-c', 'index.sparse=false'];
  const at = [`--git-dir=${task.repository.gitDir}`, `--work-tree=${folder}`];
  const call = {
    cwd: folder,
    env: {
      ...readingEnvironment(task.repository, place.objects),
      GIT_INDEX_FILE: join(place.scratch, `index-${host.random.token(8)}`),
    },
    signal: place.signal,
  };
  const failure = {
    problem: 'git cannot check this revision out',
    where: task.inside === '' ? task.name : `${task.name}:${task.inside}`,
    remedy: 'Look at what git says; `git fsck` tells whether the repository is whole.',
  };
  await askGit(host, { ...call, args: [...own, ...at, 'read-tree', task.commit] }, failure);
  await askGit(
    host,
    { ...call, args: [...own, ...at, 'checkout-index', '--all', '--force', '--quiet'] },
    failure,
  );
  const doubts = [...(await fillPointers(host, task, { ...call, args: at }, folder))];
  const listed = await askGit(host, { ...call, args: [...at, 'ls-files', '-s', '-z'] }, failure);
  for (const link of findGitlinks(listed)) {
    doubts.push(...(await checkOutSubmodule(host, place, task, link)));
  }
  return doubts;
}

/**
 * Writes the files of a commit, with those of its submodules, into the side's folder as git would check them out: line
 * ends, attributes, executable bits and links of that commit. The repository is only read: no index, ref, lock, object
 * or worktree entry of it changes.
 */
export async function checkOutCommit(
  host: Host,
  place: Workplace,
  source: { readonly repository: Repository; readonly commit: string; readonly name: string },
): Promise<readonly Doubt[]> {
  return checkOut(host, place, { ...source, inside: '' });
}
