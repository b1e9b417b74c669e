import { costCallGraph } from './call-graph-costs.ts';
import type { Costs } from './function-cost.ts';
import { costLines } from './line-costs.ts';
import type { Profile } from './profile.ts';
import { costStacks } from './stack-costs.ts';

/**
 * The costs of all functions by one metric. Exact for stacks, where each foreign frame is charged to the nearest
 * function of the project below it on its stack. For a call graph the self cost of a foreign function is split
 * exactly among its direct callers; cost from further away is split by the time that each caller spent in it, the
 * assumption of gprof (Graham, Kessler, McKusick, SIGPLAN 1982). Rows of lines know no callers: there each function
 * pays for itself alone, and foreign cost stays unpaid. Needs classified frames.
 */
export function costFunctions(profile: Profile, metric = 0): Costs {
  switch (profile.shape) {
    case 'stacks':
      return costStacks(profile, metric);
    case 'call-graph':
      return costCallGraph(profile, metric);
    case 'lines':
      return costLines(profile, metric);
  }
}
