import type { StropError } from '#base';
import { refuse } from './refusal.ts';

/** A Python value as this reader needs it. Containers keep their order; a dict is the list of its pairs. */
export type Value =
  | null
  | boolean
  | number
  | string
  | { readonly kind: 'bytes'; readonly length: number }
  | { readonly kind: 'sequence'; readonly items: readonly Value[] }
  | { readonly kind: 'dict'; readonly pairs: readonly (readonly [Value, Value])[] }
  | { readonly kind: 'code'; readonly name: Value; readonly file: Value; readonly line: number };

/** Deeper than any file of a profiler, shallow enough for every stack of JavaScript. */
const MAX_DEPTH = 100;
const FLAG_REF = 0x80;

/**
 * Reads one value in Python's marshal format, versions 2 to 4 (CPython 3.8 to 3.14, Python/marshal.c). Nothing is
 * believed: a container grows with the items that are really there, a text is looked for before it is decoded.
 */
export function readMarshal(bytes: Uint8Array): Value {
  const parser = new Parser(bytes);
  const value = parser.value(0);
  const rest = bytes.length - parser.at;
  if (rest !== 0) throw refuse(`${String(rest)} bytes follow after the end of the data`);
  return value;
}

/** The byte `0`: ends a dict, stands for no value. */
const END = Symbol('end');

class Parser {
  at = 0;
  private readonly bytes: Uint8Array;
  private readonly view: DataView;
  private readonly refs: (Value | undefined)[] = [];
  private readonly decoder = new TextDecoder('utf-8', { ignoreBOM: true });

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  value(depth: number): Value {
    const value = this.valueOrEnd(depth);
    if (value === END) throw this.damaged('a value is missing');
    return value;
  }

  private valueOrEnd(depth: number): Value | typeof END {
    if (depth > MAX_DEPTH) throw this.damaged('values are nested too deeply');
    const byte = this.byte();
    const type = String.fromCharCode(byte & ~FLAG_REF);
    if (type === '0') return END;
    if (type === 'r') return this.reference();
    // The number of a reference is given before its content is read, as CPython does.
    const slot = (byte & FLAG_REF) === 0 ? undefined : this.refs.push(undefined) - 1;
    const value = this.content(type, depth + 1);
    if (slot !== undefined) this.refs[slot] = value;
    return value;
  }

  private content(type: string, depth: number): Value {
    switch (type) {
      case 'N':
      case 'S':
      case '.':
        return null;
      case 'T':
        return true;
      case 'F':
        return false;
      case 'i':
        return this.view.getInt32(this.take(4), true);
      case 'I':
        return Number(this.view.getBigInt64(this.take(8), true));
      case 'l':
        return this.long();
      case 'g':
        return this.view.getFloat64(this.take(8), true);
      case 'f':
        return Number(this.text(this.byte()));
      case 'z':
      case 'Z':
        return this.text(this.byte());
      case 'a':
      case 'A':
      case 'u':
      case 't':
        return this.text(this.length());
      case 's': {
        const length = this.length();
        this.take(length);
        return { kind: 'bytes', length };
      }
      case ')':
        return this.sequence(this.byte(), depth);
      case '(':
      case '[':
      case '<':
      case '>':
        return this.sequence(this.length(), depth);
      case '{':
        return this.dict(depth);
      case 'c':
        return this.code(depth);
      default:
        this.at -= 1;
        throw this.damaged(`the type ${JSON.stringify(type)} is not known`);
    }
  }

  private sequence(length: number, depth: number): Value {
    const items: Value[] = [];
    for (let index = 0; index < length; index += 1) items.push(this.value(depth));
    return { kind: 'sequence', items };
  }

  private dict(depth: number): Value {
    const pairs: [Value, Value][] = [];
    for (;;) {
      const key = this.valueOrEnd(depth);
      if (key === END) return { kind: 'dict', pairs };
      pairs.push([key, this.value(depth)]);
    }
  }

  private reference(): Value {
    const value = this.refs[this.view.getUint32(this.take(4), true)];
    if (value === undefined) throw this.damaged('a reference leads nowhere');
    return value;
  }

  /** Digits of 15 bits, least significant first; a negative count for a negative number. */
  private long(): number {
    const count = this.view.getInt32(this.take(4), true);
    const start = this.take(Math.abs(count) * 2);
    let value = 0;
    for (let digit = Math.abs(count) - 1; digit >= 0; digit -= 1) {
      value = value * 0x8000 + this.view.getUint16(start + digit * 2, true);
    }
    return count < 0 ? -value : value;
  }

  /**
   * A code object, of which only the name, the file and the line are kept. Until 3.10 six numbers come first, then
   * code, consts, names, varnames, freevars, cellvars, file, name, line, line table; since 3.11 five numbers, then
   * code, consts, names, local names, local kinds, file, name, qualified name, line, line table, exception table.
   */
  private code(depth: number): Value {
    this.take(5 * 4);
    const isNew = this.codeBytesFollow();
    if (!isNew) this.take(4);
    for (let skipped = 0; skipped < (isNew ? 5 : 6); skipped += 1) this.value(depth);
    const file = this.value(depth);
    const name = this.value(depth);
    if (isNew) this.value(depth);
    const line = this.view.getInt32(this.take(4), true);
    for (let skipped = 0; skipped < (isNew ? 2 : 1); skipped += 1) this.value(depth);
    return { kind: 'code', name, file, line };
  }

  /** Tells the two layouts apart: whether bytes or a reference to bytes begin here rather than a sixth number. */
  private codeBytesFollow(): boolean {
    if (this.at + 5 > this.bytes.length) throw this.damaged('the data ends too early');
    const type = String.fromCharCode((this.bytes[this.at] ?? 0) & ~FLAG_REF);
    const number = this.view.getUint32(this.at + 1, true);
    if (type === 's') return number <= this.bytes.length - this.at - 5;
    return type === 'r' && number < this.refs.length;
  }

  /** ASCII texts have codes of their own, yet are read well as UTF-8. */
  private text(length: number): string {
    const start = this.take(length);
    return this.decoder.decode(this.bytes.subarray(start, start + length));
  }

  private length(): number {
    return this.view.getUint32(this.take(4), true);
  }

  private byte(): number {
    return this.view.getUint8(this.take(1));
  }

  /** Moves past the bytes and answers where they begin. */
  private take(length: number): number {
    const start = this.at;
    if (length > this.bytes.length - start) throw this.damaged('the data ends too early');
    this.at = start + length;
    return start;
  }

  private damaged(problem: string): StropError {
    return refuse(`${problem} (byte ${String(this.at)} of ${String(this.bytes.length)})`);
  }
}
