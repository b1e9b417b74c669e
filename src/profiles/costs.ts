import { costCallGraph } from './call-graph-costs.ts';
import type { Costs } from './function-cost.ts';
import type { Profile } from './profile.ts';
import { costStacks } from './stack-costs.ts';

/**
 * The costs of all functions by one metric. Exact for stacks, where each foreign frame is charged to the nearest
 * function of the project below it on its stack. For a call graph the self cost of a foreign function is split
 * exactly among its direct callers; cost from further away is split by the time that each caller spent in it, the
 * assumption of gprof (Graham, Kessler, McKusick, SIGPLAN 1982). Needs classified frames.
 */
export function costFunctions(profile: Profile, metric = 0): Costs {
  return profile.shape === 'stacks' ? costStacks(profile, metric) : costCallGraph(profile, metric);
}
