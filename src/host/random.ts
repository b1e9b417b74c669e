import { randomBytes, randomInt } from 'node:crypto';
import type { Random } from './host.ts';

/** Chance from the system. */
export const systemRandom: Random = {
  below: (bound) => randomInt(bound),
  token: (bytes) => randomBytes(bytes).toString('hex'),
};

/** FNV-1a over the text, so that any seed will do. */
function hash32(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(text, 'utf8')) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
}

/**
 * Chance that repeats: the same seed gives the same numbers on every machine. SplitMix with a 32-bit state
 * (G. Steele, D. Lea, C. Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014), mixed by the finalizer
 * of MurmurHash3. For tests; not for statistics that need long sequences.
 */
export function seededRandom(seed: string): Random {
  let state = hash32(seed);
  const next = (): number => {
    state = (state + 0x9e3779b9) >>> 0;
    let mixed = state;
    mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
    mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
    return (mixed ^ (mixed >>> 16)) >>> 0;
  };
  return {
    below: (bound) => {
      if (!Number.isSafeInteger(bound) || bound < 1) throw new RangeError(`no whole number in [0, ${bound})`);
      // 53 bits; the part of the range that would favour small numbers is drawn again.
      const range = 2 ** 53;
      for (;;) {
        const draw = (next() >>> 11) * 2 ** 32 + next();
        if (draw < range - (range % bound)) return draw % bound;
      }
    },
    token: (bytes) =>
      Array.from({ length: bytes }, () => (next() & 0xff).toString(16).padStart(2, '0')).join(''),
  };
}
