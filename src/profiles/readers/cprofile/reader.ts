import type { Doubt } from '#base';
import type { CallEdge, CallGraphProfile, Frame, FunctionRow, Metric } from '#profiles';
import { readMarshal, type Value } from '../marshal.ts';
import type { Reader } from '../reader.ts';
import { refuse } from '../refusal.ts';
import { isKind, readItems, toCount, toFrame, toNs } from './entries.ts';
import { buildSampled, isSampled } from './sampled.ts';

/**
 * The statistics that `cProfile` and `profile` dump (`.prof`, `.pstats`), as Lib/pstats.py reads them: a marshalled
 * dict {(file, line, function): (primitive calls, calls, self s, inclusive s, callers)}. It holds no stacks. What
 * `profiling.sampling --pstats` of Python 3.15 writes looks the same and counts samples by line: see `sampled.ts`.
 */
export const cprofile: Reader = {
  format: 'cprofile',
  title: 'cProfile statistics (.prof, .pstats)',
  recognises: (head, name) => {
    // An opened dict whose first key is a tuple; JSON can follow its brace with neither of these.
    const [dict = 0, key = 0] = [...head.subarray(0, 2)].map((byte) => byte & 0x7f);
    if (head.length < 2) return head.length === 0 ? false : /\.(prof|pstats)$/i.test(name);
    return dict === 0x7b && (key === 0x28 || key === 0x29 || (key === 0x30 && head.length === 2));
  },
  read: (bytes) => {
    const stats = readMarshal(bytes);
    return isSampled(stats) ? buildSampled(stats) : new Builder(bytes.length).build(stats);
  },
};

const WALL: Metric = { name: 'wall', unit: 'ns' };
const CPU: Metric = { name: 'cpu', unit: 'ns' };

/** Turns the dict into rows and edges. */
class Builder {
  private readonly size: number;
  private readonly frames: Frame[] = [];
  private readonly indexes = new Map<string, number>();
  private readonly texts = new Map<string, number>();
  /** True once a caller entry is a bare count: only the pure-Python `profile` writes these. */
  private countsOnly = false;

  constructor(size: number) {
    this.size = size;
  }

  build(stats: Value): CallGraphProfile {
    if (!isKind(stats, 'dict')) throw refuse('these are no profile statistics: not a dict');
    const rows = stats.pairs.map(([key, value]) => ({ frame: this.frame(key), entry: readEntry(value) }));
    const withRow = new Set(rows.map((row) => row.frame));
    if (withRow.size !== rows.length) throw refuse('a function is listed twice');
    const edges: CallEdge[] = [];
    let callers = 0;
    for (const { frame, entry } of rows) {
      for (const [caller, value] of entry.callers) {
        // A real edge takes far more than a byte; more of them than bytes means one dict shared many times.
        callers += 1;
        if (callers > this.size) throw refuse('there are more callers than the file can hold');
        const edge = this.edge(caller, frame, value);
        if (withRow.has(edge.caller)) edges.push(edge);
      }
    }
    return {
      format: cprofile.format,
      shape: 'call-graph',
      // cProfile reads the wall clock, profile the CPU clock of the process; neither says so in the file.
      metrics: [this.countsOnly ? CPU : WALL],
      frames: this.frames,
      rows: rows.map(({ frame, entry }): FunctionRow => ({ frame, ...entry.row })),
      edges,
      doubts: this.countsOnly ? [CALLERS_ESTIMATED] : [],
    };
  }

  private edge(callerKey: Value, callee: number, value: Value): CallEdge {
    const caller = this.frame(callerKey);
    if (typeof value === 'number') {
      this.countsOnly = true;
      return { caller, callee, calls: toCount(value) };
    }
    // Here all calls come first and primitive calls second: the other way round than in the function's own entry.
    const [calls, , self, inclusive] = readItems(value, 4, 'a caller');
    return { caller, callee, calls: toCount(calls), self: [toNs(self)], inclusive: [toNs(inclusive)] };
  }

  /** The index of the frame with this key. Texts are numbered first, so that a long one is hashed once only. */
  private frame(key: Value): number {
    const [file, line, name] = readItems(key, 3, 'the key of a function');
    if (typeof file !== 'string' || typeof line !== 'number')
      throw refuse('the key of a function is malformed');
    const label = typeof name === 'string' ? name : nameCode(name);
    const id = `${String(this.text(file))}:${String(line)}:${String(this.text(label))}`;
    const known = this.indexes.get(id);
    if (known !== undefined) return known;
    const index = this.frames.push(toFrame(file, line, label)) - 1;
    this.indexes.set(id, index);
    return index;
  }

  private text(text: string): number {
    const known = this.texts.get(text);
    if (known !== undefined) return known;
    this.texts.set(text, this.texts.size);
    return this.texts.size - 1;
  }
}

const CALLERS_ESTIMATED: Doubt = {
  code: 'callers-estimated',
  text: 'The module `profile` counts calls by caller but no time; what each caller pays is estimated from the counts.',
};

interface Entry {
  readonly row: Omit<FunctionRow, 'frame'>;
  readonly callers: readonly (readonly [Value, Value])[];
}

function readEntry(value: Value): Entry {
  const [primitiveCalls, calls, self, inclusive, callers] = readItems(value, 5, 'the entry of a function');
  if (!isKind(callers, 'dict')) throw refuse('the callers of a function are malformed');
  const row = {
    calls: toCount(calls),
    primitiveCalls: toCount(primitiveCalls),
    self: [toNs(self)],
    inclusive: [toNs(inclusive)],
  };
  return { row, callers: callers.pairs };
}

/** `profile` names the program that it runs by its code object. */
function nameCode(value: Value | undefined): string {
  if (isKind(value, 'code') && typeof value.name === 'string') return value.name;
  throw refuse('the name of a function is malformed');
}
