import type { Doubt } from '#base';
import type { Profile } from '#profiles';

/** What a profile by cProfile is silent about: threads and child processes leave traces in the rows although their work may be missing. */
export function doubtTracer(profile: Profile): readonly Doubt[] {
  const costs = profile.shape === 'stacks' ? profile.nodes : profile.rows;
  const frames = [...new Set(costs.map((cost) => cost.frame))].map((index) => profile.frames[index]);
  const has = (file: RegExp, name: RegExp): boolean =>
    frames.some(
      (frame) => file.test(frame?.file?.replaceAll('\\', '/') ?? '') && name.test(frame?.name ?? ''),
    );
  const doubts: Doubt[] = [];
  if (has(/\/threading\.py$/, /^_bootstrap(_inner)?$/)) {
    doubts.push({
      code: 'threads-merged',
      text: 'Several threads ran; their times are added up, so waiting in one counts beside work in another.',
    });
  } else if (has(/\/threading\.py$/, /^start$/)) {
    doubts.push({
      code: 'threads-missed',
      text: 'Threads were started, but cProfile before Python 3.12 sees the main thread only.',
    });
  }
  if (
    has(
      /^$/,
      /^<built-in method (?:posix\.(?:fork|posix_spawnp?)|_posixsubprocess\.fork_exec|_winapi\.CreateProcess)>$/,
    )
  ) {
    doubts.push({
      code: 'children-missed',
      text: 'Child processes were started; cProfile does not see what they did, only the waiting for them.',
    });
  }
  return doubts;
}
