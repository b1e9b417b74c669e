import { StropError } from '#base';
import { refuse } from './refusal.ts';

/** A well compressed profile grows tenfold; a bomb, a thousandfold. */
const MOST_GROWTH = 200;
const ALWAYS_ALLOWED = 16 * 1024 * 1024;

/**
 * What is in a gzip file (RFC 1952), all its members one after the other; refuses damage, also of the checksums, and files
 * that grow beyond all measure.
 */
export function gunzip(bytes: Uint8Array): Uint8Array {
  const contents: Uint8Array[] = [];
  let size = 0;
  for (let at = 0; contents.length === 0 || at < bytes.length;) {
    const inflater = new Inflater(bytes, skipHead(bytes, at), size);
    const content = inflater.read();
    at = inflater.at + 8;
    if (at > bytes.length) throw refuse('the gzip file is cut off');
    const view = new DataView(bytes.buffer, bytes.byteOffset + at - 8, 8);
    const isWhole =
      view.getUint32(0, true) === checksum(content) && view.getUint32(4, true) === content.length % 2 ** 32;
    if (!isWhole) throw refuse('the checksum of the gzip file is wrong');
    contents.push(content);
    size += content.length;
  }
  const [only] = contents;
  if (only !== undefined && contents.length === 1) return only;
  const all = new Uint8Array(size);
  let at = 0;
  for (const content of contents) {
    all.set(content, at);
    at += content.length;
  }
  return all;
}

/** The first bytes of what is in a gzip file, so many where there are so many; none where it is damaged. Never throws. */
export function gunzipHead(bytes: Uint8Array, most: number): Uint8Array {
  try {
    return new Inflater(bytes, skipHead(bytes, 0), 0, most).read().subarray(0, most);
  } catch (error) {
    if (error instanceof StropError) return new Uint8Array();
    throw error;
  }
}

/** Where the compressed content of a member begins. */
function skipHead(bytes: Uint8Array, start: number): number {
  if (!isGzip(bytes.subarray(start)))
    throw refuse(start === 0 ? 'this is no gzip file' : 'something follows the gzip file');
  const flags = bytes[start + 3] ?? 0;
  let at = start + 10;
  if ((flags & 4) !== 0) at += 2 + (bytes[at] ?? 0) + (bytes[at + 1] ?? 0) * 256;
  for (const flag of [8, 16]) {
    if ((flags & flag) === 0) continue;
    const end = bytes.indexOf(0, at);
    if (end < 0) throw refuse('the head of the gzip file does not end');
    at = end + 1;
  }
  return (flags & 2) === 0 ? at : at + 2;
}

/** Whether a file begins as one of gzip does. */
export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b && bytes[2] === 8;
}

/** A gzip file that holds the content as it is: every reader takes it, and nothing here has to compress. */
export function gzipStored(content: Uint8Array): Uint8Array {
  const most = 0xffff;
  const blocks = Math.max(1, Math.ceil(content.length / most));
  const file = new Uint8Array(10 + content.length + blocks * 5 + 8);
  const view = new DataView(file.buffer);
  file.set([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255]);
  let at = 10;
  for (let block = 0; block < blocks; block += 1) {
    const part = content.subarray(block * most, (block + 1) * most);
    file[at] = block === blocks - 1 ? 1 : 0;
    view.setUint16(at + 1, part.length, true);
    view.setUint16(at + 3, ~part.length & 0xffff, true);
    file.set(part, at + 5);
    at += 5 + part.length;
  }
  view.setUint32(at, checksum(content), true);
  view.setUint32(at + 4, content.length, true);
  return file;
}

let table: Uint32Array | undefined;

/** CRC-32 as gzip uses it. */
function checksum(bytes: Uint8Array): number {
  table ??= Uint32Array.from({ length: 256 }, (_, index) => {
    let value = index;
    for (let bit = 0; bit < 8; bit += 1) value = (value & 1) === 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
    return value >>> 0;
  });
  let sum = 0xffffffff;
  for (const byte of bytes) sum = (sum >>> 8) ^ (table[(sum ^ byte) & 255] ?? 0);
  return (sum ^ 0xffffffff) >>> 0;
}

/** Codes of one Huffman table: how many there are of each length, and their symbols in order (RFC 1951, 3.2.2). */
interface Codes {
  readonly counts: Uint16Array;
  readonly symbols: Uint16Array;
}

const LENGTH_BASE = [
  3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195,
  227, 258,
];
const LENGTH_BITS = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0];
const ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

class Inflater {
  at: number;
  private readonly bytes: Uint8Array;
  private readonly most: number;
  private readonly enough: number;
  private out: Uint8Array;
  private length = 0;
  private held = 0;
  private heldBits = 0;

  /** `before`: bytes that other members of the file hold; `enough`: of more, only so many are wanted. */
  constructor(bytes: Uint8Array, at: number, before: number, enough = Infinity) {
    this.bytes = bytes;
    this.at = at;
    this.most = Math.max(ALWAYS_ALLOWED, bytes.length * MOST_GROWTH) - before;
    this.enough = enough;
    this.out = new Uint8Array(Math.max(1024, Math.min((bytes.length - at) * 4, enough * 2)));
  }

