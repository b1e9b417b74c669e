import { dirname, join, resolve } from 'node:path';
import { StropError } from '#base';
import type { ChildResult, Host } from '#host';
import { gitMessage, runGit } from './git.ts';

/** A git repository with a working tree: the user's, or one of its submodules. */
export interface Repository {
  /** Absolute top folder of the working tree, symbolic links resolved. */
  readonly top: string;
  /** Absolute git folder; a linked worktree has one of its own. */
  readonly gitDir: string;
  /** Absolute git folder that linked worktrees share. */
  readonly commonDir: string;
  /** Absolute folder of the object store. */
  readonly objects: string;
  /** History is cut off at some depth. */
  readonly shallow: boolean;
  /** Objects may be missing here and come from a remote when needed (`git clone --filter`). */
  readonly partial: boolean;
}

/** A repository together with where in it one asked. */
export interface OpenedRepository {
  readonly repository: Repository;
  /** The folder relative to the top, with `/` and without one at the end; empty at the top. */
  readonly prefix: string;
}

/** Whether there is a `.git` in the folder or around it. */
async function hasGitFolder(host: Host, folder: string): Promise<boolean> {
  for (let at = folder; ; at = dirname(at)) {
    if ((await host.files.kind(join(at, '.git'))) !== undefined) return true;
    if (dirname(at) === at) return false;
  }
}

async function noRepository(host: Host, folder: string, result: ChildResult): Promise<StropError> {
  const said = gitMessage(result);
  if (/dubious ownership/.test(said)) {
    return new StropError({
      code: 'no-git',
      problem: 'git refuses this repository because it belongs to another user',
      where: folder,
      remedy: `Trust it with: git config --global --add safe.directory '${folder}'`,
      detail: said,
    });
  }
  // Of a damaged `.git` git says that there is no repository, too.
  if (/not a git repository/i.test(said) && !(await hasGitFolder(host, folder))) {
    return new StropError({
      code: 'no-git',
      problem: 'this project is not in a git repository, so there is no older state to compare with',
      where: folder,
      remedy: 'Put it under git first: git init && git add . && git commit -m "start"',
    });
  }
  return new StropError({
    code: 'no-git',
    problem: 'git cannot read this repository',
    where: folder,
    remedy: 'Repair the repository until `git status` works.',
    detail: said,
  });
}

/** Finds the repository around a folder. Fails with `no-git` where there is none, or none with a working tree. */
export async function openRepository(host: Host, folder: string): Promise<OpenedRepository> {
  if (/[\r\n]/.test(folder)) {
    // git answers with one path a line.
    throw new StropError({
      code: 'no-git',
      problem: 'the path of the project holds a line break',
      where: JSON.stringify(folder),
      remedy: 'Rename the folder.',
    });
  }
  const kind = await runGit(host, { cwd: folder, args: ['rev-parse', '--is-inside-work-tree'] });
  if (!kind.ok) throw await noRepository(host, folder, kind);
  if (kind.stdout.trim() !== 'true') {
    throw new StropError({
      code: 'no-git',
      problem: 'this is a bare repository or a git folder, which has no working tree to measure in',
      where: folder,
      remedy: 'Call strop in a clone with a working tree: git clone <this folder> <new folder>',
    });
  }
  const asked = await runGit(host, {
    cwd: folder,
    args: [
      'rev-parse',
      '--show-toplevel',
      '--show-prefix',
      '--absolute-git-dir',
      '--git-common-dir',
      '--git-path',
      'objects',
      '--is-shallow-repository',
    ],
  });
  if (!asked.ok) throw await noRepository(host, folder, asked);
  const [top = '', prefix = '', gitDir = '', common = '', objects = '', shallow = ''] =
    asked.stdout.split(/\r?\n/);
  const promises = await runGit(host, {
    cwd: folder,
    args: ['config', '--get-regexp', '^(extensions\\.partialclone|remote\\..*\\.promisor)$'],
  });
  return {
    repository: {
      top: (await host.files.real(top)) ?? top,
      gitDir,
      commonDir: resolve(folder, common),
      objects: resolve(folder, objects),
      shallow: shallow === 'true',
      partial: promises.ok && promises.stdout.trim() !== '',
    },
    prefix: prefix.replace(/\/$/, ''),
  };
}

/**
 * The repository of a submodule or of a nested repository, or undefined when the folder is not a repository of its own:
 * git would then answer for the repository around it.
 */
export async function openNested(host: Host, folder: string): Promise<Repository | undefined> {
  if ((await host.files.kind(join(folder, '.git'))) === undefined) return undefined;
  const opened = await openRepository(host, folder);
  return opened.prefix === '' ? opened.repository : undefined;
}

/** Path of an object store as one entry of GIT_ALTERNATE_OBJECT_DIRECTORIES, which splits at `:` unless quoted. */
function quotePath(path: string): string {
  return `"${path.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}

/**
 * Environment for git commands that read the repository: every new object goes to a folder of ours. A partial clone may
 * fetch what it lacks, since it lands there as well.
 */
export function readingEnvironment(
  repository: Repository,
  ownObjects: string,
): Record<string, string | undefined> {
  return {
    GIT_OBJECT_DIRECTORY: ownObjects,
    GIT_ALTERNATE_OBJECT_DIRECTORIES: quotePath(repository.objects),
    ...(repository.partial ? { GIT_NO_LAZY_FETCH: undefined, GIT_ALLOW_PROTOCOL: undefined } : {}),
  };
}

/**
 * Environment for git commands that write objects. The repository's own store is hidden from them: git renews the file
 * time of an object or pack that already holds what is written, which would be a trace.
 */
export function writingEnvironment(ownObjects: string): Record<string, string | undefined> {
  return { GIT_OBJECT_DIRECTORY: ownObjects };
}
