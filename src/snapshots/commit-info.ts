import { basename } from 'node:path';
import type { Host } from '#host';
import { runGit } from '#project';
import type { Revision } from '#revisions';

/** `commit_info` of a snapshot file, with the names that pytest-benchmark gives its fields. */
export interface CommitInfo {
  readonly id: string;
  readonly time: string | null;
  readonly author_time: string | null;
  readonly dirty: boolean;
  readonly project: string;
  readonly branch: string;
}

/** pytest-benchmark's words for a HEAD that is no branch, and for a branch that it does not know. */
const DETACHED = '(detached head)';
const UNKNOWN = '(unknown)';

/**
 * What pytest-benchmark would have asked git for if the revision were checked out in the user's own folder: the project's
 * name is the last part of the address of `origin`, else the folder's name.
 */
export async function readCommitInfo(host: Host, project: string, revision: Revision): Promise<CommitInfo> {
  const ask = async (...args: readonly string[]): Promise<string | undefined> => {
    const asked = await runGit(host, project, args);
    const answer = asked.stdout.trim();
    return asked.ok && answer !== '' ? answer : undefined;
  };
  const times = (await ask('show', '-s', '--format=%cI%n%aI', revision.commit))?.split('\n');
  const origin = await ask('config', '--local', 'remote.origin.url');
  const head = await ask('rev-parse', 'HEAD');
  const branch = (await ask('rev-parse', '--abbrev-ref', 'HEAD')) ?? UNKNOWN;
  return {
    id: revision.commit,
    time: times?.[0] ?? null,
    author_time: times?.[1] ?? null,
    dirty: !revision.clean,
    project: origin?.split(/[/:\s\\]|\.git/).findLast((part) => part !== '') ?? basename(project),
    // Another commit than the one checked out would be a detached HEAD.
    branch: head !== revision.commit || branch === 'HEAD' ? DETACHED : branch,
  };
}

/** Whether git ignores a path; undefined where git cannot be asked. */
export async function isIgnoredByGit(
  host: Host,
  path: string,
  project: string,
): Promise<boolean | undefined> {
  const asked = await runGit(host, project, ['check-ignore', '--quiet', path]);
  if (asked.exitCode === 0) return true;
  return asked.exitCode === 1 ? false : undefined;
}
