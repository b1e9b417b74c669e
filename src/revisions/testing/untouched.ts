import { expect } from 'vitest';
import type { PreparedSides } from '#revisions';
import { takeSnapshot } from './stage.ts';
import type { Stage } from './stage.ts';

/**
 * Every reader of a split index, `git status` too, renews the time of the shared part, so that it does not expire: the
 * one thing that is allowed to change.
 */
async function takeRepository(stage: Stage): Promise<readonly string[]> {
  const lines = await takeSnapshot(stage.repo);
  return lines.map((line) => line.replace(/(\/sharedindex\.\w+ \d+) \d+ \d+/, '$1'));
}

/** Prepares, and demands that the user's repository and tree are exactly as before. */
export async function prepareUntouched(
  stage: Stage,
  revisions?: string,
  options: Parameters<Stage['prepare']>[1] = {},
): Promise<PreparedSides> {
  const before = await takeRepository(stage);
  const sides = await stage.prepare(revisions, options);
  expect(await takeRepository(stage)).toEqual(before);
  return sides;
}
