import { refuse } from './refusal.ts';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const MINUS = 0x2d;
const POINT = 0x2e;
const ZERO = 0x30;
const NINE = 0x39;

/**
 * Walks through JSON byte by byte without building it: for files whose lists are too long to be held as values. The
 * caller says what it wants of each value; what it passes over is checked for brackets and quotes only.
 */
export class JsonScanner {
  at = 0;
  /** How many numbers `integers` found. */
  count = 0;
  readonly bytes: Uint8Array;
  private readonly decoder = new TextDecoder();

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    // A byte order mark is no JSON, yet some tools write one.
    if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) this.at = 3;
  }

  /** Calls `member` at the value of each key, which it must read or skip. */
  object(member: (key: string) => void): void {
    this.expect(OPEN_OBJECT, 'an object');
    if (this.passes(CLOSE_OBJECT)) return;
    for (;;) {
      const key = this.string();
      this.expect(COLON, 'a colon');
      member(key);
      if (this.passes(CLOSE_OBJECT)) return;
      this.expect(COMMA, 'a comma');
    }
  }

  /** Calls `item` at each value of a list, which it must read or skip. */
  list(item: () => void): void {
    this.expect(OPEN_LIST, 'a list');
    if (this.passes(CLOSE_LIST)) return;
    for (;;) {
      item();
      if (this.passes(CLOSE_LIST)) return;
      this.expect(COMMA, 'a comma');
    }
  }

  /** As {@link list}, but the data may end after a whole item, with or without a comma; answers whether the list was closed. */
  unclosedList(item: () => void): boolean {
    this.expect(OPEN_LIST, 'a list');
    if (this.passes(CLOSE_LIST)) return true;
    while (this.space() < this.bytes.length) {
      item();
      if (this.passes(CLOSE_LIST)) return true;
      if (this.space() < this.bytes.length) this.expect(COMMA, 'a comma');
    }
    return false;
  }

  string(): string {
    const start = this.space();
    this.passString();
    const from = start + 1;
    const to = this.at - 1;
    for (let at = from; at < to; at += 1) {
      if (this.bytes[at] === BACKSLASH) return this.parse(start, this.at) as string;
    }
    return this.decoder.decode(this.bytes.subarray(from, to));
  }

  /** A number; short ones, by far the most, are read without making a text of them. */
  number(): number {
    const bytes = this.bytes;
    const start = this.space();
    let at = start;
    let value = 0;
    let fraction = 0;
    let byte = bytes[at] ?? 0;
    for (; byte >= ZERO && byte <= NINE; byte = bytes[++at] ?? 0) value = value * 10 + (byte - ZERO);
    const whole = at - start;
    if (byte === POINT) {
      byte = bytes[++at] ?? 0;
      const from = at;
      for (; byte >= ZERO && byte <= NINE; byte = bytes[++at] ?? 0) value = value * 10 + (byte - ZERO);
      fraction = at - from;
      if (fraction === 0) fraction = Infinity;
    }
    const ends = byte === COMMA || byte === CLOSE_LIST || byte === CLOSE_OBJECT || byte <= 0x20;
    const isShort = whole > 0 && whole + fraction < 16 && (whole === 1 || bytes[start] !== ZERO);
    if (ends && isShort) {
      this.at = at;
      // Exact: both numbers are whole and below 2 ** 53, so the division rounds once.
      return fraction === 0 ? value : value / 10 ** fraction;
    }
    return this.longNumber(start);
  }

  private longNumber(start: number): number {
    let at = start;
    while (isPartOfNumber(this.bytes[at] ?? 0)) at += 1;
    this.at = at;
    if (at === start) throw this.damaged('a number is missing');
    const number = this.parse(start, at);
    if (typeof number !== 'number') throw this.damaged('a number is missing');
    return number;
  }

  /** A list of whole numbers of at most nine digits, put into `into`; answers what holds them and sets `count`. */
  integers(into: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
    this.expect(OPEN_LIST, 'a list');
    const bytes = this.bytes;
    let numbers = into;
    let count = 0;
    if (!this.passes(CLOSE_LIST)) {
      for (;;) {
        let at = this.space();
        const start = at;
        let value = 0;
        let byte = bytes[at] ?? 0;
        for (; byte >= ZERO && byte <= NINE; byte = bytes[++at] ?? 0) value = value * 10 + (byte - ZERO);
        this.at = at;
        if (at === start || at - start > 9) throw this.damaged('a whole number is missing');
        if (count === numbers.length) {
          numbers = new Int32Array(count * 2);
          numbers.set(into);
          into = numbers;
        }
        numbers[count] = value;
        count += 1;
        if (byte === COMMA) this.at = at + 1;
        else if (this.passes(CLOSE_LIST)) break;
        else this.expect(COMMA, 'a comma');
      }
    }
    this.count = count;
    return numbers;
  }

  /** Where the list that follows ends, if it holds numbers only; it is not read yet. */
  flatListEnd(): number {
    const start = this.space();
    const end = this.bytes.indexOf(CLOSE_LIST, start);
    if (this.bytes[start] !== OPEN_LIST || end < 0) this.expect(-1, 'a list');
    return end + 1;
  }

  /** Any value, built. */
  value(): unknown {
    const start = this.space();
    this.skip();
    return this.parse(start, this.at);
  }

  /** Passes over a value. Without recursion: a file may open a million lists. */
  skip(): void {
    let depth = 0;
    do {
      this.space();
      const byte = this.bytes[this.at];
      if (byte === undefined) throw this.damaged('the data ends too early');
      if (byte === QUOTE) this.passString();
      else if (byte === OPEN_LIST || byte === OPEN_OBJECT) {
        depth += 1;
        this.at += 1;
      } else if (byte === CLOSE_LIST || byte === CLOSE_OBJECT) {
        if (depth === 0) throw this.damaged('a value is missing');
        depth -= 1;
        this.at += 1;
      } else if (byte === COMMA || byte === COLON) {
        if (depth === 0) throw this.damaged('a value is missing');
        this.at += 1;
      } else this.passWord();
    } while (depth > 0);
  }

  /** The byte at which the next value begins, as a character. */
  peek(): string {
    this.space();
    return String.fromCharCode(this.bytes[this.at] ?? 0);
  }

  /** Throws unless only blanks follow. */
  end(): void {
    if (this.space() !== this.bytes.length) throw this.damaged('something follows after the end of the data');
  }

  damaged(problem: string): Error {
    return refuse(`${problem} (byte ${String(this.at)} of ${String(this.bytes.length)})`);
  }

  private parse(start: number, end: number): unknown {
    try {
      return JSON.parse(this.decoder.decode(this.bytes.subarray(start, end)));
    } catch {
      this.at = start;
      throw this.damaged('this is no JSON');
    }
  }

  private space(): number {
    let byte = this.bytes[this.at];
    while (byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09) {
      this.at += 1;
      byte = this.bytes[this.at];
    }
    return this.at;
  }

  private expect(byte: number, what: string): void {
    this.space();
    if (this.bytes[this.at] !== byte) {
      const problem = this.at >= this.bytes.length ? 'the data ends too early' : `${what} is missing`;
      throw this.damaged(problem);
    }
    this.at += 1;
  }

  private passes(byte: number): boolean {
    this.space();
    if (this.bytes[this.at] !== byte) return false;
    this.at += 1;
    return true;
  }

  private passString(): void {
    if (this.bytes[this.at] !== QUOTE) {
      throw this.damaged(this.at >= this.bytes.length ? 'the data ends too early' : 'a text is missing');
    }
    for (let at = this.at + 1; at < this.bytes.length; at += 1) {
      const byte = this.bytes[at];
      if (byte === BACKSLASH) at += 1;
      else if (byte === QUOTE) {
        this.at = at + 1;
        return;
      }
    }
    throw this.damaged('a text does not end');
  }

  private passWord(): void {
    const start = this.at;
    let byte = this.bytes[this.at] ?? 0;
    while (isPartOfNumber(byte) || (byte >= 0x61 && byte <= 0x7a) || (byte >= 0x41 && byte <= 0x5a)) {
      this.at += 1;
      byte = this.bytes[this.at] ?? 0;
    }
    if (this.at === start) throw this.damaged('this is no JSON');
  }
}

function isPartOfNumber(byte: number): boolean {
  return (
    (byte >= ZERO && byte <= NINE) ||
    byte === MINUS ||
    byte === POINT ||
    byte === 0x2b ||
    byte === 0x45 ||
    byte === 0x65
  );
}
