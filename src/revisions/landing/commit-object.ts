import { StropError } from '#base';
import type { Host } from '#host';
import { askGit, gitMessage, runGit } from '../git.ts';
import { readingEnvironment } from '../repository.ts';
import type { Repository } from '../repository.ts';

/** What the new commit is to be. */
export interface CommitDraft {
  readonly repository: Repository;
  /** Store of strop's own, for the commit. */
  readonly objects: string;
  readonly tree: string;
  readonly parent: string;
  readonly message: string;
  readonly signal?: AbortSignal | undefined;
}

async function readSetting(
  host: Host,
  repository: Repository,
  args: readonly string[],
): Promise<string | undefined> {
  const asked = await runGit(host, { cwd: repository.top, args: ['config', ...args] });
  return asked.ok ? asked.stdout.trim() : undefined;
}

/**
 * The message as git cleans it without an editor: blank lines at both ends and white space at the ends of lines go, and
 * comment lines only when `commit.cleanup` asks for it (git-commit(1), `--cleanup`).
 */
export async function cleanMessage(host: Host, repository: Repository, message: string): Promise<string> {
  const mode = await readSetting(host, repository, ['--get', 'commit.cleanup']);
  const cleaned =
    mode === 'verbatim'
      ? message
      : await askGit(
          host,
          {
            cwd: repository.top,
            args: ['stripspace', ...(mode === 'strip' ? ['--strip-comments'] : [])],
            stdin: message,
          },
          {
            code: 'commit-refused',
            problem: 'git cannot read the message',
            remedy: 'Look at what git says.',
          },
        );
  if (cleaned.trim() !== '') return cleaned;
  throw new StropError({
    code: 'commit-refused',
    problem: 'the message of the commit is empty',
    remedy: 'Give the step a title; a commit-msg hook may have taken it away.',
  });
}

function explain(said: string): { readonly problem: string; readonly remedy: string } {
  if (
    /tell me who you are|empty ident name|auto-detect(ion)? .*(email|name)|no (email|name) was given/i.test(
      said,
    )
  ) {
    return {
      problem: 'git does not know who commits',
      remedy: 'Tell it: git config user.name "..." and git config user.email "...".',
    };
  }
  if (/sign/i.test(said)) {
    return {
      problem: 'the commit cannot be signed, as commit.gpgsign asks for',
      remedy:
        'Make `git commit --gpg-sign` work (unlock the key, start its agent), or turn commit.gpgsign off.',
    };
  }
  return { problem: 'git cannot write the commit', remedy: 'Look at what git says.' };
}

/** Fails with `commit-refused` when git does not know who commits. */
export async function demandIdentity(host: Host, repository: Repository): Promise<void> {
  for (const name of ['GIT_AUTHOR_IDENT', 'GIT_COMMITTER_IDENT']) {
    const asked = await runGit(host, { cwd: repository.top, args: ['var', name] });
    if (asked.ok) continue;
    const detail = gitMessage(asked);
    throw new StropError({ code: 'commit-refused', ...explain(detail), where: repository.top, detail });
  }
}

/**
 * Writes the commit into strop's own store, with author and committer as git finds them and signed when `commit.gpgsign`
 * says so, which `git commit-tree` does not ask by itself. Fails with `commit-refused`.
 */
export async function writeCommit(host: Host, draft: CommitDraft): Promise<string> {
  const { repository, objects, tree, parent, message, signal } = draft;
  const sign = await readSetting(host, repository, ['--type=bool', '--get', 'commit.gpgsign']);
  const written = await runGit(host, {
    cwd: repository.top,
    env: readingEnvironment(repository, objects),
    args: [
      '-c',
      'i18n.commitEncoding=utf-8',
      'commit-tree',
      tree,
      '-p',
      parent,
      ...(sign === 'true' ? ['-S'] : []),
      '-F',
      '-',
    ],
    stdin: message,
    signal,
  });
  if (written.ok) return written.stdout.trim();
  const detail = gitMessage(written);
  throw new StropError({ code: 'commit-refused', ...explain(detail), where: repository.top, detail });
}
