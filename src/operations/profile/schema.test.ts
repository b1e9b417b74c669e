import { describe, expect, it } from 'vitest';
import { profileInput } from './schema.ts';

describe('what strop profile can be asked', () => {
  it('shows 15 rows by what fixing them could gain unless told otherwise', () => {
    expect(profileInput.parse({ workload: 'shop:report' })).toEqual({
      workload: 'shop:report',
      top: 15,
      sort: 'own',
    });
  });

  it.each([
    { workload: 'a', stmt: 'b' },
    { stmt: 'b', command: ['python', 'x.py'] },
    { read: 'x.prof', workload: 'a' },
    { setup: 'import x' },
    { top: 0 },
    { sort: 'time' },
  ])('refuses %j', (input) => {
    expect(profileInput.safeParse(input).success).toBe(false);
  });
});
