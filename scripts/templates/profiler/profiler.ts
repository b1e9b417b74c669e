import { classifyFrames } from '#profiles';
import type { Profile } from '#profiles';
import type { Cleaned, Profiler, Setting } from '../profiler.ts';

/** Say here what kind of tool this is and what it sees. */
export const exampleName: Profiler = {
  tool: 'example-name',
  title: 'Example name',
  // The reader for what the tool writes: `npm run new reader` if there is none yet.
  format: 'cprofile',
  distortion: 'Say what its numbers get wrong by the way it works.',
  callCostNs: 0,
  clean: cleanProfile,
  doubt: () => [],
};

/** Takes nothing out yet: say which frames belong to the tool and to strop, and cut them off. */
function cleanProfile(profile: Profile, { roots }: Setting): Cleaned {
  return {
    profile: classifyFrames(profile, roots),
    removed: { functions: 0, self: profile.metrics.map(() => 0) },
  };
}
