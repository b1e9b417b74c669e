import { StropError } from '#base';
import type { Host } from '#host';
import { askGit, splitZero } from './git.ts';
import { openNested } from './repository.ts';
import type { Repository } from './repository.ts';

/** What the working tree of one repository consists of; all paths relative to its top, with `/`. */
export interface WorkingFiles {
  /** Tracked files, whether they still exist or not. */
  readonly tracked: readonly string[];
  /** Tracked files that a sparse checkout keeps out of the working tree. */
  readonly sparse: readonly string[];
  /** Submodules of the index. */
  readonly submodules: readonly string[];
  /** Files that are neither tracked nor ignored. */
  readonly untracked: readonly string[];
  /** Repositories inside that are no submodules: git sees each as one untracked folder. */
  readonly nested: readonly string[];
}

function ancestors(path: string): readonly string[] {
  const parts = path.split('/');
  return parts.slice(0, -1).map((_, index) => parts.slice(0, index + 1).join('/'));
}

/**
 * Leaves out what lies about untracked in projects without a .gitignore and is no part of the code: virtual environments
 * (known by their pyvenv.cfg) and compiled bytecode, which would run in place of the source.
 */
function withoutByproducts(untracked: readonly string[]): readonly string[] {
  const environments = new Set(
    untracked
      .filter((path) => path.endsWith('/pyvenv.cfg'))
      .map((path) => path.slice(0, -'/pyvenv.cfg'.length)),
  );
  return untracked.filter(
    (path) =>
      !/(^|\/)__pycache__\/|\.py[co]$/.test(path) && !ancestors(path).some((part) => environments.has(part)),
  );
}

/** Lists the working tree of a repository. Fails with `bad-tree` while a merge is unresolved. */
export async function listWorkingFiles(
  host: Host,
  repository: Repository,
  signal?: AbortSignal,
): Promise<WorkingFiles> {
  const cwd = repository.top;
  const failure = {
    problem: 'git cannot list the working tree',
    where: cwd,
    remedy: 'Repair the repository until `git status` works.',
  };
  const index = await askGit(host, { cwd, args: ['ls-files', '-s', '-t', '-z'], signal }, failure);
  const tracked: string[] = [];
  const sparse: string[] = [];
  const submodules: string[] = [];
  const unmerged = new Set<string>();
  for (const entry of splitZero(index)) {
    const match = /^(\S) (\d+) [0-9a-f]+ (\d)\t(.+)$/s.exec(entry);
    if (match === null) continue;
    const [, tag = '', mode = '', stage = '', path = ''] = match;
    if (stage !== '0') unmerged.add(path);
    else if (mode === '160000') submodules.push(path);
    else if (tag.toUpperCase() === 'S') sparse.push(path);
    else tracked.push(path);
  }
  if (unmerged.size > 0) {
    const names = [...unmerged];
    throw new StropError({
      code: 'bad-tree',
      problem: `a merge is not finished: ${names.slice(0, 5).join(', ')}${names.length > 5 ? ` and ${names.length - 5} more` : ''}`,
      where: cwd,
      remedy: 'Resolve the conflicts and `git add` the files, or undo the merge (git merge --abort).',
      detail: names.join('\n'),
    });
  }
  const others = splitZero(
    await askGit(host, { cwd, args: ['ls-files', '-z', '--others', '--exclude-standard'], signal }, failure),
  );
  return {
    tracked,
    sparse,
    submodules,
    untracked: withoutByproducts(others.filter((path) => !path.endsWith('/'))),
    nested: others.filter((path) => path.endsWith('/')).map((path) => path.slice(0, -1)),
  };
}

/**
 * The nested repositories whose files belong to the working tree. Another worktree of the same repository does not: it
 * is a second checkout of the project and would only double it.
 */
export async function openForeign(
  host: Host,
  repository: Repository,
  folder: string,
): Promise<Repository | undefined> {
  const nested = await openNested(host, folder);
  return nested?.commonDir === repository.commonDir ? undefined : nested;
}
