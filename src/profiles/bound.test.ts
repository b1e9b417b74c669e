import { describe, expect, it } from 'vitest';
import { boundSpeedup } from './bound.ts';

describe('the most that a fix can gain', () => {
  it('follows from the share alone', () => {
    expect([0, 0.5, 0.9].map((share) => boundSpeedup(share)?.toFixed(3))).toEqual([
      '1.000',
      '2.000',
      '10.000',
    ]);
  });

  it('is unknown where nothing would be left', () => {
    expect(boundSpeedup(1)).toBeUndefined();
    expect(boundSpeedup(1.2)).toBeUndefined();
  });
});
