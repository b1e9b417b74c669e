import type { Frame, StackNode, StackProfile } from '#profiles';
import { isNativeStart, partOf } from './harness.ts';
import type { Part } from './harness.ts';

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
  const traits = frames.map((frame) => traitsOf(frame, shimFolder));
  const gone = profile.metrics.map(() => 0);
  // By node what the frame leaves above its callees.
  const above: Above[] = [];
  for (const { parent, frame } of nodes) {
    const before = parent < 0 ? 'start' : (above[parent] ?? 'start');
    const trait = traits[frame];
    above.push(trait === undefined ? 'workload' : step(before, trait));
  }
  if (above.every((state) => state === 'workload')) return { profile, removed: { functions: 0, self: gone } };

  const left: Left[] = [];
  const siteOf = numberSites();
  const known = new Map<string | number, number>();
  // By node its place among the nodes that are left, and its thread.
  const places = new Int32Array(nodes.length).fill(-1);
  const threads: (number | undefined)[] = [];
  for (const [index, node] of nodes.entries()) {
    const thread = node.parent < 0 ? node.thread : threads[node.parent];
    threads.push(thread);
    if (above[index] !== 'workload') {
      for (const [metric, value] of node.self.entries()) gone[metric] = (gone[metric] ?? 0) + value;
      continue;
    }
    // The places of what was cut are below zero.
    const parent = node.parent < 0 ? -1 : (places[node.parent] ?? -1);
    const site = siteOf(node);
    // A number wherever it can be: a text for each of a million nodes takes most of the time.
    const key = parent < 0 ? `${String(thread ?? '')} ${String(site)}` : parent * nodes.length + site;
    let place = known.get(key);
    if (place === undefined) {
      place = left.push({ parent, node, thread, self: node.self }) - 1;
      known.set(key, place);
    } else {
      const one = left[place];
      if (one !== undefined) one.self = one.self.map((value, metric) => value + (node.self[metric] ?? 0));
    }
    places[index] = place;
  }
  return { profile: { ...profile, nodes: prune(left) }, removed: countRemoved(profile, left, gone) };
}

/** Numbers the lines of frames from 0, equal ones alike. */
function numberSites(): (node: StackNode) => number {
  const byFrame = new Map<number, Map<number, number>>();
  let count = 0;
  return ({ frame, line = -1 }) => {
    let lines = byFrame.get(frame);
    if (lines === undefined) byFrame.set(frame, (lines = new Map<number, number>()));
    let site = lines.get(line);
    if (site === undefined) lines.set(line, (site = count++));
    return site;
  };
}

/** What decides about a frame. */
interface Traits {
  readonly part: Part;
  readonly isMine: boolean;
  readonly isStart: boolean;
  readonly isText: boolean;
}

function traitsOf(frame: Frame, shimFolder: string | undefined): Traits {
  return {
    part: partOf(frame, shimFolder),
    isMine: frame.origin === 'mine',
    isStart: isNativeStart(frame),
    // That of `python -c` is the project's own.
    isText: frame.file === '<string>' && frame.origin !== 'mine',
  };
}

function step(before: Above, { part, isMine, isStart, isText }: Traits): Above {
  // A workload may start strop's worker or a test runner of its own; only the shim is always strop's.
  if (part === 'shim') return 'launcher';
  if (before === 'workload') return 'workload';
  if (before === 'start' && isStart) return 'start';
  // Tools start programs also by a line of text that they execute.
  if (part === 'launcher' || (before === 'launcher' && isText)) return 'launcher';
  if (part === 'runner') return 'runner';
  return before === 'runner' && !isMine ? 'runner' : 'workload';
}

/** A node that is left. */
interface Left {
  readonly parent: number;
  readonly node: StackNode;
  readonly thread: number | undefined;
  /** That of the node itself until another one is joined with it. */
  self: readonly number[];
}

/** Without the frames between two shims: no cost is left in or below them. */
function prune(left: readonly Left[]): readonly StackNode[] {
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

function countRemoved(
  profile: StackProfile,
  left: readonly Left[],
  self: readonly number[],
): CutStacks['removed'] {
  const stays = new Set(left.map(({ node }) => node.frame));
  const all = new Set(profile.nodes.map((node) => node.frame));
  return { functions: all.size - stays.size, self };
}
