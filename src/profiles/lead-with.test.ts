import { describe, expect, it } from 'vitest';
import { leadWith } from './lead-with.ts';
import type { LineProfile } from './profile.ts';

const profile: LineProfile = {
  ...{ format: 'scalene', shape: 'lines', charged: 'self', doubts: [] },
  metrics: [
    { name: 'cpu', unit: 'ns' },
    { name: 'allocated', unit: 'bytes' },
    { name: 'peak', unit: 'bytes' },
  ],
  frames: [{ name: 'main', file: 'a.py', origin: 'mine' }],
  rows: [{ frame: 0, line: 3, self: [1, 2, 3] }],
};

describe('a profile about another of its metrics', () => {
  it('has all costs in the new order', () => {
    const turned = leadWith(profile, 'bytes');
    expect(turned.metrics.map(({ name }) => name)).toEqual(['allocated', 'cpu', 'peak']);
    expect(turned.rows).toEqual([{ frame: 0, line: 3, self: [2, 1, 3] }]);
  });

  it('stays as it is where it says nothing of that unit', () => {
    expect(leadWith(profile, 'count')).toBe(profile);
    expect(leadWith(profile, 'ns')).toBe(profile);
  });
});
