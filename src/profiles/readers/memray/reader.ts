import type { Doubt } from '#base';
import type { Metric, StackProfile, Thread } from '#profiles';
import { isLauncher } from '../launchers.ts';
import { fileOf, lineOf } from '../json.ts';
import type { Reader } from '../reader.ts';
import { decodeText, refuse } from '../refusal.ts';
import { doubtSamples } from '../sample-doubts.ts';
import { NO_FRAMES, NONE, StackFolder } from '../stack-folder.ts';
import { readStats } from './stats.ts';

/**
 * What memray gives out of its private format: `transform csv` (every stack that was alive at the peak, leaked or short
 * lived, as it was asked; the file does not say which) and `stats --json` (the largest places).
 */
export const memray: Reader = {
  format: 'memray',
  title: 'memray transform csv and stats --json',
  // A table marks no end.
  openEnded: true,
  recognises: (head) => {
    const text = new TextDecoder().decode(head);
    if (text.startsWith(HEADER)) return true;
    return (
      /^\s*\{/.test(text) &&
      /"total_bytes_allocated"\s*:/.test(text) &&
      /"allocation_size_histogram"\s*:/.test(text)
    );
  },
  read: (bytes) => {
    const text = decodeText(bytes);
    return text.startsWith(HEADER) ? readTable(text) : readStats(bytes);
  },
};

const HEADER = 'allocator,num_allocations,size,tid,thread_name,stack_trace';
const MEMORY: readonly Metric[] = [
  { name: 'allocated', unit: 'bytes' },
  { name: 'allocations', unit: 'count' },
];

function readTable(text: string): StackProfile {
  const folder = new StackFolder(2);
  const threads: Thread[] = [];
  const threadNumbers = new Map<string, number>();
  let total = 0;
  let cut = 0;
  let isHeader = true;
  for (const row of readRows(text)) {
    if (isHeader) {
      isHeader = false;
      continue;
    }
    const [, count, size, tid = '', name = '', trace = ''] = row;
    if (row.length !== 6) throw refuse(`a row has ${String(row.length)} columns, not 6`);
    const key = `${tid} ${name}`;
    const thread = threadNumbers.get(key) ?? threads.push(toThread(tid, name)) - 1;
    threadNumbers.set(key, thread);
    const bytes = asWhole(size);
    let node = NONE;
    let above = false;
    for (const frame of parseTrace(trace)) {
      if (node === NONE && isLauncher(frame.file, frame.name, above)) above = true;
      else {
        const place = frame.file === undefined ? NONE : (frame.line ?? NONE);
        node = folder.child(node, folder.frame(frame.name, frame.file), place, node === NONE ? thread : NONE);
      }
    }
    total += bytes;
    if (node === NONE && above) cut += bytes;
    else {
      if (node === NONE) node = folder.child(NONE, folder.frame(NO_FRAMES), NONE, thread);
      folder.add(node, bytes);
      folder.add(node, asWhole(count), 1);
    }
  }
  const doubts: Doubt[] = doubtSamples(Infinity, total > 0 ? cut / total : 0);
  if (!text.endsWith('\n'))
    doubts.push({ code: 'file-cut-off', text: 'The last line does not end: the file may be cut off.' });
  return {
    format: 'memray',
    shape: 'stacks',
    metrics: MEMORY,
    ...folder.finish(),
    threads,
    source: { tool: 'memray' },
    doubts,
  };
}

function toThread(tid: string, name: string): Thread {
  const id = Number(tid);
  return { ...(Number.isSafeInteger(id) && tid !== '' ? { id } : {}), ...(name === '' ? {} : { name }) };
}

function asWhole(text: string | undefined): number {
  if (text !== undefined && /^\d{1,15}$/.test(text)) return Number(text);
  throw refuse(`this is no number of bytes or allocations: ${String(text).slice(0, 40)}`);
}

interface TraceFrame {
  readonly name: string;
  readonly file: string | undefined;
  readonly line: number | undefined;
}

/** `function;file;line|…`, innermost first; answers outermost first. A bar may also be part of a path. */
function parseTrace(trace: string): TraceFrame[] {
  const frames: TraceFrame[] = [];
  let begun = '';
  for (const part of trace === '' ? [] : trace.split('|')) {
    const text = begun === '' ? part : `${begun}|${part}`;
    const found = /^(.*?);(.*);(\d+)$/s.exec(text);
    begun = found === null ? text : '';
    if (found === null) continue;
    const [, name = '', path, line] = found;
    const isNative = !/\.pyw?$|^</.test(path ?? '');
    frames.push({ name, file: isNative ? undefined : fileOf(path), line: lineOf(Number(line)) });
  }
  if (begun !== '') throw refuse(`this is no frame: ${begun.slice(0, 80)}`);
  return frames.reverse();
}

/** The rows of a table with commas and doubled quotes (RFC 4180). */
function* readRows(text: string): Generator<string[]> {
  let row: string[] = [];
  let at = 0;
  while (at < text.length) {
    let field = '';
    if (text[at] === '"') {
      for (;;) {
        const end = text.indexOf('"', at + 1);
        if (end < 0) throw refuse('a quoted field does not end');
        field += text.slice(at + 1, end);
        at = end + 1;
        if (text[at] !== '"') break;
        field += '"';
      }
    } else {
      const start = at;
      while (at < text.length && text[at] !== ',' && text[at] !== '\n') at += 1;
      field = text.slice(start, at).replace(/\r$/, '');
    }
    if (text[at] === '\r') at += 1;
    row.push(field);
    if (text[at] === ',') {
      at += 1;
      if (at === text.length) row.push('');
      continue;
    }
    if (at < text.length && text[at] !== '\n') throw refuse('something follows a quoted field');
    at += 1;
    yield row;
    row = [];
  }
  if (row.length > 0) yield row;
}
