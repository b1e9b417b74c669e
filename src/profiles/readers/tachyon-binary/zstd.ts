import {
  BackwardBits,
  damaged,
  makeStates,
  readStates,
  readTree,
  repeatSymbol,
  type States,
  type Tree,
} from './zstd-tables.ts';

/*
 * Zstandard (RFC 8878) of our own: Node has it from 22.15 only, and the decoder on the registry (fzstd 0.1.1) never
 * returns from some damaged files and takes as much memory as the head of a file asks for.
 */

/** A recording shrinks to a tenth; a bomb, to a thousandth. */
const MOST_GROWTH = 200;
const ALWAYS_ALLOWED = 4 * 1024 * 1024;
const MOST_IN_BLOCK = 128 * 1024;
const FRAME = 0xfd2fb528;
/** Frames that hold something else; the last digit is free. */
const SKIPPED_FRAME = 0x184d2a50;

/** What is in a Zstandard file. Refuses damage and files that grow beyond all measure; checksums are not looked at. */
export function unpackZstd(bytes: Uint8Array): Uint8Array {
  const source = new Source(bytes);
  const out = new Output(bytes.length);
  while (source.at < bytes.length) {
    const magic = source.number(4);
    if (magic === FRAME) readFrame(source, out);
    else if (Math.floor(magic / 16) === SKIPPED_FRAME / 16) source.skip(source.number(4));
    else throw damaged('this is no Zstandard');
  }
  return out.content();
}

class Source {
  at = 0;
  readonly bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  /** Little-endian, of up to six bytes without loss. */
  number(size: number): number {
    let value = 0;
    for (let index = size - 1; index >= 0; index -= 1)
      value = value * 256 + (this.bytes[this.at + index] ?? 0);
    this.skip(size);
    return value;
  }

  /** Passes over these bytes and says where they began. */
  skip(size: number): number {
    const from = this.at;
    if (from + size > this.bytes.length) throw damaged('it is cut off');
    this.at += size;
    return from;
  }
}

class Output {
  length = 0;
  bytes: Uint8Array;
  private readonly most: number;

  constructor(packed: number) {
    this.most = Math.max(ALWAYS_ALLOWED, packed * MOST_GROWTH);
    this.bytes = new Uint8Array(Math.max(1024, packed * 4));
  }

  content(): Uint8Array {
    return this.bytes.subarray(0, this.length);
  }

  reserve(more: number): void {
    const needed = this.length + more;
    if (needed > this.most) throw damaged(`it grows to more than ${String(MOST_GROWTH)} times its size`);
    if (needed <= this.bytes.length) return;
    const bytes = new Uint8Array(Math.min(this.most, Math.max(needed, this.bytes.length * 2)));
    bytes.set(this.content());
    this.bytes = bytes;
  }

  append(from: Uint8Array, start: number, end: number): void {
    this.reserve(end - start);
    this.bytes.set(from.subarray(start, end), this.length);
    this.length += end - start;
  }

  repeat(distance: number, count: number): void {
    this.reserve(count);
    const { bytes } = this;
    let at = this.length;
    // One byte after the other: what is copied may itself be part of the copy.
    for (const end = at + count; at < end; at += 1) bytes[at] = bytes[at - distance] ?? 0;
    this.length = at;
  }
}

/** What one block hands on to the next. */
interface Memory {
  /** Where the frame begins in the output. */
  readonly start: number;
  tree: Tree | undefined;
  readonly states: (States | undefined)[];
  readonly distances: [number, number, number];
}

function readFrame(source: Source, out: Output): void {
  const head = source.number(1);
  const isSingle = (head & 0x20) !== 0;
  if ((head & 8) !== 0) throw damaged('an unknown kind of frame');
  if (!isSingle) source.skip(1);
  if (source.number([0, 1, 2, 4][head & 3] ?? 0) !== 0) throw damaged('it needs a dictionary');
  const sizeBytes = [isSingle ? 1 : 0, 2, 4, 8][head >> 6] ?? 0;
  const claimed = source.number(sizeBytes) + (sizeBytes === 2 ? 256 : 0);
  const memory: Memory = { start: out.length, tree: undefined, states: [], distances: [1, 4, 8] };
  for (let isLast = false; !isLast;) {
    const block = source.number(3);
    isLast = (block & 1) === 1;
    const size = block >> 3;
    if (size > MOST_IN_BLOCK) throw damaged('a block is too large');
    const before = out.length;
    switch ((block >> 1) & 3) {
      case 0: {
        const from = source.skip(size);
        out.append(source.bytes, from, from + size);
        break;
      }
      case 1: {
        out.reserve(size);
        out.bytes.fill(source.number(1), out.length, out.length + size);
        out.length += size;
        break;
      }
      case 2: {
        const from = source.skip(size);
        readBlock(source.bytes.subarray(from, from + size), memory, out);
        break;
      }
      default:
        throw damaged('an unknown kind of block');
    }
    if (out.length - before > MOST_IN_BLOCK) throw damaged('a block is too large');
  }
  if (sizeBytes > 0 && out.length - memory.start !== claimed)
    throw damaged('its size is another than it says');
  if ((head & 4) !== 0) source.skip(4);
}

