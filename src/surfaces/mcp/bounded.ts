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
  /** Undefined when nothing of it fits: `cut` names its members. */
  readonly value: unknown;
  readonly cut: readonly Cut[];
}

/**
 * Cuts long lists, long texts and large tables by name, all to the same length, until the JSON fits. Where that is not
 * enough, whole lists are left out, as few as possible. Members stay, since a schema may ask for them. Pure.
 */
export function boundValue(whole: unknown, mostBytes = MOST_STRUCTURED): Bounded {
  if (bytesOf(whole) <= mostBytes) return { value: whole, cut: [] };
  let short: Bounded = { value: undefined, cut: [] };
  for (const length of LENGTHS) {
    const cut: Cut[] = [];
    short = { value: shorten(whole, length, '', cut), cut };
    if (bytesOf(short.value) <= mostBytes) return short;
  }
  return leaveListsOut(whole, short, mostBytes) ?? { value: undefined, cut: nameMembers(whole) };
}

/** Undefined when it does not fit even without any list. */
function leaveListsOut(whole: unknown, short: Bounded, mostBytes: number): Bounded | undefined {
  const out: Cut[] = [];
  let { value } = short;
  for (let over = bytesOf(value) - mostBytes; over > 0; over = bytesOf(value) - mostBytes) {
    const lists = findLists(value, []).sort((one, other) => one.bytes - other.bytes);
    const least = lists.find(({ bytes }) => bytes >= over) ?? lists.at(-1);
    if (least === undefined) return undefined;
    // In front, since only the first are told.
    out.unshift({ path: least.names.join('.'), kept: 0, of: sizeOf(least.names.reduce(memberOf, whole)) });
    value = withoutList(value, least.names);
  }
  // What was cut inside of a list that is left out is gone with it.
  const isInside = (path: string): boolean => out.some((list) => path.startsWith(`${list.path}.`));
  const isOut = (path: string): boolean => out.some((list) => list.path === path);
  const others = short.cut.filter(({ path }) => !isOut(path));
  return { value, cut: [...out, ...others].filter(({ path }) => !isInside(path)) };
}

interface List {
  /** Not joined: a name may hold dots. */
  readonly names: readonly string[];
  readonly bytes: number;
}

/** Lists below a value that hold more than numbers and switches: those may be pairs or intervals. */
function findLists(value: unknown, names: readonly string[]): List[] {
  if (typeof value !== 'object' || value === null) return [];
  const below = Object.entries(value).flatMap(([name, each]) => findLists(each, [...names, name]));
  const isLong =
    names.length > 0 &&
    Array.isArray(value) &&
    value.some((item) => (typeof item === 'object' && item !== null) || typeof item === 'string');
  return isLong ? [...below, { names, bytes: bytesOf(value) - 2 }] : below;
}

function withoutList(value: unknown, [first, ...rest]: readonly string[]): unknown {
  if (first === undefined) return [];
  const replace = ([name, each]: readonly [string, unknown]): unknown =>
    name === first ? withoutList(each, rest) : each;
  const members = Object.entries(value as Readonly<Record<string, unknown>>);
  return Array.isArray(value)
    ? members.map(replace)
    : Object.fromEntries(members.map((member) => [member[0], replace(member)]));
}

/** The parts of a value that is too large as a whole, the largest first: each can be asked for by itself. */
function nameMembers(whole: unknown): readonly Cut[] {
  if (typeof whole !== 'object' || whole === null) return [];
  return Object.entries(whole)
    .sort(([, one], [, other]) => bytesOf(other) - bytesOf(one))
    .map(([path, each]) => ({ path, kept: 0, of: sizeOf(each) }));
}

/** Items of a list, characters of a text, members of anything else. */
function sizeOf(value: unknown): number {
  if (typeof value === 'string' || Array.isArray(value)) return value.length;
  return typeof value === 'object' && value !== null ? Object.keys(value).length : 1;
}

/** A path below a path, as {@link valueAt} takes it. */
export function joinPath(path: string, name: string | number): string {
  return path === '' ? String(name) : `${path}.${String(name)}`;
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
  if (Array.isArray(value)) {
    const items: readonly unknown[] = value;
    const kept = items.slice(0, Math.max(length, SHORTEST_CUT));
    if (kept.length < items.length) cut.push({ path, kept: kept.length, of: items.length });
    return kept.map((item, index) => shorten(item, length, joinPath(path, index), cut));
  }
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => [name, shorten(each, length, joinPath(path, name), cut)]),
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
  return path === '' ? whole : path.split('.').reduce(memberOf, whole);
}

function memberOf(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
  return (value as Readonly<Record<string, unknown>>)[name];
}
