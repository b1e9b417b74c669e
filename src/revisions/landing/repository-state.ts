import { join } from 'node:path';
import { StropError } from '#base';
import type { Host } from '#host';
import { runGit } from '../git.ts';
import type { Repository } from '../repository.ts';

/** What git leaves in its folder in the middle of something, with the way out of it (gitrepository-layout(5)). */
const UNFINISHED: readonly (readonly [file: string, what: string, remedy: string])[] = [
  ['MERGE_HEAD', 'a merge', 'Finish it (git commit), or undo it (git merge --abort).'],
  ['rebase-merge', 'a rebase', 'Finish it (git rebase --continue), or undo it (git rebase --abort).'],
  [
    'rebase-apply',
    'a rebase or git am',
    'Finish it (git rebase --continue or git am --continue), or undo it with --abort.',
  ],
  [
    'CHERRY_PICK_HEAD',
    'a cherry-pick',
    'Finish it (git cherry-pick --continue), or undo it (git cherry-pick --abort).',
  ],
  ['REVERT_HEAD', 'a revert', 'Finish it (git revert --continue), or undo it (git revert --abort).'],
  ['sequencer', 'a series of cherry-picks or reverts', 'Finish it with --continue, or undo it with --abort.'],
];

/** Where HEAD is now. */
export interface Head {
  readonly commit: string | undefined;
  /** Full name of the branch; undefined when HEAD is detached. */
  readonly ref: string | undefined;
}

/** Reads HEAD of the working tree. */
export async function readHead(host: Host, repository: Repository): Promise<Head> {
  const cwd = repository.top;
  const commit = await runGit(host, { cwd, args: ['rev-parse', '--verify', '--quiet', 'HEAD^{commit}'] });
  const ref = await runGit(host, { cwd, args: ['symbolic-ref', '--quiet', 'HEAD'] });
  return {
    commit: commit.ok ? commit.stdout.trim() : undefined,
    ref: ref.ok ? ref.stdout.trim() : undefined,
  };
}

/** The refusal when HEAD is not where it was measured. */
export function headMoved(expected: string, now: string | undefined): StropError {
  return new StropError({
    code: 'bad-tree',
    problem: `HEAD was at ${expected.slice(0, 12)} when this was measured and is at ${now?.slice(0, 12) ?? 'no commit'} now`,
    remedy: 'Measure again on top of the present commit, or go back to the former one.',
  });
}

/** Fails with `bad-tree` unless HEAD is the expected commit and nothing of git is unfinished. */
export async function demandReady(host: Host, repository: Repository, expected: string): Promise<Head> {
  for (const [file, what, remedy] of UNFINISHED) {
    if ((await host.files.kind(join(repository.gitDir, file))) === undefined) continue;
    throw new StropError({
      code: 'bad-tree',
      problem: `${what} is not finished, so nothing can be committed`,
      where: repository.top,
      remedy,
    });
  }
  const head = await readHead(host, repository);
  if (head.commit !== expected) throw headMoved(expected, head.commit);
  return head;
}
