import { refuse } from './refusal.ts';

/**
 * A Python value out of a pickle. Objects are kept as the name of their class, what it would have been called with, and
 * their state: nothing is ever called, so a hostile pickle is only data.
 */
export type Pickled =
  | null
  | boolean
  | number
  | string
  | { readonly kind: 'bytes' | 'class'; readonly name: string }
  | { readonly kind: 'tuple' | 'list' | 'set'; readonly items: Pickled[] }
  | { readonly kind: 'dict'; readonly pairs: [Pickled, Pickled][] }
  | { readonly kind: 'object'; readonly type: Pickled; readonly args: Pickled; state: Pickled };

const MARK = Symbol('mark');
type Entry = Pickled | typeof MARK;

/** Reads one pickle of the protocols 2 to 5 (PEP 307, 3154, 574; Lib/pickletools.py). Refuses everything after it. */
export function readPickle(bytes: Uint8Array): Pickled {
  return new Unpickler(bytes).read();
}

class Unpickler {
  private at = 0;
  private readonly bytes: Uint8Array;
  private readonly view: DataView;
  private readonly decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  private readonly stack: Entry[] = [];
  private readonly memo = new Map<number, Pickled>();

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  read(): Pickled {
    for (;;) {
      const code = this.view.getUint8(this.take(1));
      if (code === 0x2e) break;
      this.step(code);
    }
    const value = this.pop();
    if (this.stack.length > 0 || this.at !== this.bytes.length)
      throw this.damaged('something follows after the value');
    return value;
  }

  private step(code: number): void {
    const char = String.fromCharCode(code);
    if (this.number(char) || this.container(char) || this.text(char)) return;
    switch (char) {
      case '\x80': // PROTO
        this.take(1);
        return;
      case '\x95': // FRAME
        this.take(8);
        return;
      case '\x94': // MEMOIZE
        this.memo.set(this.memo.size, this.top());
        return;
      case 'q':
        this.memo.set(this.view.getUint8(this.take(1)), this.top());
        return;
      case 'r':
        this.memo.set(this.u32(), this.top());
        return;
      case 'h':
        this.recall(this.view.getUint8(this.take(1)));
        return;
      case 'j':
        this.recall(this.u32());
        return;
      case '0':
        this.stack.pop();
        return;
      case '1':
        this.popMark();
        return;
      case '2':
        this.stack.push(this.top());
        return;
      case 'N':
        this.stack.push(null);
        return;
      case '\x88':
      case '\x89':
        this.stack.push(char === '\x88');
        return;
      case 'R': // REDUCE
      case '\x81': {
        // NEWOBJ
        const args = this.pop();
        this.stack.push({ kind: 'object', type: this.pop(), args, state: null });
        return;
      }
      case 'b': {
        const state = this.pop();
        const object = this.top();
        if (!isPickled(object, 'object')) throw this.damaged('a state belongs to no object');
        object.state = state;
        return;
      }
      default:
        this.at -= 1;
        throw this.damaged(`the operation ${JSON.stringify(char)} is not known`);
    }
  }

  private number(char: string): boolean {
    switch (char) {
      case 'K':
        this.stack.push(this.view.getUint8(this.take(1)));
        return true;
      case 'M':
        this.stack.push(this.view.getUint16(this.take(2), true));
        return true;
      case 'J':
        this.stack.push(this.view.getInt32(this.take(4), true));
        return true;
      case 'G':
        this.stack.push(this.view.getFloat64(this.take(8), false));
        return true;
      case '\x8a':
        this.stack.push(this.long(this.view.getUint8(this.take(1))));
        return true;
      default:
        return false;
    }
  }

  private container(char: string): boolean {
    switch (char) {
      case '(':
        this.stack.push(MARK);
        return true;
      case ')':
        this.stack.push({ kind: 'tuple', items: [] });
        return true;
      case ']':
        this.stack.push({ kind: 'list', items: [] });
        return true;
      case '}':
        this.stack.push({ kind: 'dict', pairs: [] });
        return true;
      case '\x8f':
        this.stack.push({ kind: 'set', items: [] });
        return true;
      case 't':
      case '\x91':
        this.stack.push({ kind: char === 't' ? 'tuple' : 'set', items: this.popMark() });
        return true;
      case '\x85':
      case '\x86':
      case '\x87': {
        const items = Array.from({ length: char.charCodeAt(0) - 0x84 }, () => this.pop());
        this.stack.push({ kind: 'tuple', items: items.reverse() });
        return true;
      }
      case 'a':
        this.append([this.pop()]);
        return true;
      case 'e':
      case '\x90':
        this.append(this.popMark());
        return true;
      case 's': {
        const value = this.pop();
        this.setItems([this.pop(), value]);
        return true;
      }
      case 'u':
        this.setItems(this.popMark());
        return true;
      default:
        return false;
    }
  }

