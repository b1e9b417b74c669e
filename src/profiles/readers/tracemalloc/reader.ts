import type { Doubt } from '#base';
import {
  NO_FUNCTION,
  type Frame,
  type LineProfile,
  type LineRow,
  type Metric,
  type StackProfile,
} from '#profiles';
import { itemsOf, readPickle, stateOf, type Pickled } from '../pickle.ts';
import type { Reader } from '../reader.ts';
import { refuse } from '../refusal.ts';
import { NO_FRAMES, NONE, StackFolder } from '../stack-folder.ts';

/**
 * What `tracemalloc.Snapshot.dump` writes (CPython 3.4 and newer, Lib/tracemalloc.py): every block that was alive, with
 * its size and where it was allocated, as files and lines without functions. Rows of lines when one frame was kept,
 * else stacks. The pickle is read as data; nothing of it is executed.
 */
export const tracemalloc: Reader = {
  format: 'tracemalloc',
  title: 'tracemalloc snapshot',
  recognises: (head) => {
    if (head[0] !== 0x80) return false;
    const text = new TextDecoder('latin1').decode(head.subarray(0, 60));
    return /tracemalloc/.test(text) && /Snapshot/.test(text);
  },
  read: readSnapshot,
};

const METRICS: readonly Metric[] = [
  { name: 'alive', unit: 'bytes' },
  { name: 'blocks', unit: 'count' },
];

function readSnapshot(bytes: Uint8Array): StackProfile | LineProfile {
  const state = stateOf(readPickle(bytes), /^tracemalloc\.Snapshot$/, 'the class Snapshot');
  const limit = toWhole(state.get('traceback_limit'), 'the number of frames');
  const traces = itemsOf(
    stateOf(state.get('traces'), /^tracemalloc\._Traces$/, 'the list of traces').get('_traces'),
    'the list of traces',
  );
  const folder = new StackFolder(2);
  let cutTraces = 0;
  let frameCount = 0;
  for (const trace of traces) {
    const [, size, stack, all] = itemsOf(trace, 'a trace');
    const places = itemsOf(stack, 'the stack of a trace');
    // Until 3.8 there is no fourth item.
    if (typeof all === 'number' && all > places.length) cutTraces += 1;
    frameCount += places.length;
    if (frameCount > bytes.length) throw refuse('there are more frames than the file can hold');
    let node = NONE;
    for (let index = places.length - 1; index >= 0; index -= 1) {
      const [file, line] = itemsOf(places[index], 'a frame');
      if (typeof file !== 'string') throw refuse('a frame is malformed');
      node = folder.child(
        node,
        folder.frame(NO_FUNCTION, file),
        toWhole(line, 'the line of a frame') || NONE,
      );
    }
    if (node === NONE) node = folder.child(NONE, folder.frame(NO_FRAMES));
    folder.add(node, toWhole(size, 'the size of a trace'));
    folder.add(node, 1, 1);
  }
  const { frames, nodes } = folder.finish();
  const common = { format: 'tracemalloc', metrics: METRICS, frames, source: { tool: 'tracemalloc' } };
  if (limit <= 1)
    return { ...common, shape: 'lines', charged: 'self', rows: toRows(frames, nodes), doubts: [] };
  return { ...common, shape: 'stacks', nodes, doubts: doubtCut(cutTraces, traces.length, limit) };
}

function toRows(frames: readonly Frame[], nodes: StackProfile['nodes']): LineRow[] {
  return nodes.flatMap(({ frame, line, self }) =>
    frames[frame]?.file === undefined ? [] : [{ frame, line: line ?? 1, self }],
  );
}

function doubtCut(cut: number, all: number, limit: number): Doubt[] {
  if (cut === 0) return [];
  return [
    {
      code: 'stacks-incomplete',
      text:
        `${String(Math.round((cut / all) * 100))} % of the blocks have more than the ${String(limit)} frames that were ` +
        'kept: their outermost callers are not known.',
    },
  ];
}

function toWhole(value: Pickled | undefined, what: string): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 && value < 2 ** 48) return value;
  throw refuse(`${what} is malformed`);
}
