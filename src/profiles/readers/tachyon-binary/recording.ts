import { refuse } from '../refusal.ts';
import { unpackZstd } from './zstd.ts';

/*
 * The parts of a recording around its samples (InternalDocs/profiling_binary_format.md of CPython, format version 1):
 * head, texts, frames, statistics and foot. Numbers stand in the byte order of the machine that wrote them.
 */

/** A function at one place in its code; what `~` names is no Python. */
interface PlacedFrame {
  readonly name: string;
  readonly file: string;
  /** From 1; 0 where the interpreter did not know. */
  readonly line: number;
}

/** Everything but the samples, and these as bytes that were compressed no more. */
export interface Recording {
  readonly isLittleEndian: boolean;
  /** Version of the Python that recorded and was recorded. */
  readonly python: string;
  readonly intervalNs: number;
  readonly samples: number;
  readonly threads: number;
  readonly mode: 'wall' | 'cpu' | 'gil' | 'exception';
  /** Whether the program was stopped for each sample. */
  readonly isBlocking: boolean;
  readonly frames: readonly PlacedFrame[];
  readonly data: Uint8Array;
  readonly durationNs: number | undefined;
  /** Shares of the attempts that gave no stack, and of those that came too late. */
  readonly failed: number;
  readonly missed: number;
}

const HEAD = 64;
const FOOT = 32;
const VERSION = 1;
/** `TACHSTAT` */
const STATISTICS_MARK = [0x54, 0x41, 0x43, 0x48, 0x53, 0x54, 0x41, 0x54];
/** The mark, version and size, at the end of the statistics. */
const STATISTICS_TAIL = 16;
/** Sizes of the statistics: first without the shares, then with them. */
const OLD_STATISTICS = 32;
const STATISTICS = 56;
const MODES = ['wall', 'wall', 'cpu', 'gil', 'wall', 'exception'] as const;
/** Six numbers and the instruction. */
const LEAST_FRAME = 7;
/** Above it, times in nanoseconds lose digits; a sample in an hour is none. */
const LONGEST_INTERVAL_US = 3600e6;

const NEWER =
  'Record with the Python 3.15 that is released; pre-releases wrote other files under the same number.';

/** Reads what surrounds the samples, and unpacks these. Throws `bad-profile`. */
export function readRecording(bytes: Uint8Array): Recording {
  const isLittleEndian = bytes[0] === 0x48;
  if (bytes.length < HEAD + FOOT) throw refuse('the file is cut off: it has no room for its head and foot');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const word = (at: number): number => view.getUint32(at, isLittleEndian);
  const long = (at: number): number =>
    word(at + (isLittleEndian ? 4 : 0)) * 2 ** 32 + word(at + (isLittleEndian ? 0 : 4));
  const version = word(4);
  if (version !== VERSION)
    throw refuse(`the format has version ${String(version)}, and strop reads version 1`, NEWER);

  const foot = bytes.length - FOOT;
  if (long(foot + 8) !== bytes.length) throw refuse('the file is cut off: its size is another than it says');
  const statistics = readStatistics(bytes, view, isLittleEndian, foot);
  const textsAt = long(40);
  const framesAt = long(48);
  if (textsAt < HEAD || framesAt < textsAt || framesAt > statistics.start) {
    throw refuse('the tables are not where the head says', NEWER);
  }
  const intervalUs = long(20);
  if (intervalUs < 1 || intervalUs > LONGEST_INTERVAL_US)
    throw refuse('the time between two samples is impossible', NEWER);
  const texts = readTexts(bytes.subarray(textsAt, framesAt), word(foot));
  const frames = readFrames(bytes.subarray(framesAt, statistics.start), word(foot + 4), texts);
  const packed = bytes.subarray(HEAD, textsAt);
  const compression = word(56);
  if (compression > 1) throw refuse('the samples are compressed in a way that strop does not know', NEWER);
  const setting = word(60);
  return {
    isLittleEndian,
    python: `${String(bytes[8] ?? 0)}.${String(bytes[9] ?? 0)}.${String(bytes[10] ?? 0)}`,
    intervalNs: intervalUs * 1000,
    samples: long(28),
    threads: word(36),
    // Bits 0 to 2 the mode plus one, bit 3 whether the rest is known, from bit 4 on what was looked at and how.
    mode: MODES[setting & 7] ?? 'wall',
    isBlocking: (setting & 0x108) === 0x108,
    frames,
    data: compression === 1 ? unpackZstd(packed) : packed,
    ...statistics.values,
  };
}

