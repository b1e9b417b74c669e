/**
 * Finds the line on which each key of a TOML text is written. The values come from a real TOML parser; this
 * reader only looks for the places, so that a message can point at them. It expects a text that the parser
 * accepted.
 */

/** Key path (joined by NUL, since keys may hold dots) to line, counted from 1. */
export type TomlLines = ReadonlyMap<string, number>;

const KEY_PART = /\s*(?:"((?:[^"\\]|\\.)*)"|'([^']*)'|([A-Za-z0-9_-]+))\s*/y;

/** Reads a dotted key at `start`; answers its parts and the place behind it. */
function readKey(text: string, start: number): { parts: string[]; end: number } | undefined {
  const parts: string[] = [];
  let at = start;
  for (;;) {
    KEY_PART.lastIndex = at;
    const match = KEY_PART.exec(text);
    if (match === null) return undefined;
    parts.push(match[1] ?? match[2] ?? match[3] ?? '');
    at = KEY_PART.lastIndex;
    if (text[at] !== '.') return { parts, end: at };
    at += 1;
  }
}

/** The place behind the string that starts at `start`. */
function skipString(text: string, start: number): number {
  const quote = text[start] ?? '"';
  const triple = quote.repeat(3);
  if (text.startsWith(triple, start)) {
    let at = start + 3;
    while (at < text.length && !text.startsWith(triple, at)) at += quote === '"' && text[at] === '\\' ? 2 : 1;
    at += 3;
    // Up to two more quotes may belong to the string's end.
    while (text[at] === quote) at += 1;
    return at;
  }
  let at = start + 1;
  while (at < text.length && text[at] !== quote && text[at] !== '\n') {
    at += quote === '"' && text[at] === '\\' ? 2 : 1;
  }
  return at + 1;
}

function skipComment(text: string, start: number): number {
  const end = text.indexOf('\n', start);
  return end === -1 ? text.length : end;
}

class LineFinder {
  readonly lines = new Map<string, number>();
  private at = 0;
  private line = 1;
  private counted = 0;
  private readonly counts = new Map<string, number>();
  private readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  /** Reads the whole text. */
  scan(): void {
    let table: readonly string[] = [];
    for (;;) {
      this.skipBlank();
      if (this.at >= this.text.length) return;
      if (this.text[this.at] === '[') {
        table = this.readHeader();
        continue;
      }
      if (!this.readPair(table)) return;
    }
  }

  private lineAt(place: number): number {
    for (; this.counted < place; this.counted += 1) if (this.text[this.counted] === '\n') this.line += 1;
    return this.line;
  }

  private note(path: readonly string[], place: number): void {
    const line = this.lineAt(place);
    for (let length = 1; length <= path.length; length += 1) {
      const key = path.slice(0, length).join('\0');
      if (!this.lines.has(key)) this.lines.set(key, line);
    }
  }

  private skipBlank(): void {
    while (this.at < this.text.length) {
      const char = this.text[this.at] ?? '';
      if (char === '#') this.at = skipComment(this.text, this.at);
      else if (/[\s,]/.test(char)) this.at += 1;
      else return;
    }
  }

  private readHeader(): readonly string[] {
    const array = this.text.startsWith('[[', this.at);
    const key = readKey(this.text, this.at + (array ? 2 : 1));
    if (key === undefined) {
      this.at = skipComment(this.text, this.at);
      return [];
    }
    let path: readonly string[] = key.parts;
    this.note(path, this.at);
    if (array) {
      const name = path.join('\0');
      const index = this.counts.get(name) ?? 0;
      this.counts.set(name, index + 1);
      path = [...path, String(index)];
      this.note(path, this.at);
    }
    this.at = skipComment(this.text, key.end);
    return path;
  }

  private readPair(table: readonly string[]): boolean {
    const key = readKey(this.text, this.at);
    if (key === undefined || this.text[key.end] !== '=') return false;
    const path = [...table, ...key.parts];
    this.note(path, this.at);
    this.at = key.end + 1;
    this.readValue(path);
    return true;
  }

  private readValue(path: readonly string[]): void {
    while (/[ \t]/.test(this.text[this.at] ?? '')) this.at += 1;
    const char = this.text[this.at];
    if (char === '"' || char === "'") this.at = skipString(this.text, this.at);
    else if (char === '[') this.readArray(path);
    else if (char === '{') this.readInlineTable(path);
    else while (this.at < this.text.length && !/[,\]}#\n]/.test(this.text[this.at] ?? '')) this.at += 1;
  }

  private readArray(path: readonly string[]): void {
    this.at += 1;
    for (let index = 0; ; index += 1) {
      this.skipBlank();
      if (this.at >= this.text.length || this.text[this.at] === ']') break;
      const element = [...path, String(index)];
      this.note(element, this.at);
      const before = this.at;
      this.readValue(element);
      if (this.at === before) break;
    }
    this.at += 1;
  }

  private readInlineTable(path: readonly string[]): void {
    this.at += 1;
    for (;;) {
      this.skipBlank();
      if (this.at >= this.text.length || this.text[this.at] === '}' || !this.readPair(path)) break;
    }
    this.at += 1;
  }
}

/** The line of every key, table and array element of the text. */
export function findTomlLines(text: string): TomlLines {
  const finder = new LineFinder(text);
  finder.scan();
  return finder.lines;
}

/** The line of a key, or of the nearest table above it that is written down. */
export function lineOfKey(lines: TomlLines, path: readonly (string | number)[]): number | undefined {
  for (let length = path.length; length > 0; length -= 1) {
    const line = lines.get(path.slice(0, length).join('\0'));
    if (line !== undefined) return line;
  }
  return undefined;
}
