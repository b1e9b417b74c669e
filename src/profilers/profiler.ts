import type { Doubt } from '#base';
import type { Profile, Roots } from '#profiles';

/** How to make sense of what one Python profiler records. A folder each, and its line in the list of `index.ts`. */
export interface Profiler {
  /** Id, equal to the name of the folder; what `--tool` takes. */
  readonly tool: string;
  readonly title: string;
  /** Id of the reader for its output. */
  readonly format: string;
  /** What its numbers get wrong by the way it works, one sentence for people. */
  readonly distortion: string;
  /** What one recorded call costs when it was not measured beside the profile, in ns; 0 for samplers. */
  readonly callCostNs: number;
  /** Classifies the frames and takes strop, the launcher and the profiler itself out. */
  clean(profile: Profile, setting: Setting): Cleaned;
  /** What this cleaned profile itself gives reason to doubt. */
  doubt(profile: Profile): readonly Doubt[];
}

/** Where the profiled Python found its code. */
export interface Setting {
  readonly roots: Roots;
  /** Absolute folder of strop's Python shims; undefined for a file that strop did not make. */
  readonly shimFolder?: string;
}

/** A profile of the workload alone, frames classified, and what was taken out. */
export interface Cleaned {
  readonly profile: Profile;
  readonly removed: {
    readonly functions: number;
    /** Self cost by metric. */
    readonly self: readonly number[];
  };
}
