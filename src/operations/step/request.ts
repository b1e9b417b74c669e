import { StropError } from '#base';
import type { Doubt } from '#base';
import type { BaselineDocument, StepDocument } from '#store';
import { parseRevisions } from '#revisions';
import type { Side, SideRequests } from '#revisions';
import { insideProject } from '../campaign-files.ts';
import type { CampaignStep } from '../campaign.ts';
import type { StepInput } from './schema.ts';

/** The two states that a step is about: a commit and the one before it, or HEAD and the working tree. */
export function sidesOf(input: Pick<StepInput, 'at' | 'commit'>): SideRequests {
  if (input.at === undefined) return parseRevisions(undefined);
  if (input.commit) {
    throw new StropError({
      code: 'bad-request',
      problem: '--at names a commit, so there is nothing to commit',
      remedy: 'Leave out --commit.',
    });
  }
  if (input.at.includes('..')) {
    throw new StropError({
      code: 'bad-request',
      problem: '--at takes one commit',
      where: input.at,
      remedy: 'Name the commit that holds the change; it is judged against the one before it.',
    });
  }
  return parseRevisions(`${input.at}~1..${input.at}`);
}

/** The parent of a commit is strop's own wish: who named the first commit of a history never typed `~1`. */
export function explainParent(error: unknown, at: string | undefined): unknown {
  const isParent =
    error instanceof StropError && error.code === 'bad-revision' && error.facts.where === `${at}~1`;
  if (at === undefined || !isParent) return error;
  return new StropError({
    code: 'bad-revision',
    problem: 'there is no such commit, or no commit before it that it could be judged against',
    where: at,
    remedy: `Name a commit that changes something (git log). ${error.facts.remedy}`,
  });
}

/** Nothing is a step before there is a baseline. */
export function requireBaseline(baseline: BaselineDocument | undefined): BaselineDocument {
  if (baseline !== undefined) return baseline;
  throw new StropError({
    code: 'bad-request',
    problem: 'there is no baseline yet: nothing is optimised before it was measured',
    remedy: 'Run `strop baseline`: it measures HEAD, and your uncommitted change may stay where it is.',
  });
}

/** A change beside the project is a step of another one. */
export function requireInside(
  paths: readonly string[],
  side: Pick<Side, 'root' | 'project' | 'sourceRoots'>,
): void {
  const [first] = paths;
  if (first === undefined || insideProject(paths, side).length > 0) return;
  throw new StropError({
    code: 'bad-request',
    problem: 'nothing in the project has changed, only files beside it in the repository',
    where: first,
    remedy: 'Run this in the project that the change belongs to.',
  });
}

/** What a step changed, file by file, as far as it is needed to recognise it in another one. */
type Hashed = StepDocument['files'];

/**
 * A change on top of an accepted one that is not committed would count that one twice. The accepted one is recognised by
 * its files and not by the content of the tree, in which the log has changed since; when none of them is as it was
 * accepted any more, it was taken back. Where one of them differs otherwise nobody can tell: answers a doubt then.
 */
export function requireOneChange(
  steps: readonly CampaignStep[],
  a: StepDocument['a'],
  change: Hashed,
): readonly Doubt[] {
  if (change.length === 0) {
    throw new StropError({
      code: 'bad-request',
      problem: 'nothing has changed: both sides are the same in every file',
      remedy: 'Change one thing, then run this again.',
    });
  }
  const last = steps.filter((step) => step.outcome === 'accepted').at(-1);
  if (last === undefined || last.a.content !== a.content) return [];
  const now = new Map(change.map(({ path, blob }) => [path, blob]));
  const touched = last.files.filter(({ path }) => now.has(path));
  if (!touched.some(({ path, blob }) => now.get(path) === blob)) {
    const text = `The accepted step "${last.title}" is not committed and changed ${touched.map(({ path }) => path).join(', ')}, too: if its change is still there, it is measured once more.`;
    return touched.length === 0 ? [] : [{ code: 'accepted-not-committed', text }];
  }
  const again =
    last.files.length === now.size && last.files.every(({ path, blob }) => now.get(path) === blob);
  throw new StropError({
    code: 'bad-request',
    problem: again
      ? `this change was accepted already: "${last.title}"`
      : `the accepted step "${last.title}" is not committed yet: both changes would be measured as one`,
    remedy: 'Commit the accepted change first (git commit); each step is a commit of its own.',
  });
}
