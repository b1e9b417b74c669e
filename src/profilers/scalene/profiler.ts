import { StropError } from '#base';
import { cleanProfile } from '../clean.ts';
import type { Ask, Profiler } from '../profiler.ts';

/** Tells Python, compiled code and the system apart, line by line, and memory beside them. */
export const scalene: Profiler = {
  tool: 'scalene',
  title: 'scalene',
  needs: 'scalene',
  format: 'scalene',
  answers: { native: { rank: 2, why: 'it tells compiled code from Python on each line' } },
  distortion: 'scalene charges time in libraries to the line that called them.',
  callCostNs: 0,
  refuses: ({ version, freeThreaded, platform }) => {
    if (version[1] > 14) return `scalene has no wheel for Python 3.${String(version[1])}`;
    if (freeThreaded && version[1] < 14) return 'scalene has no wheel for this build of Python';
    return ['linux', 'darwin', 'win32'].includes(platform)
      ? undefined
      : `scalene does not exist for ${platform}`;
  },
  command: (ask, { python }, { options, target }) => {
    const output = `${ask.folder}/scalene.json`;
    const [first = '', ...rest] = target;
    const [script, words] = first === '-m' ? [[first, rest[0] ?? ''], rest.slice(1)] : [[first], rest];
    return {
      argv: [python, ...options, '-m', 'scalene', 'run', ...flagsOf(ask, output), ...script, '---', ...words],
      output,
    };
  },
  examine: ({ text }) => {
    if (!/did not run for long enough|did not (?:allocate|use) enough/.test(text)) return [];
    throw new StropError({
      code: 'tool-failed',
      problem: 'scalene recorded nothing: the program ran for less than about a second',
      remedy: 'Name a workload that strop can repeat instead of a command, or let the program work longer.',
    });
  },
  clean: cleanProfile,
  doubt: () => [],
};

function flagsOf(ask: Ask, output: string): readonly string[] {
  return [
    ask.question === 'memory' || ask.deep ? '--memory' : '--cpu-only',
    // Only the folder of the script counts otherwise.
    '--program-path',
    ask.project,
    // Lines below a hundredth are left out otherwise, and shares are of what is left.
    '--cpu-percent-threshold',
    '0',
    '-o',
    output,
  ];
}