function readBlock(block: Uint8Array, memory: Memory, out: Output): void {
  const source = new Source(block);
  const literals = readLiterals(source, memory);
  let count = source.number(1);
  if (count === 255) count = source.number(2) + 0x7f00;
  else if (count > 127) count = (count - 128) * 256 + source.number(1);
  let used = 0;
  if (count > 0) used = readSequences(source, count, literals, memory, out);
  else if (source.at !== block.length) throw damaged('a block is longer than its content');
  out.append(literals, used, literals.length);
}

function readLiterals(source: Source, memory: Memory): Uint8Array {
  const head = source.bytes[source.at] ?? 0;
  const kind = head & 3;
  const format = (head >> 2) & 3;
  if (kind < 2) {
    const width = format === 1 ? 2 : format === 3 ? 3 : 1;
    const size = source.number(width) >> (width === 1 ? 3 : 4);
    if (size > MOST_IN_BLOCK) throw damaged('a block is too large');
    if (kind === 1) return new Uint8Array(size).fill(source.number(1));
    const from = source.skip(size);
    return source.bytes.subarray(from, from + size);
  }
  const width = [10, 10, 14, 18][format] ?? 10;
  const sizes = Math.floor(source.number([3, 3, 4, 5][format] ?? 3) / 16);
  const size = sizes % 2 ** width;
  const packed = Math.floor(sizes / 2 ** width);
  if (size > MOST_IN_BLOCK) throw damaged('a block is too large');
  let from = source.skip(packed);
  const end = source.at;
  if (kind === 2) ({ tree: memory.tree, end: from } = readTree(source.bytes, from, end));
  const { tree } = memory;
  if (tree === undefined) throw damaged('a tree is missing');
  const literals = new Uint8Array(size);
  if (format === 0) {
    readCodes(source.bytes, from, end, tree, literals);
    return literals;
  }
  const jumps = new Source(source.bytes.subarray(from, Math.max(from, end)));
  const ends = [jumps.number(2), jumps.number(2), jumps.number(2)];
  from += 6;
  const part = (size + 3) >> 2;
  for (let index = 0; index < 4; index += 1) {
    const to = index === 3 ? end : from + (ends[index] ?? 0);
    if (to > end || part * 3 > size) throw damaged('the parts of a block do not fit');
    readCodes(
      source.bytes,
      from,
      to,
      tree,
      literals.subarray(index * part, index === 3 ? size : (index + 1) * part),
    );
    from = to;
  }
  return literals;
}

/** Fills a part of the literals from its stream, which must be used up by that. */
function readCodes(bytes: Uint8Array, start: number, end: number, tree: Tree, into: Uint8Array): void {
  const source = new BackwardBits(bytes, start, end);
  for (let at = 0; at < into.length; at += 1) {
    const code = source.peek(tree.log);
    into[at] = tree.symbols[code] ?? 0;
    source.left -= tree.bits[code] ?? 0;
  }
  if (source.left !== 0) throw damaged('a stream has another length than its content');
}

// prettier-ignore
const LITERAL_COUNTS = [
  4, 3, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 3, 2, 1, 1, 1, 1, 1, -1, -1, -1, -1,
];
// prettier-ignore
const MATCH_COUNTS = [
  1, 4, 3, 2, 2, 2, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
  1, 1, 1, 1, 1, 1, 1, 1, -1, -1, -1, -1, -1, -1, -1,
];
// prettier-ignore
const OFFSET_COUNTS = [
  1, 1, 1, 1, 1, 1, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, -1, -1, -1, -1, -1,
];

/** Codes of lengths: those that need no more bits come first, one for each length. */
interface Lengths {
  readonly bits: readonly number[];
  readonly bases: readonly number[];
}
const LITERAL_LENGTHS = lengthsFrom(
  0,
  16,
  [1, 1, 1, 1, 2, 2, 3, 3, 4, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16],
);
const MATCH_LENGTHS = lengthsFrom(
  3,
  32,
  [1, 1, 1, 1, 2, 2, 3, 3, 4, 4, 5, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16],
);

