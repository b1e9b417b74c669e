import type { Doubt } from '#base';
import type { Frame, LineProfile, LineRow } from '#profiles';
import { isPickled, itemsOf, readPickle, stateOf, type Pickled } from '../pickle.ts';
import type { Reader } from '../reader.ts';
import { refuse } from '../refusal.ts';

/**
 * What kernprof -l and line_profiler write: a pickled LineStats with {(file, first line, function): [(line, hits,
 * time)]}. The pickle is read as data; nothing of it is executed.
 */
export const lprof: Reader = {
  format: 'lprof',
  title: 'line_profiler statistics (.lprof)',
  recognises: (head, name) => {
    if (head[0] !== 0x80) return false;
    const text = new TextDecoder('latin1').decode(head.subarray(0, 200));
    return /line_profiler/.test(text) || (head.length < 60 && /\.lprof$/i.test(name));
  },
  read: readLineStats,
};

const OVERLAP: Doubt = {
  code: 'lines-overlap',
  text:
    'The time of a line holds what it calls, again at every depth of recursion, and line_profiler makes lines that call ' +
    'much look dearer than they are: trust the hits, and a sampler for the times.',
};

function readLineStats(bytes: Uint8Array): LineProfile {
  const state = stateOf(readPickle(bytes), /^_?line_profiler(?:\.\w+)*\.LineStats$/, 'the class LineStats');
  const timings = state.get('timings');
  const unit = state.get('unit');
  if (!isPickled(timings, 'dict') || typeof unit !== 'number' || !(unit > 0 && unit <= 1))
    throw refuse('the statistics are malformed');
  const frames: Frame[] = [];
  const rows: LineRow[] = [];
  for (const [key, lines] of timings.pairs) {
    const [file, first, name] = itemsOf(key, 'the key of a function');
    if (typeof file !== 'string' || typeof name !== 'string')
      throw refuse('the key of a function is malformed');
    const line = toWhole(first, 'the line of a function');
    const frame = frames.push({ name, file, ...(line > 0 ? { line } : {}), origin: 'unknown' }) - 1;
    for (const item of itemsOf(lines, 'the lines of a function')) {
      const [number, hits, time] = itemsOf(item, 'a line');
      const at = toWhole(number, 'the number of a line');
      const cost = typeof time === 'number' ? time * unit * 1e9 : NaN;
      if (at === 0 || !(cost >= 0 && cost < 1e18)) throw refuse('a line is malformed');
      rows.push({ frame, line: at, hits: toWhole(hits, 'the hits of a line'), self: [Math.round(cost)] });
      // Each real line takes more than a byte; more of them means one list that is shared many times.
      if (rows.length > bytes.length) throw refuse('there are more lines than the file can hold');
    }
  }
  return {
    format: 'lprof',
    shape: 'lines',
    charged: 'with-callees',
    metrics: [{ name: 'wall', unit: 'ns' }],
    frames,
    rows,
    source: { tool: 'line_profiler' },
    doubts:
      rows.length > 0
        ? [OVERLAP]
        : [{ code: 'nothing-of-the-project-runs', text: describeNothing(frames.length) }],
  };
}

function describeNothing(functions: number): string {
  return functions === 0
    ? 'No function was named or decorated, so no line was counted.'
    : `None of the ${String(functions)} functions named ran: a script runs as __main__, name it by its path (-p script.py).`;
}

function toWhole(value: Pickled | undefined, what: string): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
  throw refuse(`${what} is malformed`);
}
