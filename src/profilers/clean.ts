import { classifyFrames, cutCallGraph } from '#profiles';
import type { Frame, LineProfile, Profile } from '#profiles';
import { cutStacks } from './cut-stacks.ts';
import { partOf } from './harness.ts';
import type { Cleaned, Setting } from './profiler.ts';

/** What strop's worker calls around the workload; only its own calls of these are taken out. */
const CHORES = /^<built-in method (?:builtins\.exec|time\.\w+(?:_ns|_counter|_time)|gc\.\w+)>$/;

/**
 * Classifies the frames and cuts everything above the workload off: strop's shim, `runpy`, the tool itself, pytest and
 * its plugins. Code of the project is never cut, even when the project is a test runner.
 */
export function cleanProfile(profile: Profile, { roots, shimFolder }: Setting): Cleaned {
  const shims = shimFolder === undefined ? [] : [shimFolder];
  const known = { ...roots, dependencies: [...roots.dependencies, ...shims] };
  const classified = classifyFrames(profile, known);
  switch (classified.shape) {
    case 'stacks':
      return cutStacks(classified, shimFolder);
    case 'lines':
      return cutLines(classified, shimFolder);
    case 'call-graph': {
      const pick = (belongs: (frame: Frame) => boolean): ReadonlySet<number> =>
        new Set(classified.frames.flatMap((frame, index) => (belongs(frame) ? [index] : [])));
      return cutCallGraph(classified, {
        harness: pick((frame) => partOf(frame, shimFolder) !== 'workload'),
        launchers: pick((frame) => partOf(frame, shimFolder) === 'shim'),
        chores: pick((frame) => frame.file === undefined && CHORES.test(frame.name)),
      });
    }
  }
}

/** Nothing is known of callers there: the rows of the harness go, what it called stays. */
function cutLines(profile: LineProfile, shimFolder: string | undefined): Cleaned {
  const goes = profile.frames.map((frame) => partOf(frame, shimFolder) !== 'workload');
  const gone = profile.metrics.map(() => 0);
  const rows = profile.rows.filter((row) => {
    if (goes[row.frame] !== true) return true;
    for (const [metric, value] of row.self.entries()) gone[metric] = (gone[metric] ?? 0) + value;
    return false;
  });
  const cut = new Set(profile.rows.filter((row) => goes[row.frame] === true).map((row) => row.frame));
  return { profile: { ...profile, rows }, removed: { functions: cut.size, self: gone } };
}
