import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import zlib from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { StropError } from '#base';
import { unpackZstd } from './zstd.ts';

const HERE = import.meta.dirname;
const load = (...path: string[]): Uint8Array => new Uint8Array(readFileSync(join(HERE, ...path)));
const MAGIC = [0x28, 0xb5, 0x2f, 0xfd];

/** The head of a block: its kind, how long it is, and whether it is the last. */
const block = (kind: number, size: number, isLast = true): number[] => {
  const word = size * 8 + kind * 2 + (isLast ? 1 : 0);
  return [word & 255, (word >> 8) & 255, word >> 16];
};

/** Node has it from 22.15. */
const compress = (zlib as { zstdCompressSync?: (bytes: Uint8Array, options: object) => Buffer })
  .zstdCompressSync;

describe('Zstandard', () => {
  it('is unpacked as its own library packed it, at several levels and in several frames', () => {
    // Packed by Python 3.15.2 (libzstd 1.5.7): the same content at three levels, and its first 300 bytes.
    const content = Buffer.concat([
      load('fixtures', 'all-threads.tach'),
      load('replayed', 'all-threads.tach.collapsed'),
    ]);
    const unpacked = unpackZstd(load('replayed', 'levels.zst'));
    const whole = Buffer.concat([content, content, content, content.subarray(0, 300)]);
    expect(unpacked.length).toBe(whole.length);
    expect(Buffer.compare(unpacked, whole)).toBe(0);
  });

  it.runIf(compress !== undefined)('is unpacked as Node packs it', () => {
    const word = fc.uint8Array({ minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(
        fc.array(word, { minLength: 1, maxLength: 20 }),
        fc.array(fc.nat(19), { maxLength: 3000 }),
        fc.integer({ min: -5, max: 19 }),
        (words, order, level) => {
          const content = Buffer.concat(order.map((index) => words[index % words.length] ?? Buffer.alloc(0)));
          const packed = compress?.(content, { params: { 100: level, 201: level & 1 } }) ?? Buffer.alloc(0);
          expect(Buffer.compare(unpackZstd(new Uint8Array(packed)), content)).toBe(0);
        },
      ),
      { numRuns: 200 },
    );
  });

  it('reads stored and repeated blocks, and passes over frames of something else', () => {
    const skipped = [0x53, 0x2a, 0x4d, 0x18, 2, 0, 0, 0, 9, 9];
    const frame = [...MAGIC, 0x20, 5, ...block(0, 2, false), 1, 2, ...block(1, 3), 7];
    expect([...unpackZstd(Uint8Array.from([...skipped, ...frame]))]).toEqual([1, 2, 7, 7, 7]);
  });

  describe('distances', () => {
    /** Eight letters, then a block in which each sequence has one literal, this code of offset, and three to copy. */
    const unpack = (literals: string, offsetCode: number, bits: number): string => {
      const letters = [...new TextEncoder().encode(literals)];
      const sequences = [letters.length, 0x54, 1, offsetCode, 0, bits];
      const content = [letters.length * 8, ...letters, ...sequences];
      const before = new TextEncoder().encode('abcdefgh');
      const blocks = [...block(0, 8, false), ...before, ...block(2, content.length), ...content];
      return new TextDecoder().decode(unpackZstd(Uint8Array.from([...MAGIC, 0, 0, ...blocks])));
    };

    it('are those used last, the oldest first in line again once it is used', () => {
      expect(unpack('XYZ', 1, 0b1111)).toBe('abcdefghXbcdYbcdZZZZ');
      expect(unpack('XYZ', 1, 0b1000)).toBe('abcdefghXfghYYYYZYYY');
    });

    it('reach as far as the first byte, and are refused beyond', () => {
      expect(unpack('X', 3, 0b1100)).toBe('abcdefghXabc');
      expect(() => unpack('X', 3, 0b1101)).toThrow(/before its start/);
    });
  });

  it('refuses a tree whose weights never end', () => {
    // One symbol that needs no bits: a decoder that waits for the end of the bits waits for ever.
    const weights = [4, 0xf0, 0x03, 0xff, 0xff];
    const content = [0x82, 0, 2, ...weights, 0, 0, 0];
    const file = Uint8Array.from([...MAGIC, 0x20, 8, ...block(2, content.length), ...content]);
    expect(() => unpackZstd(file)).toThrow(/too many weights/);
  });

  it('refuses a bomb before it has grown, and takes nothing for a size that is only claimed', () => {
    const repeated = Array.from({ length: 40 }, (_, index) => [
      ...block(1, 128 * 1024, index === 39),
      0,
    ]).flat();
    expect(() => unpackZstd(Uint8Array.from([...MAGIC, 0, 0xff, ...repeated]))).toThrow(
      /more than 200 times/,
    );
    const claim = Uint8Array.from([...MAGIC, 0xe0, 0, 0, 0, 0x40, 0, 0, 0, 0, ...block(0, 1), 1]);
    const before = process.memoryUsage().arrayBuffers;
    expect(() => unpackZstd(claim)).toThrow(/its size is another/);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(16 * 1024 * 1024);
  });

  it('refuses what it cannot read', () => {
    const refused: readonly (readonly [readonly number[], RegExp])[] = [
      [[1, 2, 3, 4], /no Zstandard/],
      [[...MAGIC, 0x28, 0, ...block(0, 0)], /unknown kind of frame/],
      [[...MAGIC, 0x21, 7, 0, ...block(0, 0)], /dictionary/],
      [[...MAGIC, 0x20, 0, ...block(3, 0)], /unknown kind of block/],
      [[...MAGIC, 0x20, 0, ...block(0, 0, false)], /cut off/],
      [[...MAGIC, 0x20, 0, ...block(0, 200_000)], /too large/],
    ];
    for (const [bytes, message] of refused) expect(() => unpackZstd(Uint8Array.from(bytes))).toThrow(message);
  });

  it('ends with content or with a refusal, whatever bytes change', () => {
    const file = load('replayed', 'levels.zst');
    const changes = fc.array(fc.tuple(fc.nat(file.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(changes, (damage) => {
        const damaged = file.slice();
        for (const [at, byte] of damage) damaged[at] = byte;
        try {
          unpackZstd(damaged);
        } catch (error) {
          if (!(error instanceof StropError) || error.code !== 'bad-profile') throw error;
        }
      }),
      { numRuns: 500 },
    );
  });
});
