import { refuse } from '../refusal.ts';

/*
 * The two codes of Zstandard (RFC 8878, sections 4.1 and 4.2): tables of finite states, and Huffman trees. Every
 * number of the file is checked, so that damaged data ends in a refusal: nothing here can loop without reading on.
 */

/** What a state stands for, and how to reach the next: its base plus as many bits as it says. */
export interface States {
  /** Bits of the first state. */
  readonly log: number;
  readonly symbols: Uint8Array;
  readonly bits: Uint8Array;
  readonly bases: Uint16Array;
}

/** Symbols by the next `log` bits, and how many of these belong to the symbol. */
export interface Tree {
  readonly log: number;
  readonly symbols: Uint8Array;
  readonly bits: Uint8Array;
}

export function damaged(what: string): Error {
  return refuse(`the compressed part is damaged: ${what}`);
}

/** Bits of a stream that is read from its end: the highest set bit of the last byte marks where it begins. */
export class BackwardBits {
  /** Bits that are left; below zero after reading more than there were. */
  left: number;
  private readonly bytes: Uint8Array;
  private readonly start: number;

  constructor(bytes: Uint8Array, start: number, end: number) {
    const last = end > start ? (bytes[end - 1] ?? 0) : 0;
    if (last === 0) throw damaged('a stream has no end mark');
    this.bytes = bytes;
    this.start = start;
    this.left = (end - start - 1) * 8 + floorLog2(last);
  }

  /** The next bits, up to 30; beyond the end they are zero. */
  read(count: number): number {
    const value = count > 16 ? this.peek(16) * 2 ** (count - 16) : 0;
    if (count <= 16) {
      const bits = this.peek(count);
      this.left -= count;
      return bits;
    }
    this.left -= 16;
    const low = this.peek(count - 16);
    this.left -= count - 16;
    return value + low;
  }

  /** The next bits, up to 16, without moving on. */
  peek(count: number): number {
    const { bytes, left } = this;
    if (left < count) return left <= 0 ? 0 : (this.bitsAt(0) & ((1 << left) - 1)) << (count - left);
    const at = left - count;
    const from = this.start + (at >> 3);
    const held = (bytes[from] ?? 0) | ((bytes[from + 1] ?? 0) << 8) | ((bytes[from + 2] ?? 0) << 16);
    return (held >>> (at & 7)) & ((1 << count) - 1);
  }

  private bitsAt(at: number): number {
    const from = this.start + at;
    return (this.bytes[from] ?? 0) | ((this.bytes[from + 1] ?? 0) << 8);
  }
}

/** A table from how often each symbol comes: -1 for less than once (section 4.1.1). */
export function makeStates(counts: readonly number[], log: number): States {
  const size = 1 << log;
  const symbols = new Uint8Array(size);
  const next = new Uint16Array(counts.length);
  let high = size;
  for (const [symbol, count] of counts.entries()) {
    if (count === -1) symbols[--high] = symbol;
    next[symbol] = Math.abs(count);
  }
  const step = (size >> 1) + (size >> 3) + 3;
  let at = 0;
  for (const [symbol, count] of counts.entries()) {
    for (let number = 0; number < count; number += 1) {
      symbols[at] = symbol;
      do at = (at + step) & (size - 1);
      while (at >= high);
    }
  }
  const bits = new Uint8Array(size);
  const bases = new Uint16Array(size);
  for (let state = 0; state < size; state += 1) {
    const symbol = symbols[state] ?? 0;
    const value = next[symbol] ?? 0;
    next[symbol] = value + 1;
    bits[state] = log - floorLog2(value);
    bases[state] = (value << (bits[state] ?? 0)) - size;
  }
  return { log, symbols, bits, bases };
}

/** The table of one symbol that needs no bits. */
export function repeatSymbol(symbol: number): States {
  return { log: 0, symbols: Uint8Array.of(symbol), bits: new Uint8Array(1), bases: new Uint16Array(1) };
}

