import { describe, expect, it } from 'vitest';
import { countInterval, dispersion, poolShare, scatterOf } from './share-interval.ts';

/** Reproducible chance (mulberry32). */
function chance(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** How often the interval holds the truth when recordings differ by `scatter` (standard deviation of their share). */
function coverage(share: number, recordings: number, scatter: number): number {
  const random = chance(7);
  const rounds = 1500;
  let held = 0;
  for (let round = 0; round < rounds; round += 1) {
    const parts = Array.from({ length: recordings }, () => {
      const normal = Math.sqrt(-2 * Math.log(random() + 1e-12)) * Math.cos(2 * Math.PI * random());
      const own = Math.min(0.99, Math.max(0.01, share + scatter * normal));
      let count = 0;
      for (let sample = 0; sample < 300; sample += 1) if (random() < own) count += 1;
      return { count, samples: 300 };
    });
    const { low, high } = poolShare(parts);
    if (low <= share && share <= high) held += 1;
  }
  return held / rounds;
}

describe('the interval of a share', () => {
  it('is that of Wilson: 174 of 337 samples are 44.7 to 58.5 %', () => {
    const { low, high } = poolShare([{ count: 174, samples: 337 }]);
    expect([low, high].map((one) => Math.round(one * 1000) / 10)).toEqual([44.7, 58.5]);
  });

  it('holds the truth 99 times of 100 when only the choice of moments varies', () => {
    for (const share of [0.03, 0.2, 0.8]) expect(coverage(share, 1, 0)).toBeGreaterThan(0.975);
    for (const share of [0.03, 0.2, 0.8]) expect(coverage(share, 3, 0)).toBeGreaterThan(0.98);
  });

  it('widens where recordings differ by more than that', () => {
    const calm = poolShare([80, 84, 78].map((count) => ({ count, samples: 300 })));
    const wild = poolShare([40, 120, 82].map((count) => ({ count, samples: 300 })));
    expect(wild.high - wild.low).toBeGreaterThan(2 * (calm.high - calm.low));
    expect(coverage(0.3, 6, 0.06)).toBeGreaterThan(0.94);
  });

  it('of a cheap place widens by little where dear places differ', () => {
    const dear = [40, 120, 82].map((count) => ({ count, samples: 300 }));
    const cheap = [2, 1, 3].map((count) => ({ count, samples: 300 }));
    const scatter = scatterOf([dear, cheap]);
    expect(poolShare(cheap, scatter).high).toBeGreaterThan(poolShare(cheap).high);
    expect(poolShare(cheap, scatter).high).toBeLessThan(0.04);
    expect(scatterOf([[80, 84, 78].map((count) => ({ count, samples: 300 }))])).toBe(0);
  });

  it('knows nothing without samples', () => {
    expect(poolShare([])).toEqual({ share: 0, low: 0, high: 1 });
  });

  it('does not take few samples for a difference', () => {
    expect(dispersion([3, 0, 1].map((count) => ({ count, samples: 300 })))).toBeUndefined();
  });
});

describe('the interval of a count', () => {
  it('holds the count, and is not empty at nothing', () => {
    expect(countInterval(0).low).toBe(0);
    expect(countInterval(0).high).toBeGreaterThan(4);
    expect(countInterval(100).low).toBeLessThan(80);
    expect(countInterval(100).high).toBeGreaterThan(120);
  });
});
