import type { Host } from '#host';
import { runGit } from './git.ts';

/** One commit with what it changed against its first parent. */
export interface PastCommit {
  /** Full hash. */
  readonly commit: string;
  /** Hash of its content. */
  readonly tree: string;
  readonly title: string;
  /** Paths relative to the top of the repository, with the hash of the new content (null where it was removed). */
  readonly files: readonly { readonly path: string; readonly blob: string | null }[];
}

/** What happened in the repository since a commit. */
export interface PastCommits {
  /** Oldest first; null where HEAD does not descend from that commit, or the history is cut off before it. */
  readonly commits: readonly PastCommit[] | null;
  /** Hash of the content of HEAD; null without a commit. */
  readonly headTree: string | null;
  /** Files that differ from HEAD, untracked ones included; null where git refuses to say. */
  readonly uncommitted: readonly string[] | null;
}

const GONE = /^0+$/;

/** Reads `git log --raw -z --format=%x01%H%x02%T%x02%s`: a header for each commit, then its raw entries. */
function parseLog(output: string): readonly PastCommit[] {
  return output
    .split('\u0001')
    .filter((part) => part !== '')
    .map((part) => {
      const [head = '', ...fields] = part.split('\0');
      const [commit = '', tree = '', title = ''] = head.trim().split('\u0002');
      const files: { path: string; blob: string | null }[] = [];
      for (let at = 0; at + 1 < fields.length; at += 1) {
        const field = (fields[at] ?? '').trim();
        if (!field.startsWith(':')) continue;
        // :100644 100644 <old> <new> M, then the path
        const blob = field.split(' ')[3] ?? '';
        files.push({ path: fields[at + 1] ?? '', blob: GONE.test(blob) ? null : blob });
        at += 1;
      }
      return { commit, tree, title, files };
    });
}

/** Whether a commit is HEAD or one of its ancestors; false also where git does not know it. */
export async function isInHistory(host: Host, top: string, commit: string): Promise<boolean> {
  return (await runGit(host, top, ['merge-base', '--is-ancestor', commit, 'HEAD'])).ok;
}

/**
 * The commits from `since` (not included) to HEAD, and what is not committed. Never fails: what git does not tell is
 * null.
 */
export async function readHistory(host: Host, top: string, since: string): Promise<PastCommits> {
  const tree = await runGit(host, top, ['rev-parse', '--verify', '--quiet', 'HEAD^{tree}']);
  const ancestor = await runGit(host, top, ['merge-base', '--is-ancestor', since, 'HEAD']);
  const log = ancestor.ok
    ? await runGit(host, top, [
        ...[
          'log',
          '--reverse',
          '--topo-order',
          '--raw',
          '--no-abbrev',
          '--no-renames',
          '-z',
          '--diff-merges=first-parent',
        ],
        '--format=%x01%H%x02%T%x02%s',
        `${since}..HEAD`,
      ])
    : undefined;
  const status = await runGit(host, top, [
    'status',
    '--porcelain',
    '-z',
    '--no-renames',
    '--untracked-files=all',
  ]);
  return {
    commits: log?.ok === true ? parseLog(log.stdout) : null,
    headTree: tree.ok ? tree.stdout.trim() : null,
    uncommitted: status.ok
      ? status.stdout
          .split('\0')
          .filter((entry) => entry !== '')
          .map((entry) => entry.slice(3))
      : null,
  };
}
