import type { Costs, FunctionCost } from './function-cost.ts';
import type { StackProfile } from './profile.ts';
import { walkStacks } from './walk-stacks.ts';

/** The costs of all functions of a profile of stacks; see `costFunctions`. */
export function costStacks(profile: StackProfile, metric: number): Costs {
  const { nodes, frames } = profile;
  const size = frames.length;
  const self = new Float64Array(size);
  const inclusive = new Float64Array(size);
  const own = new Float64Array(size);
  const paid = frames.map(() => new Map<number, number>());
  const { payer, entry } = findPayers(profile);
  const outermost = markOutermost(profile);
  let total = 0;
  let unpaid = 0;

  // Parents stand before children, so going backwards every node has its whole subtree when it is reached.
  const subtree = new Float64Array(nodes.length);
  for (let index = nodes.length - 1; index >= 0; index -= 1) {
    const node = nodes[index];
    if (node === undefined) continue;
    const cost = node.self[metric] ?? 0;
    total += cost;
    add(self, node.frame, cost);
    add(subtree, index, cost);
    if (node.parent >= 0) add(subtree, node.parent, subtree[index] ?? 0);
    if (outermost[index] === 1) add(inclusive, node.frame, subtree[index] ?? 0);
    const pays = payer[index] ?? -1;
    if (pays < 0) {
      unpaid += cost;
      continue;
    }
    add(own, pays, cost);
    const through = entry[index] ?? -1;
    if (through >= 0 && cost > 0) paid[pays]?.set(through, (paid[pays].get(through) ?? 0) + cost);
  }

  const seen = new Set(nodes.map((node) => node.frame));
  const functions = frames.flatMap((_, frame): FunctionCost[] => {
    if (!seen.has(frame)) return [];
    const paidTo = [...(paid[frame] ?? [])].map(([to, cost]) => ({ frame: to, cost }));
    return [
      {
        frame,
        calls: undefined,
        self: self[frame] ?? 0,
        inclusive: inclusive[frame] ?? 0,
        own: own[frame] ?? 0,
        paidTo: paidTo.sort((a, b) => b.cost - a.cost),
      },
    ];
  });
  return { total, calls: undefined, unpaid, functions };
}

function add(sums: Float64Array, index: number, value: number): void {
  sums[index] = (sums[index] ?? 0) + value;
}

/** For each node the frame of the project that pays for it, and the foreign frame that this one called; -1 for none. */
function findPayers(profile: StackProfile): { payer: Int32Array; entry: Int32Array } {
  const payer = new Int32Array(profile.nodes.length).fill(-1);
  const entry = new Int32Array(profile.nodes.length).fill(-1);
  for (const [index, node] of profile.nodes.entries()) {
    if (profile.frames[node.frame]?.origin === 'mine') {
      payer[index] = node.frame;
    } else if (node.parent >= 0) {
      payer[index] = payer[node.parent] ?? -1;
      const above = entry[node.parent] ?? -1;
      entry[index] = above === -1 && payer[index] !== -1 ? node.frame : above;
    }
  }
  return { payer, entry };
}

/** 1 for each node whose function is not already on the stack above it: only there its inclusive cost counts. */
function markOutermost(profile: StackProfile): Uint8Array {
  const { nodes } = profile;
  const outermost = new Uint8Array(nodes.length);
  const running = new Int32Array(profile.frames.length);
  const move = (index: number, by: number): number => {
    const frame = nodes[index]?.frame ?? 0;
    const depth = (running[frame] ?? 0) + by;
    running[frame] = depth;
    return depth;
  };
  const enter = (index: number): void => {
    if (move(index, 1) === 1) outermost[index] = 1;
  };
  walkStacks(nodes, enter, (index) => move(index, -1));
  return outermost;
}
