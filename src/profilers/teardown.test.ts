import { describe, expect, it } from 'vitest';
import type { Profile } from '#profiles';
import { doubtTeardown } from './teardown.ts';

/** `main()` on line 9 of the module, with a cost of its own beside that of the call. */
function called(
  onLine: number,
  inCall: number,
  change: Partial<{ name: string; callee: 'mine' | 'stdlib'; called: string }> = {},
): Profile {
  const { name = '<module>', callee = 'mine', called: main = 'main' } = change;
  return {
    format: 'collapsed',
    shape: 'stacks',
    metrics: [{ name: 'samples', unit: 'count' }],
    frames: [
      { name, file: '/project/app.py', line: 1, origin: 'mine' },
      { name: main, file: '/project/app.py', line: 3, origin: callee },
    ],
    nodes: [
      { parent: -1, frame: 0, line: 9, self: [onLine] },
      { parent: 0, frame: 1, line: 5, self: [inCall] },
      { parent: -1, frame: 0, line: 2, self: [10] },
    ],
    doubts: [],
  };
}

describe('the cost of a line of the module that calls', () => {
  it('is taken for freeing where it is notable', () => {
    const [doubt] = doubtTeardown(called(20, 70));
    expect(doubt?.code).toBe('teardown');
    expect(doubt?.text).toMatch(/^20 % of the cost is on app\.py:9,/);
    expect(doubtTeardown(called(2, 88))).toEqual([]);
  });

  it('is work where the line calls nothing of the project by name, or lies in a function', () => {
    expect(doubtTeardown(called(20, 70, { called: '<lambda>' }))).toEqual([]);
    expect(doubtTeardown(called(20, 70, { callee: 'stdlib' }))).toEqual([]);
    expect(doubtTeardown(called(20, 70, { name: 'run' }))).toEqual([]);
  });
});
