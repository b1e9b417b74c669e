import { cleanProfile } from '../clean.ts';
import type { Profiler } from '../profiler.ts';

/** Say here what kind of tool this is and what it sees. */
export const exampleName: Profiler = {
  tool: 'example-name',
  title: 'Example name',
  // The reader for what the tool writes: `npm run new reader` if there is none yet.
  format: 'cprofile',
  distortion: 'Say what its numbers get wrong by the way it works.',
  callCostNs: 0,
  answers: { cpu: { rank: 9, why: 'it looks in a new way' } },
  // Why it cannot work on an interpreter or system; `needs` names what has to be installed (#tools).
  refuses: () => undefined,
  // How a program is run under it; see the other ways in ../profiler.ts.
  command: ({ folder }, { python }, { options, target }) => {
    const output = `${folder}/workload.prof`;
    return { argv: [python, ...options, '-m', 'cProfile', '-o', output, ...target], output };
  },
  // Frames of a tool that is new have to be known to ../harness.ts.
  clean: cleanProfile,
  doubt: () => [],
};
