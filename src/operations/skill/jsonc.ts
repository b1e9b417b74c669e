/** A value of a JSON text with the offsets of its first character and behind its last one. */
export type JsonNode =
  | {
      readonly kind: 'object';
      readonly start: number;
      readonly end: number;
      readonly members: readonly JsonMember[];
    }
  | { readonly kind: 'other'; readonly start: number; readonly end: number };

/** One member of an object. */
export interface JsonMember {
  readonly key: string;
  readonly start: number;
  readonly value: JsonNode;
  /** Offset of the comma behind it; undefined when there is none. */
  readonly comma: number | undefined;
}

/** A JSON text that was read: where everything stands, and what it says. */
export interface JsonDocument {
  readonly root: JsonNode;
  readonly value: unknown;
}

const SPACE = /(?:[ \t\r\n\uFEFF]|\/\/[^\n]*|\/\*[^]*?\*\/)*/y;
const STRING = /"(?:[^"\\\u0000-\u001f]|\\.)*"/y;
const WORD = /-?[\w.+-]+/y;

class Reader {
  private at = 0;
  private readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  document(): JsonDocument | undefined {
    this.skipSpace();
    const read = this.value();
    this.skipSpace();
    return read !== undefined && this.at === this.text.length
      ? { root: read.node, value: read.value }
      : undefined;
  }

  private skipSpace(): void {
    SPACE.lastIndex = this.at;
    SPACE.exec(this.text);
    this.at = SPACE.lastIndex;
  }

  private take(sign: string): boolean {
    this.skipSpace();
    if (this.text[this.at] !== sign) return false;
    this.at += 1;
    return true;
  }

  /** What a pattern matches here, read as JSON. */
  private scalar(pattern: RegExp): { readonly value: unknown } | undefined {
    pattern.lastIndex = this.at;
    const match = pattern.exec(this.text);
    if (match === null) return undefined;
    try {
      const value = JSON.parse(match[0]) as unknown;
      this.at = pattern.lastIndex;
      return { value };
    } catch {
      return undefined;
    }
  }

  private value(): { readonly node: JsonNode; readonly value: unknown } | undefined {
    this.skipSpace();
    const start = this.at;
    if (this.take('{')) return this.object(start);
    if (this.take('[')) return this.array(start);
    const scalar = this.scalar(this.text[start] === '"' ? STRING : WORD);
    return scalar && { node: { kind: 'other', start, end: this.at }, value: scalar.value };
  }

  private object(start: number): { readonly node: JsonNode; readonly value: unknown } | undefined {
    const members: JsonMember[] = [];
    const value = new Map<string, unknown>();
    for (let open = true; !this.take('}');) {
      if (!open) return undefined;
      const keyStart = this.at;
      const key = this.scalar(STRING)?.value;
      // Of two equal keys readers take different ones: such a text says nothing certain.
      if (typeof key !== 'string' || value.has(key) || !this.take(':')) return undefined;
      const read = this.value();
      if (read === undefined) return undefined;
      open = this.take(',');
      value.set(key, read.value);
      members.push({ key, start: keyStart, value: read.node, comma: open ? this.at - 1 : undefined });
    }
    return { node: { kind: 'object', start, end: this.at, members }, value: Object.fromEntries(value) };
  }

  private array(start: number): { readonly node: JsonNode; readonly value: unknown } | undefined {
    const value: unknown[] = [];
    for (let open = true; !this.take(']');) {
      const read = open ? this.value() : undefined;
      if (read === undefined) return undefined;
      value.push(read.value);
      open = this.take(',');
    }
    return { node: { kind: 'other', start, end: this.at }, value };
  }
}

/**
 * Reads JSON in which comments and commas behind the last item are allowed, as in the settings of many editors;
 * undefined for everything else, also for an object with the same key twice.
 */
export function readJsonc(text: string): JsonDocument | undefined {
  return new Reader(text).document();
}

/** A value as text in which the order of keys makes no difference: two values are the same when these are. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}
