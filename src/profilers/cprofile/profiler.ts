import type { Doubt } from '#base';
import type { Profile } from '#profiles';
import { cleanProfile } from '../clean.ts';
import type { Profiler } from '../profiler.ts';

/** The tracer of the standard library: exact counts, times that lean towards small functions. */
export const cprofile: Profiler = {
  tool: 'cprofile',
  title: 'cProfile',
  format: 'cprofile',
  distortion:
    'cProfile stops at every call: functions that are called very often look slower than they are, ' +
    'and compiled code looks faster.',
  // Measured on CPython 3.9 to 3.13: 80 to 240 ns for a Python function, 120 to 160 ns for a compiled one.
  callCostNs: 150,
  answers: ['cpu', 'wall', 'calls'],
  refuses: () => undefined,
  around: ({ folder }) => ({ module: 'with_cprofile', options: {}, output: `${folder}/workload.prof` }),
  command: ({ folder }, { python }, { options, target }) => ({
    argv: [python, ...options, '-m', 'cProfile', '-o', `${folder}/workload.prof`, ...target],
    output: `${folder}/workload.prof`,
  }),
  clean: cleanProfile,
  doubt: findDoubts,
};

/** Threads and child processes leave traces in the rows although their work may be missing. */
function findDoubts(profile: Profile): readonly Doubt[] {
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
