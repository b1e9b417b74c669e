import type { Cut } from './envelope.ts';

/** Bytes of text in one answer. */
export const MOST_TEXT = 2_000;
/** Bytes of structured content in one answer, as JSON: some 4000 tokens. */
export const MOST_STRUCTURED = 12_000;

/** Lengths to which lists are cut, until the whole fits. */
const LENGTHS = [500, 200, 100, 50, 30, 20, 15, 10, 7, 5, 3, 2];
/** A list of so few is a pair or an interval: it has a fixed form and stays whole. */
const SHORTEST_CUT = 3;

/** A value that fits into one answer. */
export interface Bounded {
  /** Undefined when nothing of it fits. */
  readonly value: unknown;
  readonly cut: readonly Cut[];
}

/** Cuts long lists, long texts and large tables by name, all to the same length, until the JSON fits. Pure. */
export function boundValue(whole: unknown, mostBytes = MOST_STRUCTURED): Bounded {
  if (bytesOf(whole) <= mostBytes) return { value: whole, cut: [] };
  for (const length of LENGTHS) {
    const cut: Cut[] = [];
    const value = shorten(whole, length, '', cut);
    if (bytesOf(value) <= mostBytes) return { value, cut };
  }
  return { value: undefined, cut: [{ path: '', kept: 0, of: 1 }] };
}

function bytesOf(value: unknown): number {
  return value === undefined ? 0 : Buffer.byteLength(JSON.stringify(value));
}

function shorten(value: unknown, length: number, path: string, cut: Cut[]): unknown {
  if (typeof value === 'string') {
    const most = Math.max(200, length * 40);
    if (value.length <= most) return value;
    cut.push({ path, kept: most, of: value.length });
    return value.slice(0, most);
  }
  if (typeof value !== 'object' || value === null) return value;
  const below = (name: string | number): string => (path === '' ? String(name) : `${path}.${String(name)}`);
  if (Array.isArray(value)) {
    const items: readonly unknown[] = value;
    const kept = items.slice(0, Math.max(length, SHORTEST_CUT));
    if (kept.length < items.length) cut.push({ path, kept: kept.length, of: items.length });
    return kept.map((item, index) => shorten(item, length, below(index), cut));
  }
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => [name, shorten(each, length, below(name), cut)]),
  );
}

/** The first lines of a text that fit, and how many are left. */
export function boundLines(
  lines: readonly string[],
  mostBytes = MOST_TEXT,
): { readonly text: string; readonly left: number } {
  const kept: string[] = [];
  let bytes = 0;
  for (const line of lines) {
    bytes += Buffer.byteLength(line) + 1;
    if (bytes > mostBytes) break;
    kept.push(line);
  }
  // One line alone may be too long.
  const [first] = lines;
  if (kept.length === 0 && first !== undefined)
    return { text: cutText(first, mostBytes), left: lines.length - 1 };
  return { text: kept.join('\n'), left: lines.length - kept.length };
}

/** The beginning of a text, at most so many bytes, with no half character. */
export function cutText(text: string, mostBytes: number): string {
  if (Buffer.byteLength(text) <= mostBytes) return text;
  const bytes = Buffer.from(text).subarray(0, mostBytes - 3);
  return `${bytes.toString('utf8').replace(/\ufffd+$/, '')}…`;
}

/** What lies at a path of names and numbers joined by dots; undefined when nothing does. */
export function valueAt(whole: unknown, path: string): unknown {
  let value = whole;
  for (const name of path === '' ? [] : path.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
    value = (value as Readonly<Record<string, unknown>>)[name];
  }
  return value;
}
