import { StropError } from '#base';
import type { Host } from '#host';
import { gitMessage, runGit } from './git.ts';
import { nearNames } from './near-names.ts';
import { readingEnvironment } from './repository.ts';
import type { Repository } from './repository.ts';

/** A commit that exists here, and the hash of its content. */
export interface ResolvedCommit {
  readonly commit: string;
  readonly tree: string;
}

/** A repository to read, and the folder for what a partial clone has to fetch meanwhile. */
interface Source {
  readonly repository: Repository;
  readonly objects: string;
}

async function ask(host: Host, source: Source, args: readonly string[]): Promise<string | undefined> {
  const { repository, objects } = source;
  const result = await runGit(host, {
    cwd: repository.top,
    args,
    env: readingEnvironment(repository, objects),
  });
  return result.ok ? result.stdout.trim() : undefined;
}

/** Branches, tags and remote branches, newest first. */
async function listNames(host: Host, source: Source): Promise<readonly string[]> {
  const listed = await ask(host, source, [
    'for-each-ref',
    '--sort=-creatordate',
    '--format=%(refname:short)',
    'refs/heads',
    'refs/tags',
    'refs/remotes',
  ]);
  return (listed ?? '').split('\n').filter((name) => name !== '');
}

async function refuse(host: Host, source: Source, name: string): Promise<StropError> {
  const { repository } = source;
  if ((await ask(host, source, ['rev-parse', '--verify', '--quiet', 'HEAD'])) === undefined) {
    return new StropError({
      code: 'bad-revision',
      problem: 'the repository has no commit yet, so there is no older state to compare with',
      where: repository.top,
      remedy: 'Commit the present state first: git add . && git commit -m "start"',
    });
  }
  const kind = await ask(host, source, ['cat-file', '-t', name]);
  if (kind === 'tree' || kind === 'blob') {
    return new StropError({
      code: 'bad-revision',
      problem: `this names a ${kind === 'tree' ? 'folder' : 'file'} in git, not a commit`,
      where: name,
      remedy: 'Name a commit, a branch or a tag.',
    });
  }
  const names = await listNames(host, source);
  const near = nearNames(name, names);
  const others = near.length > 0 ? near : names.slice(0, 5);
  const exists =
    others.length === 0 ? '' : `${near.length > 0 ? 'Similar' : 'There are'}: ${others.join(', ')}. `;
  const depth = repository.shallow
    ? 'This clone is shallow: if the commit is older, get it with `git fetch --unshallow` (in CI: fetch-depth 0).'
    : 'Tags and branches that are only on the remote come with `git fetch --tags`.';
  const verbose = await runGit(host, {
    cwd: repository.top,
    args: ['rev-parse', '--verify', `${name}^{commit}`],
  });
  return new StropError({
    code: 'bad-revision',
    problem: 'no such revision',
    where: name,
    remedy: `${exists}${depth}`,
    detail: gitMessage(verbose),
  });
}

/**
 * Finds the commit that a name means: a tag, a branch, a hash, `HEAD~2`. Fails with `bad-revision`, with the names that
 * come near, when there is none.
 */
export async function resolveCommit(host: Host, source: Source, name: string): Promise<ResolvedCommit> {
  const commit = await ask(host, source, ['rev-parse', '--verify', '--quiet', `${name}^{commit}`]);
  const tree =
    commit === undefined
      ? undefined
      : await ask(host, source, ['rev-parse', '--verify', '--quiet', `${commit}^{tree}`]);
  if (commit === undefined || tree === undefined) throw await refuse(host, source, name);
  return { commit, tree };
}