  private text(char: string): boolean {
    switch (char) {
      case '\x8c':
        this.stack.push(this.string(this.view.getUint8(this.take(1))));
        return true;
      case 'X':
        this.stack.push(this.string(this.u32()));
        return true;
      case '\x8d':
        this.stack.push(this.string(this.u64()));
        return true;
      case 'C':
      case 'B': {
        this.take(char === 'C' ? this.view.getUint8(this.take(1)) : this.u32());
        this.stack.push({ kind: 'bytes', name: '' });
        return true;
      }
      case 'c':
        this.stack.push({ kind: 'class', name: `${this.lineOfText()}.${this.lineOfText()}` });
        return true;
      case '\x93': {
        const name = this.pop();
        const module = this.pop();
        if (typeof name !== 'string' || typeof module !== 'string')
          throw this.damaged('the name of a class is missing');
        this.stack.push({ kind: 'class', name: `${module}.${name}` });
        return true;
      }
      default:
        return false;
    }
  }

  private append(items: readonly Pickled[]): void {
    const list = this.top();
    if (!isPickled(list, 'list') && !isPickled(list, 'set')) throw this.damaged('items belong to no list');
    for (const item of items) list.items.push(item);
  }

  private setItems(items: readonly Pickled[]): void {
    const dict = this.top();
    if (!isPickled(dict, 'dict') || items.length % 2 !== 0) throw this.damaged('items belong to no dict');
    for (let index = 0; index < items.length; index += 2)
      dict.pairs.push([items[index] ?? null, items[index + 1] ?? null]);
  }

  private recall(key: number): void {
    const value = this.memo.get(key);
    if (value === undefined) throw this.damaged('a reference leads nowhere');
    this.stack.push(value);
  }

  private pop(): Pickled {
    const value = this.stack.pop();
    if (value === undefined || value === MARK) throw this.damaged('a value is missing');
    return value;
  }

  private top(): Pickled {
    const value = this.stack.at(-1);
    if (value === undefined || value === MARK) throw this.damaged('a value is missing');
    return value;
  }

  private popMark(): Pickled[] {
    const start = this.stack.lastIndexOf(MARK);
    if (start < 0) throw this.damaged('a mark is missing');
    const items = this.stack.splice(start + 1) as Pickled[];
    this.stack.pop();
    return items;
  }

  /** Little-endian with a sign; more than 53 bits lose their last digits. */
  private long(length: number): number {
    const start = this.take(length);
    let value = 0;
    for (let index = length - 1; index >= 0; index -= 1)
      value = value * 256 + (this.bytes[start + index] ?? 0);
    return length > 0 && (this.bytes[start + length - 1] ?? 0) >= 0x80 ? value - 256 ** length : value;
  }

  private lineOfText(): string {
    const end = this.bytes.indexOf(0x0a, this.at);
    if (end < 0) throw this.damaged('the data ends too early');
    const text = this.string(end - this.at);
    this.at = end + 1;
    return text;
  }

  private string(length: number): string {
    const start = this.take(length);
    return this.decoder.decode(this.bytes.subarray(start, start + length));
  }

  private u32(): number {
    return this.view.getUint32(this.take(4), true);
  }

  private u64(): number {
    return Number(this.view.getBigUint64(this.take(8), true));
  }

  private take(length: number): number {
    const start = this.at;
    if (length > this.bytes.length - start) throw this.damaged('the data ends too early');
    this.at = start + length;
    return start;
  }

  private damaged(problem: string): Error {
    return refuse(`${problem} (byte ${String(this.at)} of ${String(this.bytes.length)})`);
  }
}

/** Whether a value is of this kind. */
export function isPickled<K extends 'tuple' | 'list' | 'set' | 'dict' | 'object' | 'class'>(
  value: Pickled | undefined,
  kind: K,
): value is Extract<
  Pickled,
  {
    readonly kind: K extends 'class'
      ? 'bytes' | 'class'
      : K extends 'tuple' | 'list' | 'set'
        ? 'tuple' | 'list' | 'set'
        : K;
  }
> {
  return typeof value === 'object' && value !== null && value.kind === kind;
}

/** The items of a tuple or list, or a refusal. */
export function itemsOf(value: Pickled | undefined, what: string): readonly Pickled[] {
  if (isPickled(value, 'tuple') || isPickled(value, 'list')) return value.items;
  throw refuse(`${what} is malformed`);
}

/** The state of an object of a class with this name, as a lookup; refuses every other value. */
export function stateOf(
  value: Pickled | undefined,
  className: RegExp,
  what: string,
): ReadonlyMap<Pickled, Pickled> {
  if (isPickled(value, 'object') && isPickled(value.type, 'class') && className.test(value.type.name)) {
    if (isPickled(value.state, 'dict')) return new Map(value.state.pairs);
  }
  throw refuse(`${what} is missing: this pickle holds something else`);
}
