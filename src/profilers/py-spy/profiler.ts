import { StropError } from '#base';
import type { Doubt } from '#base';
import { cleanProfile } from '../clean.ts';
import type { Ask, Printed, Profiler } from '../profiler.ts';
import { doubtTeardown } from '../teardown.ts';

/** The sampler from outside: it reads the memory of the process, which runs on as if nobody looked. */
export const pySpy: Profiler = {
  tool: 'py-spy',
  title: 'py-spy',
  needs: 'py-spy',
  format: 'speedscope',
  answers: {
    // Measured on one program: within 5 points of the truth, where cProfile and pyinstrument were 17 points off.
    cpu: { rank: 1, why: 'it looks from outside and leaves times as they are' },
    wall: { rank: 1, why: 'it looks from outside, also while the program waits' },
    lines: { rank: 2, why: 'its samples know the line that ran' },
    gil: { rank: 1, why: 'it sees who holds the lock' },
    native: { rank: 1, why: 'it sees the stacks of compiled code' },
    attach: { rank: 1, why: 'it looks into a process that runs, from outside' },
    dump: { rank: 1, why: 'it reads where each thread stands' },
  },
  distortion:
    'py-spy takes samples: shares have an interval, what ran only for moments may be missing, and a stack that changes while it is read may mix two moments.',
  callCostNs: 0,
  refuses: ({ version, freeThreaded, platform }) => {
    if (freeThreaded) return 'py-spy cannot read builds of Python without the global lock';
    if (version[1] > 15) return `py-spy 0.4.3 does not know Python 3.${String(version[1])}`;
    return ['linux', 'darwin', 'win32'].includes(platform)
      ? undefined
      : `py-spy does not exist for ${platform}`;
  },
  watch: (ask, { program }, pid) => {
    const output = `${ask.folder}/py-spy.json`;
    return {
      argv: [
        program('py-spy'),
        'record',
        '--format',
        'speedscope',
        // Short paths leave open which `__init__.py` is meant.
        '--full-filenames',
        '--rate',
        String(ask.rateHz),
        '--output',
        output,
        ...flagsOf(ask),
        ...(ask.running === true ? ['--duration', String(Math.ceil(ask.seconds))] : []),
        '--pid',
        String(pid),
      ],
      output,
      // With --subprocesses it only says that it found none.
      probe: [program('py-spy'), 'dump', '--pid', String(pid)],
    };
  },
  dump: ({ native, locals, stopped }, { program }, pid) => [
    program('py-spy'),
    ...['dump', '--json', '--full-filenames'],
    ...(stopped === true ? ['--nonblocking'] : native ? ['--native'] : []),
    ...(locals === true ? ['--locals'] : []),
    ...['--pid', String(pid)],
  ],
  examine,
  clean: cleanProfile,
  doubt: doubtTeardown,
};

/** From here on py-spy tells who runs and who sleeps without holding the process: before, it takes `time.sleep` for work. */
const TELLS_SLEEP_MINOR = 11;

function holdsToTell({ question, version, held }: Ask): boolean {
  return held === true || (version[1] < TELLS_SLEEP_MINOR && question !== 'wall' && question !== 'gil');
}

function flagsOf(ask: Ask): readonly string[] {
  const { question, native } = ask;
  const compiled = native || question === 'native';
  return [
    '--subprocesses',
    // To be held for each sample wakes sleeping threads, which on a busy machine are then taken for running ones: at
    // load 5 to 9 a thread that slept all the time got 11 to 31 % of the cost, and 0.1 % at most when nothing is held. The
    // price are torn stacks: 0 to 2 % of an ordinary program's, 17 % of one made of functions of some microseconds, and such
    // functions seem to stand at their last lines (humanize: 27 % for a line of 38 %, and 37 to 40 % when it is held). One
    // thread that never waits is held, since nobody sleeps there. Stacks of compiled code can only be read in that way.
    ...(compiled || ask.alone === true || holdsToTell(ask) ? [] : ['--nonblocking']),
    ...(question === 'gil' ? ['--gil'] : []),
    ...(question === 'wall' ? ['--idle'] : []),
    ...(compiled ? ['--native'] : []),
  ];
}

/** Later than this part of the recording is said aloud: then samples bunch where the machine let py-spy run. */
const LATE_SHARE = 0.1;
/** Which stacks cannot be read is no chance: the deep ones. When so many are missing, those that are left mislead. */
const MOST_FAILED = 0.2;
/** A sampled program that is seen less often than this part of the time was waiting. */
const WAITING_SHARE = 0.5;

/** py-spy ends well also when it saw nothing, or came late. */
function examine({ text, wallNs }: Printed, ask: Ask): readonly Doubt[] {
  const [, samples = '0', errors = '0'] = /Samples: (\d+) Errors: (\d+)/.exec(text) ?? [];
  const taken = Number(samples);
  if (taken === 0) {
    throw new StropError({
      code: 'tool-failed',
      problem: 'py-spy took no sample',
      remedy:
        ask.question === 'wall'
          ? 'Record for longer (--duration 10s).'
          : 'Nothing ran that long: record for longer (--duration 10s), or count waiting, too (--wall).',
    });
  }
  const doubts: Doubt[] = [];
  const late = Math.max(0, ...[...text.matchAll(/([\d.]+)s behind in sampling/g)].map(([, s]) => Number(s)));
  const seconds = wallNs === undefined ? ask.seconds : wallNs / 1e9;
  if (late > seconds * LATE_SHARE) {
    doubts.push({
      code: 'sampling-behind',
      text: `py-spy was up to ${late.toFixed(1)} s late at ${String(ask.rateHz)} samples a second: record with a lower --rate, or on a machine with less to do.`,
    });
  }
  const failed = Number(errors);
  if (failed / (taken + failed) > MOST_FAILED) {
    throw new StropError({
      // Where it stood still already, to hold it is no help.
      code: flagsOf(ask).includes('--nonblocking') ? 'stacks-unreadable' : 'tool-failed',
      problem: `py-spy could not read ${String(failed)} of ${String(taken + failed)} stacks: what it saw is not what ran`,
      remedy: 'Take a profiler that runs inside (--tool cprofile), or record on a machine with less to do.',
    });
  }
  if (failed / (taken + failed) > 0.01) {
    doubts.push({
      code: 'stacks-incomplete',
      text: `${String(failed)} of ${String(taken + failed)} stacks could not be read and are missing.`,
    });
  }
  if (holdsToTell(ask) && ask.alone !== true) {
    doubts.push({
      code: 'tracer-distorts',
      text: `${ask.held === true ? 'Stacks so deep cannot be read while they change, so that' : 'Before Python 3.11'} py-spy has to hold the program for each sample, which wakes who sleeps${ask.question === 'wall' ? '' : ': on a busy machine part of the waiting is taken for work'}.`,
    });
  }
  // A stack that could not be read was running, too.
  const seen = (taken + failed) / (seconds * ask.rateHz);
  if (ask.question === 'cpu' && wallNs !== undefined && late === 0 && seen < WAITING_SHARE) {
    doubts.push({
      code: 'mostly-waiting',
      text: `The program ran in about ${String(Math.round(seen * 100))} % of the time and waited for the rest, which is not in here: --wall shows where.`,
    });
  }
  return doubts;
}
