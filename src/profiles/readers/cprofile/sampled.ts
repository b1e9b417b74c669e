import type { Frame, LineProfile, LineRow } from '#profiles';
import { isLauncher } from '../launchers.ts';
import type { Value } from '../marshal.ts';
import { refuse } from '../refusal.ts';
import { doubtSamples } from '../sample-doubts.ts';
import { isKind, readItems, toCount, toFrame, toNs } from './entries.ts';

const MARKER = '__sampled__';

/** Whether these statistics hold samples by line, not calls by function. */
export function isSampled(stats: Value): boolean {
  return (
    isKind(stats, 'dict') && stats.pairs.some(([key]) => isKind(key, 'sequence') && key.items[0] === MARKER)
  );
}

/**
 * Sampled statistics: the line of a key is the one that ran, so a function has as many entries as lines; the two counts
 * are samples with the line innermost and samples with it anywhere on the stack.
 */
export function buildSampled(stats: Value): LineProfile {
  if (!isKind(stats, 'dict')) throw refuse('these are no profile statistics: not a dict');
  const frames: Frame[] = [];
  const indexes = new Map<string, number>();
  const rows: LineRow[] = [];
  let samples = 0;
  let own = 0;
  for (const [key, value] of stats.pairs) {
    if (isKind(key, 'sequence') && key.items[0] === MARKER) continue;
    const [file, line, name] = readItems(key, 3, 'the key of a line');
    if (typeof file !== 'string' || typeof line !== 'number' || typeof name !== 'string')
      throw refuse('the key of a line is malformed');
    const [direct, anywhere, self, inclusive] = readItems(value, 5, 'the entry of a line');
    samples += toCount(direct);
    const { line: _line, ...frame } = toFrame(file, line, name);
    if (isLauncher(frame.file, name, false)) {
      own += toCount(direct);
      continue;
    }
    const id = JSON.stringify([file, name]);
    const index = indexes.get(id) ?? frames.push(frame) - 1;
    indexes.set(id, index);
    rows.push({
      frame: index,
      line: Math.max(1, line),
      self: [toNs(self), toCount(direct)],
      inclusive: [toNs(inclusive), toCount(anywhere)],
    });
  }
  return {
    format: 'cprofile',
    shape: 'lines',
    charged: 'self',
    metrics: [
      { name: 'wall', unit: 'ns' },
      { name: 'samples', unit: 'count' },
    ],
    frames,
    rows,
    source: { tool: 'profiling.sampling', samples },
    doubts: [
      {
        code: 'callers-unknown',
        text: 'Sampled statistics keep no stacks, and recursion counts several times: record with --binary or --collapsed for more.',
      },
      ...doubtSamples(samples, samples > 0 ? own / samples : 0),
    ],
  };
}