function lengthsFrom(least: number, plain: number, more: readonly number[]): Lengths {
  const bits = [...Array<number>(plain).fill(0), ...more];
  const bases: number[] = [];
  let base = least;
  for (const width of bits) {
    bases.push(base);
    base += 2 ** width;
  }
  return { bits, bases };
}

/** Literal lengths, offsets and match lengths, in the order of the file. */
const KINDS = [
  { counts: LITERAL_COUNTS, log: 6, mostLog: 9, mostSymbol: 35 },
  { counts: OFFSET_COUNTS, log: 5, mostLog: 8, mostSymbol: 31 },
  { counts: MATCH_COUNTS, log: 6, mostLog: 9, mostSymbol: 52 },
] as const;
/** Beyond it, no distance is in reach. */
const MOST_OFFSET_CODE = 30;

function chooseStates(source: Source, modes: number, kind: number, memory: Memory): States {
  const { counts, log, mostLog, mostSymbol } = KINDS[kind] ?? KINDS[0];
  const mode = (modes >> (6 - kind * 2)) & 3;
  let states: States | undefined;
  if (mode === 0) states = makeStates(counts, log);
  else if (mode === 1) {
    const symbol = source.number(1);
    if (symbol > mostSymbol) throw damaged('an unknown code');
    states = repeatSymbol(symbol);
  } else if (mode === 2) {
    const read = readStates(source.bytes, source.at, source.bytes.length, mostLog, mostSymbol);
    source.at = read.end;
    states = read.states;
  } else states = memory.states[kind];
  if (states === undefined) throw damaged('a table is missing');
  memory.states[kind] = states;
  return states;
}

/** Carries out the sequences of a block (section 3.1.1.4); gives how many literals they used. */
function readSequences(
  source: Source,
  count: number,
  literals: Uint8Array,
  memory: Memory,
  out: Output,
): number {
  const modes = source.number(1);
  if ((modes & 3) !== 0) throw damaged('an unknown kind of table');
  const forLiterals = chooseStates(source, modes, 0, memory);
  const forOffsets = chooseStates(source, modes, 1, memory);
  const forMatches = chooseStates(source, modes, 2, memory);
  const bits = new BackwardBits(source.bytes, source.at, source.bytes.length);
  let literalState = bits.read(forLiterals.log);
  let offsetState = bits.read(forOffsets.log);
  let matchState = bits.read(forMatches.log);
  let used = 0;
  for (let left = count; left > 0; left -= 1) {
    const offsetCode = forOffsets.symbols[offsetState] ?? 0;
    if (offsetCode > MOST_OFFSET_CODE) throw damaged('a distance leads before its start');
    const offset = 2 ** offsetCode + bits.read(offsetCode);
    const match = readLength(forMatches.symbols[matchState] ?? 0, MATCH_LENGTHS, bits);
    const plain = readLength(forLiterals.symbols[literalState] ?? 0, LITERAL_LENGTHS, bits);
    if (left > 1) {
      literalState = step(forLiterals, literalState, bits);
      matchState = step(forMatches, matchState, bits);
      offsetState = step(forOffsets, offsetState, bits);
    }
    if (bits.left < 0 || used + plain > literals.length) throw damaged('a block ends too early');
    out.append(literals, used, used + plain);
    used += plain;
    const distance = findDistance(offset, plain === 0, memory.distances);
    if (distance < 1 || distance > out.length - memory.start)
      throw damaged('a distance leads before its start');
    out.repeat(distance, match);
  }
  if (bits.left !== 0) throw damaged('a block is longer than its content');
  return used;
}

function readLength(code: number, { bits, bases }: Lengths, source: BackwardBits): number {
  return (bases[code] ?? 0) + source.read(bits[code] ?? 0);
}

function step(states: States, state: number, source: BackwardBits): number {
  return (states.bases[state] ?? 0) + source.read(states.bits[state] ?? 0);
}

/** The first three numbers stand for the distances used last (section 3.1.1.5). */
function findDistance(offset: number, withoutLiterals: boolean, last: [number, number, number]): number {
  const [first, second, third] = last;
  if (offset > 3) {
    last[2] = second;
    last[1] = first;
    last[0] = offset - 3;
    return offset - 3;
  }
  const which = withoutLiterals ? offset + 1 : offset;
  if (which === 1) return first;
  const distance = which === 2 ? second : which === 3 ? third : first - 1;
  if (which > 2) last[2] = second;
  last[1] = first;
  last[0] = distance;
  return distance;
}
