import type { Doubt } from '#base';
import { cleanProfile } from '../clean.ts';
import type { Ask, Kit, Launch, Profiler } from '../profiler.ts';

/** Every allocation with its stack. */
export const memray: Profiler = {
  tool: 'memray',
  title: 'memray',
  needs: 'memray',
  format: 'memray',
  answers: {
    memory: { rank: 1, why: 'it sees every allocation with its stack, and the peak' },
    leaks: { rank: 1, why: 'it tells what was never freed' },
    temporary: { rank: 1, why: 'it tells what was freed as soon as it was made' },
  },
  distortion: 'memray follows allocations: it says nothing about time, and slows the program down.',
  callCostNs: 0,
  refuses: ({ platform, version, freeThreaded }) => {
    if (platform !== 'linux' && platform !== 'darwin') return 'memray exists for Linux and macOS only';
    return freeThreaded && version[1] < 14 ? 'memray has no wheel for this build of Python' : undefined;
  },
  around: (ask) => {
    const output = `${ask.folder}/workload.bin`;
    return {
      module: 'with_memray',
      // In a loop of our own choosing even the smallest objects can be paid for.
      options: { path: output, aggregate: isAggregate(ask), native: ask.native, small: true },
      output,
      maxLoops: ask.question === 'leaks' ? LEAK_LOOPS : 1,
    };
  },
  command: (ask, { python }, { options, target }) => {
    const output = `${ask.folder}/workload.bin`;
    const own = [...['-m', 'memray', 'run', '-q', '-f', '-o', output], ...flagsOf(ask)];
    return { argv: [python, ...options, ...own, ...target], output };
  },
  inject: (ask, kit, pid) => {
    const output = `${ask.folder}/workload.bin`;
    const seconds = String(Math.ceil(ask.seconds) + LEFT_ALONE_SECONDS);
    return {
      begin: {
        argv: shim(kit, ['attach', '-f', '-o', output, ...flagsOf(ask), '--duration', seconds, String(pid)]),
        output,
      },
      // It returns before anything was recorded; being told to end by force is how it says that all is written.
      end: shim(kit, ['detach', String(pid)]),
      hint: 'Below Python 3.14 memray needs gdb or lldb on this machine; the process must be of the same minor version of Python as the project.',
    };
  },
  convert: (ask, { python }, written): Launch => {
    const output = `${ask.folder}/workload.csv`;
    const of =
      ask.question === 'leaks'
        ? ['--leaks']
        : ask.question === 'temporary'
          ? ['--temporary-allocations']
          : [];
    return { argv: [python, '-m', 'memray', 'transform', 'csv', '-f', ...of, '-o', output, written], output };
  },
  examine: (printed, ask) => [
    ...(ask.running === true ? [BEFORE] : []),
    ...(printed.held || seesSmall(ask) ? [] : [UNSEEN]),
  ],
  clean: cleanProfile,
  doubt: (profile) =>
    profile.shape === 'stacks' && profile.nodes.length === 0
      ? [{ code: 'allocations-unseen', text: 'No allocation of the workload was seen.' }]
      : [],
};

/** It ends by itself so long after its time where strop could not end it. */
const LEFT_ALONE_SECONDS = 10;

/** Often enough to tell what piles up from what was kept once. */
const LEAK_LOOPS = 10;

const UNSEEN: Doubt = {
  code: 'allocations-unseen',
  text: 'Objects of up to 512 bytes are missing, which Python takes out of pools: --deep shows them, and takes about five times as long.',
};

const BEFORE: Doubt = {
  code: 'allocations-unseen',
  text: 'Only what the process asked for while it was looked at is in here, not what it held before.',
};

/** Only the whole recording tells what was freed at once; the other questions fit into a small file. */
function isAggregate({ question }: Ask): boolean {
  return question !== 'temporary';
}

function seesSmall({ question, deep }: Ask): boolean {
  return deep || question === 'leaks';
}

function flagsOf(ask: Ask): readonly string[] {
  return [
    ...(isAggregate(ask) ? ['--aggregate'] : []),
    ...(ask.native ? ['--native'] : []),
    ...(seesSmall(ask) ? ['--trace-python-allocators'] : []),
  ];
}

function shim({ python, shims, folder }: Kit, words: readonly string[]): readonly [string, ...string[]] {
  return [python, `${shims}/_strop_profile/attach_memray.py`, folder ?? '', ...words];
}
