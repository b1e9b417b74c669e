import type { Frame, StackNode, StackProfile } from '#profiles';

/** Places in the tree that the viewer draws at ease, and frames on all their stacks together, which is what it reads. */
const MOST_NODES = 20_000;
const MOST_ON_STACKS = 1_500_000;

/** Where folding begins: a share of the whole that is not a pixel, even far zoomed in. */
const LEAST_SHARE = 1e-6;

const FOLDED: Frame = { name: '(folded by strop: too small to draw)', origin: 'unknown' };

/** Calls below one another that are drawn at most where a profile is too large: more of them fit on no screen. */
const MOST_DEEP = 500;

/** A profile of which small or deep parts may be drawn as one. */
export interface Folded {
  readonly profile: StackProfile;
  /** Share of the whole (first metric) whose stacks are cut short; 0 when nothing was folded. */
  readonly share: number;
  /** Parts with less than this share of the whole were folded; 0 for none. */
  readonly below: number;
  /** Stacks were cut below so many calls; null where none was. */
  readonly deeper: number | null;
  /** Places at which a function had called itself, and that are drawn as one with their caller. */
  readonly recursions: number;
}

/**
 * Makes a profile drawable at ease, without losing any cost; one that is so already stays as it is. Direct recursion is
 * drawn as one call, stacks that are deeper than a screen shows are cut, and branches that are too small to see go to one
 * frame beside those that stay.
 */
export function foldSmall(
  profile: StackProfile,
  mostNodes = MOST_NODES,
  mostOnStacks = MOST_ON_STACKS,
  mostDeep = MOST_DEEP,
): Folded {
  const fits = (depths: Uint32Array, isKept: (index: number) => boolean): boolean => {
    let kept = 0;
    let onStacks = 0;
    for (let index = 0; index < depths.length; index += 1) {
      if (!isKept(index)) continue;
      kept += 1;
      onStacks += depths[index] ?? 0;
    }
    return kept <= mostNodes && onStacks <= mostOnStacks;
  };
  const isWhole = (one: StackProfile): boolean => fits(depthsOf(one), () => true);
  if (isWhole(profile)) return { profile, share: 0, below: 0, deeper: null, recursions: 0 };
  const joined = joinRecursion(profile);
  const recursions = profile.nodes.length - joined.nodes.length;
  if (isWhole(joined)) return { profile: joined, share: 0, below: 0, deeper: null, recursions };
  const isDeep = depthsOf(joined).some((depth) => depth > mostDeep);
  const shallow = isDeep ? cutDeep(joined, mostDeep) : joined;
  const deeper = isDeep ? mostDeep : null;
  const share = isDeep ? shareOfFrame(shallow, joined.frames.length) : 0;
  if (isWhole(shallow)) return { profile: shallow, share, below: 0, deeper, recursions };
  const depths = depthsOf(shallow);
  const shares = sharesOf(shallow);
  let below = LEAST_SHARE;
  while (below < 1 && !fits(depths, (index) => (shares[index] ?? 0) >= below)) below *= 2;
  const small = cutBelow(shallow, shares, below);
  return { ...small, share: Math.min(1, share + small.share), deeper, recursions };
}

function depthsOf({ nodes }: StackProfile): Uint32Array {
  const depths = new Uint32Array(nodes.length);
  for (const [index, node] of nodes.entries())
    depths[index] = node.parent < 0 ? 1 : (depths[node.parent] ?? 0) + 1;
  return depths;
}

/** The share of the whole that each place has with all below it, by the metric in which it matters most. */
function sharesOf({ nodes, metrics }: StackProfile): Float64Array {
  const shares = new Float64Array(nodes.length);
  for (const [slot] of metrics.entries()) {
    const costs = Float64Array.from(nodes, (node) => node.self[slot] ?? 0);
    let total = 0;
    for (let index = nodes.length - 1; index >= 0; index -= 1) {
      const parent = nodes[index]?.parent ?? -1;
      if (parent < 0) total += costs[index] ?? 0;
      else costs[parent] = (costs[parent] ?? 0) + (costs[index] ?? 0);
    }
    if (!(total > 0)) continue;
    for (let index = 0; index < costs.length; index += 1)
      shares[index] = Math.max(shares[index] ?? 0, (costs[index] ?? 0) / total);
  }
  return shares;
}

function shareOfFrame({ nodes }: StackProfile, frame: number): number {
  let [found, total] = [0, 0];
  for (const node of nodes) {
    total += node.self[0] ?? 0;
    if (node.frame === frame) found += node.self[0] ?? 0;
  }
  return total > 0 ? found / total : 0;
}

/** Functions that called themselves as one place with all that these calls cost. */
function joinRecursion(profile: StackProfile): StackProfile {
  return regrow(profile, (node, parent) => (parent?.frame === node.frame ? 'join' : 'keep'));
}

/** All below so many calls as one frame. */
function cutDeep(profile: StackProfile, most: number): StackProfile {
  const depths = depthsOf(profile);
  const deep: Frame = { name: `(folded by strop: deeper than ${String(most)} calls)`, origin: 'unknown' };
  const frame = profile.frames.length;
  return regrow({ ...profile, frames: [...profile.frames, deep] }, (_, parent, index) =>
    (depths[index] ?? 0) <= most ? 'keep' : parent?.frame === frame ? 'join' : { frame },
  );
}

/**
 * The tree anew: each place stays, joins its caller, or becomes one of another frame; equal places of one caller are one.
 */
function regrow(
  profile: StackProfile,
  decide: (
    node: StackNode,
    parent: StackNode | undefined,
    index: number,
  ) => 'keep' | 'join' | { readonly frame: number },
): StackProfile {
  const nodes: (StackNode & { readonly self: number[] })[] = [];
  const places = new Int32Array(profile.nodes.length);
  const known = new Map<string, number>();
  for (const [index, node] of profile.nodes.entries()) {
    const above = node.parent < 0 ? -1 : (places[node.parent] ?? -1);
    const fate = decide(node, nodes[above], index);
    const made: StackNode =
      typeof fate === 'object' ? { parent: above, frame: fate.frame, self: node.self } : node;
    const key = `${String(above)} ${String(made.frame)} ${String(made.line)} ${String(made.thread)}`;
    const place = fate === 'join' ? above : (known.get(key) ?? -1);
    if (place < 0) {
      known.set(key, nodes.push({ ...made, parent: above, self: [...node.self] }) - 1);
      places[index] = nodes.length - 1;
      continue;
    }
    places[index] = place;
    const sum = nodes[place]?.self ?? [];
    for (const [slot, value] of node.self.entries()) sum[slot] = (sum[slot] ?? 0) + value;
  }
  return { ...profile, nodes };
}

function cutBelow(
  profile: StackProfile,
  shares: Float64Array,
  below: number,
): Pick<Folded, 'profile' | 'share' | 'below'> {
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