  read(): Uint8Array {
    for (let isLast = false; !isLast && this.length < this.enough;) {
      isLast = this.bits(1) === 1;
      const kind = this.bits(2);
      if (kind === 0) this.stored();
      else if (kind === 1) this.compressed(makeCodes(fixedLengths()), makeCodes(new Uint8Array(30).fill(5)));
      else if (kind === 2) this.dynamic();
      else throw refuse('the gzip file is damaged: an unknown block');
    }
    return this.out.subarray(0, this.length);
  }

  private stored(): void {
    this.held = 0;
    this.heldBits = 0;
    const length = (this.bytes[this.at] ?? 0) + (this.bytes[this.at + 1] ?? 0) * 256;
    const complement = (this.bytes[this.at + 2] ?? 0) + (this.bytes[this.at + 3] ?? 0) * 256;
    this.at += 4;
    if ((length ^ complement) !== 0xffff || this.at + length > this.bytes.length)
      throw refuse('the gzip file is cut off or damaged');
    this.reserve(length);
    this.out.set(this.bytes.subarray(this.at, this.at + length), this.length);
    this.length += length;
    this.at += length;
  }

  private dynamic(): void {
    const literals = this.bits(5) + 257;
    const distances = this.bits(5) + 1;
    const lengthCodes = this.bits(4) + 4;
    const lengths = new Uint8Array(320);
    for (let index = 0; index < lengthCodes; index += 1) lengths[ORDER[index] ?? 0] = this.bits(3);
    const codes = makeCodes(lengths.slice(0, 19));
    lengths.fill(0);
    for (let index = 0; index < literals + distances;) {
      const symbol = this.symbol(codes);
      if (symbol < 16) {
        lengths[index++] = symbol;
        continue;
      }
      const value = symbol === 16 ? (lengths[index - 1] ?? 0) : 0;
      const repeat = symbol === 16 ? 3 + this.bits(2) : symbol === 17 ? 3 + this.bits(3) : 11 + this.bits(7);
      if (index + repeat > literals + distances) throw refuse('the gzip file is damaged: too many codes');
      lengths.fill(value, index, index + repeat);
      index += repeat;
    }
    this.compressed(
      makeCodes(lengths.slice(0, literals)),
      makeCodes(lengths.slice(literals, literals + distances)),
    );
  }

  private compressed(literals: Codes, distances: Codes): void {
    while (this.length < this.enough) {
      const symbol = this.symbol(literals);
      if (symbol === 256) return;
      if (symbol < 256) {
        this.reserve(1);
        this.out[this.length++] = symbol;
        continue;
      }
      const base = LENGTH_BASE[symbol - 257];
      if (base === undefined) throw refuse('the gzip file is damaged: an unknown length');
      const length = base + this.bits(LENGTH_BITS[symbol - 257] ?? 0);
      const code = this.symbol(distances);
      if (code > 29) throw refuse('the gzip file is damaged: an unknown distance');
      const extra = code < 2 ? 0 : (code >> 1) - 1;
      const distance = (code < 2 ? code : (2 + (code & 1)) << extra) + 1 + this.bits(extra);
      if (distance > this.length) throw refuse('the gzip file is damaged: a distance leads before its start');
      this.reserve(length);
      for (let copied = 0; copied < length; copied += 1) {
        this.out[this.length] = this.out[this.length - distance] ?? 0;
        this.length += 1;
      }
    }
  }

  private symbol({ counts, symbols }: Codes): number {
    let code = 0;
    let first = 0;
    let index = 0;
    for (let length = 1; length <= 15; length += 1) {
      code |= this.bits(1);
      const count = counts[length] ?? 0;
      if (code - count < first) return symbols[index + code - first] ?? 0;
      index += count;
      first = (first + count) << 1;
      code <<= 1;
    }
    throw refuse('the gzip file is damaged: an unknown code');
  }

  private bits(count: number): number {
    while (this.heldBits < count) {
      const byte = this.bytes[this.at];
      if (byte === undefined) throw refuse('the gzip file is cut off');
      this.at += 1;
      this.held |= byte << this.heldBits;
      this.heldBits += 8;
    }
    const value = this.held & ((1 << count) - 1);
    this.held >>>= count;
    this.heldBits -= count;
    return value;
  }

  private reserve(more: number): void {
    const needed = this.length + more;
    if (needed > this.most)
      throw refuse(`the gzip file grows to more than ${String(MOST_GROWTH)} times its size`);
    if (needed <= this.out.length) return;
    const out = new Uint8Array(Math.max(needed, this.out.length * 2));
    out.set(this.out);
    this.out = out;
  }
}

function fixedLengths(): Uint8Array {
  return new Uint8Array(288).fill(8, 0, 144).fill(9, 144, 256).fill(7, 256, 280).fill(8, 280);
}

function makeCodes(lengths: Uint8Array): Codes {
  const counts = new Uint16Array(16);
  for (const length of lengths) counts[length] = (counts[length] ?? 0) + 1;
  counts[0] = 0;
  const offsets = new Uint16Array(16);
  for (let length = 1; length < 15; length += 1)
    offsets[length + 1] = (offsets[length] ?? 0) + (counts[length] ?? 0);
  const symbols = new Uint16Array(lengths.length);
  for (const [symbol, length] of lengths.entries()) {
    if (length === 0) continue;
    const at = offsets[length] ?? 0;
    symbols[at] = symbol;
    offsets[length] = at + 1;
  }
  return { counts, symbols };
}
