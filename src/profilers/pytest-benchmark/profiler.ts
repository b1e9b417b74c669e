import { cleanProfile } from '../clean.ts';
import type { Profiler } from '../profiler.ts';
import { doubtTracer } from '../tracer-doubts.ts';

/** cProfile as pytest-benchmark itself starts it inside one benchmark, for teams that know its numbers. */
export const pytestBenchmark: Profiler = {
  tool: 'pytest-benchmark',
  title: "pytest-benchmark's cProfile",
  format: 'cprofile',
  answers: {
    calls: { rank: 1, why: 'it counts the calls inside of one benchmark, by the means of its plugin' },
  },
  distortion:
    'cProfile stops at every call: functions that are called very often look slower than they are, ' +
    'and compiled code looks faster.',
  callCostNs: 150,
  refuses: () => undefined,
  benchmark: ({ folder }, { python }, nodeId, loops) => ({
    argv: [
      python,
      ...['-m', 'pytest', nodeId, '-q', '-p', 'no:cacheprovider', '-p', 'no:xdist'],
      // A project that leaves slow tests out by its own options still means this one.
      ...['-m', '', '-k', ''],
      ...[
        '--benchmark-only',
        '--benchmark-disable-gc',
        '--benchmark-max-time=0.1',
        '--benchmark-min-rounds=1',
      ],
      ...['--benchmark-warmup=off', '--benchmark-cprofile=cumtime', '--benchmark-cprofile-top=30'],
      // One loop, the default, leaves nothing but zeros of fast code.
      `--benchmark-cprofile-loops=${String(loops)}`,
      // Two tests of one name in different files overwrite each other's dump: a folder for each run.
      `--benchmark-cprofile-dump=${folder}/dump/run`,
    ],
    output: `${folder}/dump/`,
  }),
  clean: cleanProfile,
  doubt: doubtTracer,
};