function readStatistics(
  bytes: Uint8Array,
  view: DataView,
  isLittleEndian: boolean,
  foot: number,
): { readonly start: number; readonly values: Pick<Recording, 'durationNs' | 'failed' | 'missed'> } {
  const none = { start: foot, values: { durationNs: undefined, failed: 0, missed: 0 } };
  const tail = foot - STATISTICS_TAIL;
  if (tail < HEAD) return none;
  if (!STATISTICS_MARK.every((letter, index) => bytes[tail + index] === letter)) return none;
  const size = view.getUint32(foot - 4, isLittleEndian);
  const start = foot - size;
  if (size < OLD_STATISTICS || start < HEAD) throw refuse('the statistics do not fit into the file');
  // A later version may put more in front.
  const isKnown =
    view.getUint32(foot - 8, isLittleEndian) === 1 && (size === OLD_STATISTICS || size === STATISTICS);
  if (!isKnown) return { ...none, start };
  const seconds = view.getFloat64(start, isLittleEndian);
  const flags = size === STATISTICS ? view.getUint32(start + 32, isLittleEndian) : 0;
  const share = (bit: number, at: number): number => {
    const percent = (flags & bit) === 0 ? 0 : view.getFloat64(start + at, isLittleEndian);
    return percent > 0 && percent <= 100 ? percent / 100 : 0;
  };
  return {
    start,
    values: {
      durationNs: seconds > 0 && seconds < 1e9 ? Math.round(seconds * 1e9) : undefined,
      failed: share(1, 16),
      missed: share(2, 24),
    },
  };
}

function readTexts(bytes: Uint8Array, count: number): string[] {
  const cursor = new Cursor(bytes);
  if (count > bytes.length) throw refuse('there are fewer texts than the file says');
  const decoder = new TextDecoder();
  const texts: string[] = [];
  for (let index = 0; index < count; index += 1) {
    const length = cursor.number();
    const end = cursor.at + length;
    if (end > bytes.length) throw refuse('a text is cut off');
    texts.push(decoder.decode(bytes.subarray(cursor.at, end)));
    cursor.at = end;
  }
  if (cursor.at !== bytes.length) throw refuse('there is more than the texts between the tables');
  return texts;
}

function readFrames(bytes: Uint8Array, count: number, texts: readonly string[]): PlacedFrame[] {
  const cursor = new Cursor(bytes);
  if (count * LEAST_FRAME > bytes.length) throw refuse('there are fewer frames than the file says');
  const frames: PlacedFrame[] = [];
  for (let index = 0; index < count; index += 1) {
    const file = texts[cursor.number()];
    const name = texts[cursor.number()];
    if (file === undefined || name === undefined)
      throw refuse('a frame names a text that is not in the table');
    const zigzag = cursor.number();
    // Odd numbers stand for those below zero: no line.
    const line = zigzag % 2 === 0 && zigzag < 2 ** 32 ? zigzag / 2 : 0;
    // Where the expression ends, its columns and its instruction.
    for (let skipped = 0; skipped < 3; skipped += 1) cursor.number();
    cursor.byte();
    frames.push({ name, file, line });
  }
  if (cursor.at !== bytes.length) throw refuse('there is more than the frames before the end');
  return frames;
}

/** Reads bytes and numbers of variable length (LEB128) one after the other. */
export class Cursor {
  at = 0;
  readonly bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  byte(): number {
    const byte = this.bytes[this.at];
    if (byte === undefined) throw refuse('a part of the file ends too early');
    this.at += 1;
    return byte;
  }

  /** Of 64 bits at most; above 2^53 the last digits are lost. */
  number(): number {
    let byte = this.byte();
    if (byte < 128) return byte;
    let value = byte & 127;
    for (let weight = 128; byte >= 128; weight *= 128) {
      if (weight > 2 ** 63) throw refuse('a number has too many digits');
      byte = this.byte();
      value += (byte & 127) * weight;
    }
    return value;
  }
}
