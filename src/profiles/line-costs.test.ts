import { describe, expect, it } from 'vitest';
import { costFunctions } from './costs.ts';
import type { LineProfile } from './profile.ts';

const lines = (charged: LineProfile['charged']): LineProfile => ({
  format: 'drawn',
  shape: 'lines',
  charged,
  metrics: [{ name: 'wall', unit: 'ns' }],
  frames: [
    { name: 'outer', file: 'a.py', line: 1, origin: 'mine' },
    { name: 'inner', file: 'b.py', line: 1, origin: 'dependency' },
  ],
  rows: [
    { frame: 0, line: 2, self: [70] },
    { frame: 0, line: 3, self: [10] },
    { frame: 1, line: 2, self: [60] },
  ],
  doubts: [],
});

describe('costs of a profile of lines', () => {
  it('add lines up where each holds its own cost, and leave foreign cost unpaid', () => {
    expect(costFunctions(lines('self'))).toEqual({
      total: 140,
      calls: undefined,
      unpaid: 60,
      functions: [
        { frame: 0, calls: undefined, self: 80, inclusive: 80, own: 80, paidTo: [] },
        { frame: 1, calls: undefined, self: 60, inclusive: 60, own: 0, paidTo: [] },
      ],
    });
  });

  it('take the dearest function for the whole where lines hold what they call', () => {
    expect(costFunctions(lines('with-callees'))).toMatchObject({ total: 80, unpaid: 0 });
  });

  it('never give a function more than the whole, however often recursion was counted', () => {
    const profile = lines('self');
    const rows = profile.rows.map((row) => ({ ...row, inclusive: [140] }));
    expect(costFunctions({ ...profile, rows }).functions[0]?.inclusive).toBe(140);
  });
});
