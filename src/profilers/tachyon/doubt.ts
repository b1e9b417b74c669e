import type { Doubt } from '#base';
import type { Profile } from '#profiles';
import { doubtTeardown } from '../teardown.ts';

/** A sampled program that is on a processor less often than this part of the time was waiting. */
const WAITING_SHARE = 0.5;
/** Only code that starts other processes is in these files. */
const STARTS_PROCESSES =
  /\/(?:subprocess|multiprocessing\/(?:popen_\w+|process)|concurrent\/futures\/process)\.py$/;

/** What a recording leaves out by its own numbers: waiting, and the processes that the program started. */
export function doubtTachyon(profile: Profile): readonly Doubt[] {
  const doubts: Doubt[] = [];
  const { durationNs } = profile.source ?? {};
  if (profile.shape === 'stacks' && profile.metrics[0]?.name === 'cpu' && durationNs !== undefined) {
    const ran = profile.nodes.reduce((sum, { self }) => sum + (self[0] ?? 0), 0) / durationNs;
    if (ran < WAITING_SHARE) {
      doubts.push({
        code: 'mostly-waiting',
        text: `The program ran in about ${String(Math.round(ran * 100))} % of the time and waited for the rest, which is not in here: --wall shows where.`,
      });
    }
  }
  const costs = profile.shape === 'stacks' ? profile.nodes : profile.rows;
  // Only tasks come as lines.
  if (profile.shape === 'lines' && costs.length === 0) {
    doubts.push({
      code: 'question-not-recorded',
      text: 'No task of asyncio was seen while it was looked: --wall shows waiting that has no tasks.',
    });
  }
  const files = new Set(costs.map(({ frame }) => profile.frames[frame]?.file?.replaceAll('\\', '/') ?? ''));
  if ([...files].some((file) => STARTS_PROCESSES.test(file))) {
    doubts.push({
      code: 'children-missed',
      text: 'Child processes were started; profiling.sampling looks only into the one that started them: --tool py-spy follows them.',
    });
  }
  return [...doubts, ...doubtTeardown(profile)];
}
