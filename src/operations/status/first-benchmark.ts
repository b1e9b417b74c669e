import { StropError } from '#base';
import type { ProjectRoot } from '#project';
import { openHistory } from '#store';
import type { ProfileDocument } from '#store';
import { proposeCandidates } from '../candidates.ts';
import { hasTests, profileTests } from '../first-profile.ts';
import { openProject } from '../opened-project.ts';
import type { Context } from '../operation.ts';
import { latestWhole } from '../whole-profiles.ts';
import type { Status } from './schema.ts';

/** The part of a status that helps to a first benchmark. */
type FirstBenchmark = Pick<Status, 'candidates' | 'profile' | 'notes'>;

/** Where there are benchmarks, or nothing to look at. */
export const NOTHING: FirstBenchmark = { candidates: [], profile: null, notes: [] };

/** Somebody who only asks where he is does not want to wait for longer. */
const LIMIT_SECONDS = 30;

/**
 * What is worth a first benchmark: from the newest kept profile, or else from the tests, which run for it. Where that
 * cannot be found out the status stands without it, and a note says why.
 */
export async function findCandidates(
  context: Context,
  project: ProjectRoot,
  hasCommit: boolean,
): Promise<FirstBenchmark> {
  const kept = await latestWhole(openHistory(context.host, project.root));
  if (kept !== undefined) return propose(kept);
  if (!hasCommit) return NOTHING;
  try {
    const opened = await openProject(context, undefined);
    if (!(await hasTests(context.host, opened))) return NOTHING;
    await context.takeMachine?.();
    return propose(await profileTests(context, opened, { seconds: LIMIT_SECONDS, reuse: false }));
  } catch (error) {
    if (!(error instanceof StropError) || error.code === 'interrupted') throw error;
    const { problem, remedy } = error.facts;
    const notes = [`What is worth a first benchmark could not be found out: ${problem}. ${remedy}`];
    return { ...NOTHING, notes };
  }
}

function propose(profile: ProfileDocument): FirstBenchmark {
  const { date, workload, commit } = profile;
  const candidates = proposeCandidates(profile, []);
  const about = `${workload ?? 'a profile'} of ${date.slice(0, 16).replace('T', ' ')} UTC`;
  const cut = profile.doubts.filter(({ code }) => code === 'profile-cut-short' || code === 'tests-failed');
  return {
    candidates: [...candidates],
    profile: { date, workload, commit },
    notes: [
      candidates.length === 0
        ? `No function of yours that can be called by name stands out in ${about}.`
        : `From ${about}; strop scaffold looks anew when files have changed.`,
      ...cut.map(({ text }) => text),
    ],
  };
}
