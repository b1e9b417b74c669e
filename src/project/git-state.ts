import type { Host } from '#host';
import { joinPath } from './documents.ts';
import { runGit } from './git.ts';
import { tryKind } from './readable.ts';

/** The state of the repository around the project, read without touching its index. */
export interface GitState {
  readonly top: string;
  /** Full hash; undefined in a repository without a commit. */
  readonly commit: string | undefined;
  /** Undefined when HEAD is detached. */
  readonly branch: string | undefined;
  /** History is cut off: older revisions may be missing. */
  readonly shallow: boolean;
  /** Files that differ from HEAD, in the index or in the working tree, in the whole repository. */
  readonly changed: number;
  readonly untracked: number;
  /** Files with merge conflicts. */
  readonly unmerged: number;
  /** Paths of submodules, relative to the top. */
  readonly submodules: readonly string[];
  /** What is going on, if anything: `merge`, `rebase`, `cherry-pick`, `revert`, `bisect`. */
  readonly underway: string | undefined;
  /** What git said when it refused to answer; the counts are then 0. */
  readonly trouble: string | undefined;
}

const UNDERWAY: readonly (readonly [file: string, name: string])[] = [
  ['MERGE_HEAD', 'merge'],
  ['rebase-merge', 'rebase'],
  ['rebase-apply', 'rebase'],
  ['CHERRY_PICK_HEAD', 'cherry-pick'],
  ['REVERT_HEAD', 'revert'],
  ['BISECT_LOG', 'bisect'],
];

interface Counts {
  commit: string | undefined;
  branch: string | undefined;
  changed: number;
  untracked: number;
  unmerged: number;
}

/**
 * Reads `git status --porcelain=v2 --branch -z`. Format:
 * https://git-scm.com/docs/git-status#_porcelain_format_version_2
 */
function readStatus(output: string): Counts {
  const counts: Counts = { commit: undefined, branch: undefined, changed: 0, untracked: 0, unmerged: 0 };
  const fields = output.split('\0');
  for (let index = 0; index < fields.length; index += 1) {
    const field = fields[index] ?? '';
    if (field.startsWith('# branch.oid ')) {
      const commit = field.slice('# branch.oid '.length);
      counts.commit = commit === '(initial)' ? undefined : commit;
    } else if (field.startsWith('# branch.head ')) {
      const branch = field.slice('# branch.head '.length);
      counts.branch = branch === '(detached)' ? undefined : branch;
    } else if (field.startsWith('1 ')) counts.changed += 1;
    else if (field.startsWith('2 ')) {
      counts.changed += 1;
      // A rename is followed by the old path.
      index += 1;
    } else if (field.startsWith('u ')) counts.unmerged += 1;
    else if (field.startsWith('? ')) counts.untracked += 1;
  }
  return counts;
}

async function readSubmodules(host: Host, top: string): Promise<readonly string[]> {
  if ((await tryKind(host, joinPath(top, '.gitmodules'))) === undefined) return [];
  const asked = await runGit(host, top, ['config', '-z', '-f', '.gitmodules', '--get-regexp', '\\.path$']);
  return asked.stdout.split('\0').flatMap((entry) => {
    const at = entry.indexOf('\n');
    return at === -1 ? [] : [entry.slice(at + 1)];
  });
}

/**
 * The state of the repository whose top folder is given. Never fails: what git refuses to say stands in
 * `trouble`.
 */
export async function readGitState(host: Host, top: string): Promise<GitState> {
  const status = await runGit(host, top, [
    'status',
    '--porcelain=v2',
    '--branch',
    '-z',
    '--untracked-files=all',
  ]);
  const folder = await runGit(host, top, ['rev-parse', '--is-shallow-repository', '--absolute-git-dir']);
  const [shallow, gitDir] = folder.stdout.split(/\r?\n/);
  let underway: string | undefined;
  if (folder.ok && gitDir !== undefined) {
    for (const [file, name] of UNDERWAY) {
      if ((await tryKind(host, joinPath(gitDir, file))) !== undefined) underway ??= name;
    }
  }
  const trouble = status.ok
    ? undefined
    : status.startError === undefined
      ? describeRefusal(status.stderr, top)
      : `git cannot be started (${status.startError})`;
  return {
    top,
    ...readStatus(status.stdout),
    shallow: shallow === 'true',
    submodules: await readSubmodules(host, top),
    underway,
    trouble,
  };
}

/** What git says in its first line, and the cure where that stands in later ones. */
function describeRefusal(stderr: string, top: string): string {
  const [first = 'git failed'] = stderr.trim().split('\n');
  return /dubious ownership/.test(stderr)
    ? `${first}; trust it with: git config --global --add safe.directory '${top}'`
    : first;
}

/** Paths of files that HEAD does not have, untracked or only in the index, relative to the top; none where git refuses. */
export async function listNewFiles(host: Host, top: string): Promise<readonly string[]> {
  const status = await runGit(host, top, [
    'status',
    '--porcelain',
    '-z',
    '--no-renames',
    '--untracked-files=all',
  ]);
  return status.stdout.split('\0').flatMap((entry) => (/^(\?\?|A.) /.test(entry) ? [entry.slice(3)] : []));
}
