import { cleanProfile } from '../clean.ts';
import type { Profiler } from '../profiler.ts';
import { doubtTracer } from '../tracer-doubts.ts';

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
  answers: {
    cpu: { rank: 3, why: 'it comes with Python; its times lean towards small functions' },
    wall: { rank: 3, why: 'it comes with Python and counts waiting' },
    calls: { rank: 2, why: 'it counts every call' },
  },
  refuses: () => undefined,
  around: ({ folder }) => ({ module: 'with_cprofile', options: {}, output: `${folder}/workload.prof` }),
  command: ({ folder }, { python, shims }, { options, target }) => ({
    argv: [
      python,
      ...options,
      `${shims}/_strop_profile/run_cprofile.py`,
      ...['-o', `${folder}/workload.prof`, ...target],
    ],
    output: `${folder}/workload.prof`,
  }),
  clean: cleanProfile,
  doubt: doubtTracer,
};
