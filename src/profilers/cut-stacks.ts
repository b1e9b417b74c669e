import type { StackNode, StackProfile } from '#profiles';
import { isNativeStart, partOf } from './harness.ts';

/** Stacks without what started them, and how much cost went with it. */
export interface CutStacks {
  readonly profile: StackProfile;
  readonly removed: { readonly functions: number; readonly self: readonly number[] };
}

/** What stood above a frame: nothing yet, something that calls the workload, a test runner, or the workload. */
type Above = 'start' | 'launcher' | 'runner' | 'workload';

/**
 * Cuts the outer end off every stack: strop's shim wherever it stands, launchers and test runners above the workload.
 * Cost in those frames themselves is removed. Needs classified frames.
 */
export function cutStacks(profile: StackProfile, shimFolder: string | undefined): CutStacks {
  const { nodes, frames } = profile;
  const parts = frames.map((frame) => partOf(frame, shimFolder));
  const starts = frames.map(isNativeStart);
  const left: { parent: number; node: StackNode; thread: number | undefined; self: number[] }[] = [];
  const known = new Map<string, number>();
  // By node: what the frame leaves above its callees, its place among the nodes that are left, and its thread.
  const above: Above[] = [];
  const places = new Int32Array(nodes.length).fill(-1);
  const threads: (number | undefined)[] = [];
  const gone = profile.metrics.map(() => 0);

  for (const [index, node] of nodes.entries()) {
    const before = node.parent < 0 ? 'start' : (above[node.parent] ?? 'start');
    const thread = node.parent < 0 ? node.thread : threads[node.parent];
    threads[index] = thread;
    const state = step(before, parts[node.frame] ?? 'workload', {
      isMine: frames[node.frame]?.origin === 'mine',
      isStart: starts[node.frame] === true,
      isText: frames[node.frame]?.file === '<string>',
    });
    above[index] = state;
    if (state !== 'workload') {
      for (const [metric, value] of node.self.entries()) gone[metric] = (gone[metric] ?? 0) + value;
      continue;
    }
    const parent = before === 'workload' ? (places[node.parent] ?? -1) : -1;
    const key = [parent, node.frame, node.line ?? '', parent < 0 ? (thread ?? '') : ''].join(' ');
    let place = known.get(key);
    if (place === undefined) {
      place = left.push({ parent, node, thread, self: profile.metrics.map(() => 0) }) - 1;
      known.set(key, place);
    }
    places[index] = place;
    const self = left[place]?.self ?? [];
    for (const [metric, value] of node.self.entries()) self[metric] = (self[metric] ?? 0) + value;
  }
  return { profile: { ...profile, nodes: prune(left) }, removed: countRemoved(profile, left, gone) };
}

function step(
  before: Above,
  part: ReturnType<typeof partOf>,
  {
    isMine,
    isStart,
    isText,
  }: { readonly isMine: boolean; readonly isStart: boolean; readonly isText: boolean },
): Above {
  // A workload may start strop's worker or a test runner of its own; only the shim is always strop's.
  if (part === 'shim') return 'launcher';
  if (before === 'workload') return 'workload';
  if (before === 'start' && isStart) return 'start';
  // Tools start programs also by a line of text that they execute.
  if (part === 'launcher' || (before === 'launcher' && isText)) return 'launcher';
  if (part === 'runner') return 'runner';
  return before === 'runner' && !isMine ? 'runner' : 'workload';
}

type Left = readonly {
  readonly parent: number;
  readonly node: StackNode;
  readonly thread: number | undefined;
  readonly self: number[];
}[];

/** Without the frames between two shims: no cost is left in or below them. */
function prune(left: Left): readonly StackNode[] {
  const has = left.map(({ self }) => self.some((value) => value !== 0));
  for (let index = left.length - 1; index >= 0; index -= 1) {
    const parent = left[index]?.parent ?? -1;
    if (parent >= 0 && has[index] === true) has[parent] = true;
  }
  const places: number[] = [];
  const nodes: StackNode[] = [];
  for (const [index, { parent, node, thread, self }] of left.entries()) {
    if (has[index] !== true) continue;
    const { frame, line } = node;
    const at = parent < 0 ? -1 : (places[parent] ?? -1);
    places[index] =
      nodes.push({
        parent: at,
        frame,
        self,
        ...(line === undefined ? {} : { line }),
        ...(at < 0 && thread !== undefined ? { thread } : {}),
      }) - 1;
  }
  return nodes;
}

function countRemoved(profile: StackProfile, left: Left, self: readonly number[]): CutStacks['removed'] {
  const stays = new Set(left.map(({ node }) => node.frame));
  const all = new Set(profile.nodes.map((node) => node.frame));
  return { functions: all.size - stays.size, self };
}
