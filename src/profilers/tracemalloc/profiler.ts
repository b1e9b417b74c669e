import type { Doubt } from '#base';
import { cleanProfile } from '../clean.ts';
import type { Ask, Printed, Profiler } from '../profiler.ts';

/** Below this part of the peak the snapshot is of another moment. */
const NEAR_PEAK = 0.9;
const LEAK_LOOPS = 10;
/**
 * Library code allocates some calls below the line that asked for it. Measured on copying and JSON: 8 frames take 1.5 times
 * as long as one, 25 frames 3.4 times.
 */
const FRAMES = 8;
const DEEP_FRAMES = 25;

/** The standard library's own record of who holds which memory: everywhere, slowly, and of Python alone. */
export const tracemalloc: Profiler = {
  tool: 'tracemalloc',
  title: 'tracemalloc',
  format: 'tracemalloc',
  answers: {
    memory: { rank: 2, why: 'it comes with Python; it sees what Python itself allocates' },
    leaks: { rank: 2, why: 'it comes with Python; it tells what Python still holds at the end' },
  },
  distortion:
    'tracemalloc sees only what Python itself allocates, none of the memory of compiled libraries, and makes the program 4 to 10 times slower.',
  callCostNs: 0,
  refuses: () => undefined,
  around: (ask) => ({
    module: 'with_tracemalloc',
    options: optionsOf(ask),
    output: `${ask.folder}/workload.tracemalloc`,
    maxLoops: ask.question === 'leaks' ? LEAK_LOOPS : 1,
  }),
  command: (ask, { python }, { options, target }) => {
    const output = `${ask.folder}/workload.tracemalloc`;
    const around = { module: 'with_tracemalloc', options: optionsOf(ask), output };
    return {
      argv: [python, ...options, ...target],
      env: { STROP_AROUND: JSON.stringify(around) },
      output,
    };
  },
  examine,
  clean: cleanProfile,
  doubt: () => [{ code: 'allocations-unseen', text: tracemalloc.distortion }],
};

function optionsOf({ question, deep }: Ask): Readonly<Record<string, unknown>> {
  return { frames: deep ? DEEP_FRAMES : FRAMES, atPeak: question !== 'leaks' };
}

function examine({ notes }: Printed, ask: Ask): readonly Doubt[] {
  const { peakBytes = 0, seenBytes = 0 } = notes;
  if (ask.question === 'leaks' || peakBytes === 0 || seenBytes >= peakBytes * NEAR_PEAK) return [];
  const percent = Math.round((seenBytes / peakBytes) * 100);
  return [
    {
      code: 'peak-missed',
      text: `The snapshot holds ${String(percent)} % of the peak, which was too short to be caught: run it again, or let memray record every moment.`,
    },
  ];
}
