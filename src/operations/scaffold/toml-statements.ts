/**
 * Finds where the statements of a TOML text begin and end, so that one of them can be changed and every other byte
 * stays. It expects a text that a TOML parser accepted, and reads values only as far as to find their end.
 */

/** `[table]` or `[[table]]`. */
export interface TomlHeader {
  readonly kind: 'header';
  readonly path: readonly string[];
  readonly array: boolean;
  /** Offsets of the bracket and behind the last one. */
  readonly start: number;
  readonly end: number;
}

/** `key = value`. */
export interface TomlPair {
  readonly kind: 'pair';
  /** The table that it stands in, and the whole path with that. */
  readonly table: readonly string[];
  readonly path: readonly string[];
  readonly start: number;
  readonly valueStart: number;
  readonly valueEnd: number;
}

/** A statement with its offsets. */
export type TomlStatement = TomlHeader | TomlPair;

const KEY_PART = /\s*(?:"((?:[^"\\]|\\.)*)"|'([^']*)'|([A-Za-z0-9_-]+))\s*/y;

function readKey(
  text: string,
  start: number,
): { readonly parts: readonly string[]; readonly end: number } | undefined {
  const parts: string[] = [];
  for (let at = start; ; at += 1) {
    KEY_PART.lastIndex = at;
    const match = KEY_PART.exec(text);
    if (match === null) return undefined;
    parts.push(match[1] ?? match[2] ?? match[3] ?? '');
    at = KEY_PART.lastIndex;
    if (text[at] !== '.') return { parts, end: at };
  }
}

/** The offset behind the comment that starts here: its line end. */
export function skipComment(text: string, start: number): number {
  const end = text.indexOf('\n', start);
  return end === -1 ? text.length : end;
}

/** The offset behind the string that starts here. */
function skipString(text: string, start: number): number {
  const quote = text[start] ?? '"';
  const triple = text.startsWith(quote.repeat(3), start);
  const close = triple ? quote.repeat(3) : quote;
  let at = start + close.length;
  while (at < text.length && !text.startsWith(close, at)) at += quote === '"' && text[at] === '\\' ? 2 : 1;
  at += close.length;
  // Up to two more quotes may belong to the end of a long string.
  while (triple && text[at] === quote) at += 1;
  return at;
}

/** The offset behind the value that starts here. */
export function skipValue(text: string, start: number): number {
  let depth = 0;
  for (let at = start; at < text.length;) {
    const char = text[at] ?? '';
    if (char === '"' || char === "'") at = skipString(text, at);
    else if (char === '#' && depth > 0) at = skipComment(text, at);
    else if (char === '[' || char === '{') {
      depth += 1;
      at += 1;
    } else if (depth > 0 && (char === ']' || char === '}')) {
      depth -= 1;
      at += 1;
    } else if (depth === 0 && /[#\r\n,\]}]/.test(char)) return trimEnd(text, start, at);
    else {
      at += 1;
      continue;
    }
    if (depth === 0) return at;
  }
  return trimEnd(text, start, text.length);
}

function trimEnd(text: string, start: number, end: number): number {
  return start + text.slice(start, end).trimEnd().length;
}

/** The statements of a text in order; stops at what it cannot read. */
export function readStatements(text: string): readonly TomlStatement[] {
  const found: TomlStatement[] = [];
  let table: readonly string[] = [];
  for (let at = text.startsWith('\uFEFF') ? 1 : 0; at < text.length;) {
    const char = text[at] ?? '';
    if (/\s/.test(char)) at += 1;
    else if (char === '#') at = skipComment(text, at);
    else if (char === '[') {
      const array = text[at + 1] === '[';
      const key = readKey(text, at + (array ? 2 : 1));
      if (key === undefined) return found;
      const end = key.end + (array ? 2 : 1);
      table = key.parts;
      found.push({ kind: 'header', path: table, array, start: at, end });
      at = end;
    } else {
      const key = readKey(text, at);
      if (key === undefined || text[key.end] !== '=') return found;
      const valueStart = key.end + 1 + (/^[ \t]*/.exec(text.slice(key.end + 1))?.[0].length ?? 0);
      const valueEnd = skipValue(text, valueStart);
      found.push({ kind: 'pair', table, path: [...table, ...key.parts], start: at, valueStart, valueEnd });
      at = valueEnd;
    }
  }
  return found;
}
