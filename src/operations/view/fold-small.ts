import type { Frame, StackNode, StackProfile } from '#profiles';

/** Places in the tree that the viewer draws at ease, and frames on all their stacks together, which is what it reads. */
const MOST_NODES = 20_000;
const MOST_ON_STACKS = 1_500_000;

/** Where folding begins: a share of the whole that is not a pixel, even far zoomed in. */
const LEAST_SHARE = 1e-6;

const FOLDED: Frame = { name: '(folded by strop: too small to draw)', origin: 'unknown' };

/** A profile of which small parts may be drawn as one. */
export interface Folded {
  readonly profile: StackProfile;
  /** Share of the whole (first metric) whose stacks are cut short; 0 when nothing was folded. */
  readonly share: number;
  /** Parts with less than this share of the whole were folded. */
  readonly below: number;
}

/**
 * Cuts branches that are too small to see, until the rest can be drawn at ease: their cost goes to one frame beside
 * the branches that stay, so that no cost is lost. A profile that is small enough stays as it is.
 */
export function foldSmall(
  profile: StackProfile,
  mostNodes = MOST_NODES,
  mostOnStacks = MOST_ON_STACKS,
): Folded {
  const { nodes } = profile;
  const depths = new Uint32Array(nodes.length);
  const shares = new Float64Array(nodes.length);
  for (const [slot] of profile.metrics.entries()) {
    const costs = Float64Array.from(nodes, (node) => node.self[slot] ?? 0);
    let total = 0;
    for (let index = nodes.length - 1; index >= 0; index -= 1) {
      const parent = nodes[index]?.parent ?? -1;
      if (parent < 0) total += costs[index] ?? 0;
      else costs[parent] = (costs[parent] ?? 0) + (costs[index] ?? 0);
    }
    if (!(total > 0)) continue;
    // A place counts by the metric in which it matters most.
    for (let index = 0; index < costs.length; index += 1)
      shares[index] = Math.max(shares[index] ?? 0, (costs[index] ?? 0) / total);
  }
  for (const [index, node] of nodes.entries())
    depths[index] = node.parent < 0 ? 1 : (depths[node.parent] ?? 0) + 1;
  const fits = (below: number): boolean => {
    let kept = 0;
    let onStacks = 0;
    for (let index = 0; index < shares.length; index += 1) {
      if ((shares[index] ?? 0) < below) continue;
      kept += 1;
      onStacks += depths[index] ?? 0;
    }
    return kept <= mostNodes && onStacks <= mostOnStacks;
  };
  if (fits(0)) return { profile, share: 0, below: 0 };
  let below = LEAST_SHARE;
  while (below < 1 && !fits(below)) below *= 2;
  return cutBelow(profile, shares, below);
}

function cutBelow(profile: StackProfile, shares: Float64Array, below: number): Folded {
  const nodes: StackNode[] = [];
  const places = new Int32Array(profile.nodes.length).fill(-1);
  /** By place of the caller, or by thread below zero, the frame that stands for all that was cut there. */
  const folds = new Map<string, number>();
  /** The cost of those frames, added up as it comes. */
  const sums = new Map<number, number[]>();
  let folded = 0;
  let total = 0;
  for (const [index, node] of profile.nodes.entries()) {
    const cost = node.self[0] ?? 0;
    total += cost;
    const above = node.parent < 0 ? -1 : (places[node.parent] ?? -1);
    const isCut = node.parent >= 0 && (shares[node.parent] ?? 0) < below;
    if ((shares[index] ?? 0) >= below) {
      places[index] = nodes.push({ ...node, parent: above }) - 1;
      continue;
    }
    folded += cost;
    const key = isCut ? '' : above >= 0 ? String(above) : `thread ${String(node.thread ?? '')}`;
    // Below a place that was cut, `places` holds the frame that stands for it already.
    const place = isCut
      ? above
      : (folds.get(key) ?? addFold(nodes, sums, node, above, profile.frames.length));
    if (!isCut) folds.set(key, place);
    const sum = sums.get(place);
    for (let slot = 0; sum !== undefined && slot < sum.length; slot += 1)
      sum[slot] = (sum[slot] ?? 0) + (node.self[slot] ?? 0);
    places[index] = place;
  }
  return {
    profile: { ...profile, frames: [...profile.frames, FOLDED], nodes },
    share: total > 0 ? folded / total : 0,
    below,
  };
}

function addFold(
  nodes: StackNode[],
  sums: Map<number, number[]>,
  node: StackNode,
  above: number,
  frame: number,
): number {
  const thread = above < 0 && node.thread !== undefined ? { thread: node.thread } : {};
  const self = node.self.map(() => 0);
  const place = nodes.push({ parent: above, frame, self, ...thread }) - 1;
  sums.set(place, self);
  return place;
}
