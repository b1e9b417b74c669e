import { cleanProfile } from '../clean.ts';
import type { Ask, Launch, Profiler, SamplerWords } from '../profiler.ts';
import { examineTachyon } from './examine.ts';
import { doubtTachyon } from './doubt.ts';

/**
 * The sampler from outside that Python 3.15 brings itself (https://docs.python.org/3.15/library/profiling.sampling.html).
 *
 * Always its `attach`: its own `run` ends well whatever becomes of the program, so that a failing one would look like a
 * short one. strop holds commands at their start until it looks, which misses as little.
 */
export const tachyon: Profiler = {
  tool: 'tachyon',
  title: 'profiling.sampling (Tachyon)',
  format: 'tachyon-binary',
  answers: {
    // Measured on one program: within 2 points of the truth, and py-spy within 5. Before it in the list.
    cpu: { rank: 1, why: 'it comes with Python, looks from outside and leaves times as they are' },
    wall: { rank: 1, why: 'it comes with Python and looks from outside, also while the program waits' },
    lines: { rank: 2, why: 'its samples know the line that ran' },
    gil: { rank: 1, why: 'it comes with Python and sees who holds the lock' },
    // Marks alone, where py-spy has the stacks and scalene the share.
    native: { rank: 3, why: 'it marks where compiled code ran, without saying which' },
    // Of the waiting tasks it knows where each stands, not for how long one call of it waited.
    async: { rank: 2, why: 'it comes with Python and sees where each task waits' },
    attach: { rank: 1, why: 'it comes with Python and looks into a process that runs, from outside' },
  },
  distortion:
    'profiling.sampling takes samples: shares have an interval, and what ran only for moments may be missing.',
  callCostNs: 0,
  refuses: ({ version, platform }) => {
    if (version[1] < 15) return 'profiling.sampling comes with Python 3.15 and newer';
    return ['linux', 'darwin', 'win32'].includes(platform)
      ? undefined
      : `profiling.sampling does not exist for ${platform}`;
  },
  watch: (ask, { python }, pid): Launch => {
    const output = `${ask.folder}/${ask.question === 'async' ? 'tachyon.pstats' : 'tachyon.bin'}`;
    return {
      // Isolated: neither a folder `profiling` where strop was started nor PYTHONPATH may come before the library.
      argv: [python, '-I', '-c', LOOK, 'attach', ...optionsOf(ask), '--output', output, String(pid)],
      output,
      says: WORDS,
    };
  },
  examine: examineTachyon,
  clean: cleanProfile,
  doubt: doubtTachyon,
};

/** Runs profiling.sampling, which says nothing before its end, so that it says when it begins to look. */
const LOOK = `
import runpy
from profiling.sampling import sample
def say(pid):
    print("Sampling process", pid, flush=True)
known = getattr(sample, "SampleProfiler", None)
if hasattr(known, "sample"):
    def look(self, *words, look=known.sample, **options):
        say(self.pid)
        return look(self, *words, **options)
    known.sample = look
else:
    say("soon")
runpy.run_module("profiling.sampling", run_name="__main__", alter_sys=True)
`;

const WORDS: SamplerWords = {
  denied:
    /unable to access (?:the target )?process|administrator rights|Operation not permitted|Permission denied/,
  gone: /cannot find the process|exited before|No such process/,
  noPython: /Failed to find the PyRuntime section|Failed to (?:get|locate)\b.*PyRuntime/i,
  missing: /ModuleNotFoundError|No module named/,
};

function optionsOf(ask: Ask): readonly string[] {
  const { question, native, deep, rateHz, seconds, running } = ask;
  const shared = [
    '--sampling-rate',
    String(rateHz),
    ...(running === true ? ['--duration', String(Math.ceil(seconds))] : []),
  ];
  // Tasks are known neither with threads or modes nor in the binary form; of the others only this one has whole paths.
  if (question === 'async') return [...shared, '--async-aware', '--async-mode', 'all', '--pstats'];
  const mode = question === 'wall' || question === 'gil' ? question : 'cpu';
  return [
    ...shared,
    '--all-threads',
    '--mode',
    mode,
    // No stack is torn while the program stands still, but then it is never on a processor either: in 3.15.2 the mode
    // `cpu` takes no sample that way.
    ...(deep && mode !== 'cpu' ? ['--blocking'] : []),
    ...(native || question === 'native' ? ['--native'] : []),
    '--binary',
  ];
}
