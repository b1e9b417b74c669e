import type { Doubt } from '#base';
import { classifyFrames, cutCallGraph, type Frame, type Profile } from '#profiles';
import type { Cleaned, Profiler, Setting } from '../profiler.ts';

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
  clean: cleanProfile,
  doubt: findDoubts,
};

/** What strop's worker calls around the workload; only its own calls of these are taken out. */
const CHORES = /^<built-in method (?:builtins\.exec|time\.\w+(?:_ns|_counter|_time)|gc\.\w+)>$/;
const PROFILER_ITSELF = /^<method '(?:enable|disable)' of '_lsprof\.Profiler' objects>$/;
/** Launchers and test runners, by short path: they call the workload and are no part of it. */
const RUNNERS =
  /(?:^<frozen runpy>$)|(?:\/(?:runpy|cProfile|profile)\.py$)|(?:\/(?:_pytest|pytest|pluggy|pytest_benchmark)\/)/;

/**
 * Classifies the frames and cuts everything above the workload off: strop's shim, `runpy`, pytest and its plugins, and
 * the profiler's own `enable` and `disable`. Code of the project is never cut, even when the project is a test runner.
 */
function cleanProfile(profile: Profile, { roots, shimFolder }: Setting): Cleaned {
  const shims = shimFolder === undefined ? [] : [shimFolder];
  const known = { ...roots, dependencies: [...roots.dependencies, ...shims] };
  const classified = classifyFrames(profile, known);
  if (classified.shape !== 'call-graph') {
    return { profile: classified, removed: { functions: 0, self: profile.metrics.map(() => 0) } };
  }
  const pick = (belongs: (frame: Frame) => boolean): ReadonlySet<number> =>
    new Set(classified.frames.flatMap((frame, index) => (belongs(frame) ? [index] : [])));
  const launchers = pick((frame) => isShim(frame, shimFolder));
  const runners = pick((frame) => frame.origin !== 'mine' && isRunner(frame));
  return cutCallGraph(classified, {
    harness: new Set([...launchers, ...runners]),
    launchers,
    chores: pick((frame) => frame.file === undefined && CHORES.test(frame.name)),
  });
}

function isShim(frame: Frame, shimFolder: string | undefined): boolean {
  if (shimFolder === undefined || frame.file === undefined) return false;
  const folder = shimFolder.replace(/[\\/]+$/, '');
  return frame.file.startsWith(folder) && /^[\\/]/.test(frame.file.slice(folder.length));
}

function isRunner(frame: Frame): boolean {
  if (frame.file === undefined) return PROFILER_ITSELF.test(frame.name);
  return frame.file === '<profile>' || RUNNERS.test(frame.file.replaceAll('\\', '/'));
}

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