/** Reads the description of a table; gives also where it ends. */
export function readStates(
  bytes: Uint8Array,
  from: number,
  end: number,
  mostLog: number,
  mostSymbol: number,
): { readonly states: States; readonly end: number } {
  let bit = from * 8;
  const take = (count: number): number => {
    const at = bit >> 3;
    const held = (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8) | ((bytes[at + 2] ?? 0) << 16);
    const value = (held >>> (bit & 7)) & ((1 << count) - 1);
    bit += count;
    if (bit > end * 8) throw damaged('a table is cut off');
    return value;
  };
  const log = take(4) + 5;
  if (log > mostLog) throw damaged('a table is too large');
  const counts: number[] = [];
  for (let left = 1 << log; left > 0;) {
    // Counts that cannot come any more leave room for others with one bit less.
    const width = floorLog2(left + 1) + 1;
    const half = 1 << (width - 1);
    const short = 2 * half - 2 - left;
    let value = take(width - 1);
    if (value >= short) {
      value += take(1) * half;
      if (value >= half) value -= short;
    }
    const count = value - 1;
    counts.push(count);
    left -= Math.abs(count);
    if (count === 0) {
      for (let zeros = 3; zeros === 3;) {
        zeros = take(2);
        for (let zero = 0; zero < zeros; zero += 1) counts.push(0);
        if (counts.length > mostSymbol) throw damaged('a table has too many symbols');
      }
    }
    if (left < 0 || counts.length > mostSymbol + 1) throw damaged('a table does not add up');
  }
  return { states: makeStates(counts, log), end: (bit + 7) >> 3 };
}

/** Reads a Huffman tree (section 4.2.1); gives also where its description ends. */
export function readTree(
  bytes: Uint8Array,
  from: number,
  end: number,
): { readonly tree: Tree; readonly end: number } {
  const head = bytes[from] ?? 0;
  const start = from + 1;
  const stop = start + (head < 128 ? head : (head - 126) >> 1);
  if (from >= end || stop > end) throw damaged('a tree is cut off');
  let weights: number[];
  if (head < 128) weights = readWeights(bytes, start, stop);
  else {
    weights = Array.from({ length: head - 127 }, (_, index) => {
      const pair = bytes[start + (index >> 1)] ?? 0;
      return index % 2 === 0 ? pair >> 4 : pair & 15;
    });
  }
  return { tree: makeTree(weights), end: stop };
}

const MOST_WEIGHTS = 255;

function readWeights(bytes: Uint8Array, start: number, stop: number): number[] {
  const { states, end } = readStates(bytes, start, stop, 6, 255);
  const source = new BackwardBits(bytes, end, stop);
  const weights: number[] = [];
  // Two states take turns; when the bits are used up, the other one has the last word.
  let state = source.read(states.log);
  let other = source.read(states.log);
  if (source.left < 0) throw damaged('the weights of a tree are cut off');
  while (weights.length < MOST_WEIGHTS) {
    weights.push(states.symbols[state] ?? 0);
    const bits = states.bits[state] ?? 0;
    if (source.left < bits) {
      weights.push(states.symbols[other] ?? 0);
      return weights;
    }
    state = (states.bases[state] ?? 0) + source.read(bits);
    [state, other] = [other, state];
  }
  throw damaged('a tree has too many weights');
}

const MOST_TREE_LOG = 11;

function makeTree(weights: number[]): Tree {
  let sum = 0;
  for (const weight of weights) if (weight > 0) sum += 2 ** (weight - 1);
  const log = sum === 0 ? 99 : floorLog2(sum) + 1;
  if (log > MOST_TREE_LOG || weights.length > MOST_WEIGHTS) throw damaged('a tree does not add up');
  const rest = (1 << log) - sum;
  if ((rest & (rest - 1)) !== 0) throw damaged('a tree does not add up');
  weights.push(floorLog2(rest) + 1);
  const symbols = new Uint8Array(1 << log);
  const bits = new Uint8Array(1 << log);
  let at = 0;
  for (let weight = 1; weight <= log; weight += 1) {
    for (const [symbol, own] of weights.entries()) {
      if (own !== weight) continue;
      const next = at + (1 << (weight - 1));
      symbols.fill(symbol, at, next);
      bits.fill(log + 1 - weight, at, next);
      at = next;
    }
  }
  return { log, symbols, bits };
}

function floorLog2(value: number): number {
  return 31 - Math.clz32(value);
}
