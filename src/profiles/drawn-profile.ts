import type { CallEdge, CallGraphProfile, Frame, FunctionRow, StackNode, StackProfile } from './profile.ts';

/*
 * Profiles drawn as text, so that a test shows its input: one call a line with its self cost, indented below its
 * caller. A capital letter begins the functions of the project.
 *
 *   Main 1
 *     sorted 2
 *       Key 3
 */

const METRICS = [{ name: 'wall', unit: 'ns' }] as const;

/** What a perfect sampler would have seen: every drawn call is a stack. */
export function drawStacks(picture: string): StackProfile {
  const frames: Frame[] = [];
  const nodes: StackNode[] = [];
  const path: number[] = [];
  const lines = picture.split('\n').filter((line) => line.trim() !== '');
  const margin = Math.min(...lines.map((line) => line.search(/\S/)));
  for (const line of lines) {
    const depth = (line.search(/\S/) - margin) / 2;
    const [, name = '', cost = '0'] = /^(.*) ([\d.]+)$/.exec(line.trim()) ?? [];
    let frame = frames.findIndex((known) => known.name === name);
    if (frame < 0) frame = frames.push(drawFrame(name)) - 1;
    path[depth] = nodes.push({ parent: path[depth - 1] ?? -1, frame, self: [Number(cost)] }) - 1;
    path.length = depth + 1;
  }
  return { format: 'drawn', shape: 'stacks', metrics: METRICS, frames, nodes, doubts: [] };
}

/** What cProfile would have recorded of the same calls: the bookkeeping of Modules/_lsprof.c. */
export function drawCallGraph(picture: string | StackProfile): CallGraphProfile {
  const stacks = typeof picture === 'string' ? drawStacks(picture) : picture;
  const subtree = stacks.nodes.map((node) => node.self[0] ?? 0);
  for (let index = subtree.length - 1; index >= 0; index -= 1) {
    const parent = stacks.nodes[index]?.parent ?? -1;
    if (parent >= 0) subtree[parent] = (subtree[parent] ?? 0) + (subtree[index] ?? 0);
  }
  const rows = new Map<number, FunctionRow>();
  const edges = new Map<string, CallEdge>();
  for (const [index, node] of stacks.nodes.entries()) {
    const above = listAbove(stacks, index);
    const all = subtree[index] ?? 0;
    const self = node.self[0] ?? 0;
    const row = rows.get(node.frame) ?? {
      frame: node.frame,
      calls: 0,
      primitiveCalls: 0,
      self: [0],
      inclusive: [0],
    };
    const outermost = !above.includes(node.frame);
    rows.set(node.frame, {
      frame: node.frame,
      calls: row.calls + 1,
      primitiveCalls: row.primitiveCalls + (outermost ? 1 : 0),
      self: [(row.self[0] ?? 0) + self],
      inclusive: [(row.inclusive[0] ?? 0) + (outermost ? all : 0)],
    });
    const caller = above[0];
    if (caller === undefined) continue;
    const key = `${String(caller)}>${String(node.frame)}`;
    const edge = edges.get(key);
    const running = [node.frame, ...above]
      .slice(1)
      .some((frame, at) => frame === node.frame && above[at + 1] === caller);
    edges.set(key, {
      caller,
      callee: node.frame,
      calls: (edge?.calls ?? 0) + 1,
      self: [(edge?.self?.[0] ?? 0) + self],
      inclusive: [(edge?.inclusive?.[0] ?? 0) + (running ? 0 : all)],
    });
  }
  const { format, metrics, frames, doubts } = stacks;
  return {
    format,
    metrics,
    frames,
    doubts,
    shape: 'call-graph',
    rows: [...rows.values()],
    edges: [...edges.values()],
  };
}

function drawFrame(name: string): Frame {
  if (/^[A-ZÄÖÜ]/.test(name)) return { name, file: `src/${name}.py`, line: 1, origin: 'mine' };
  return { name, origin: 'native' };
}

/** The frames above a node, nearest first. */
function listAbove(stacks: StackProfile, index: number): number[] {
  const above: number[] = [];
  for (let at = stacks.nodes[index]?.parent ?? -1; at >= 0;) {
    const node = stacks.nodes[at];
    if (node === undefined) break;
    above.push(node.frame);
    at = node.parent;
  }
  return above;
}
