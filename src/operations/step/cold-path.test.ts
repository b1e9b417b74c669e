import { describe, expect, it } from 'vitest';
import type { Hotness } from '../whole-profiles.ts';
import { coldPathDoubts } from './cold-path.ts';

const CHANGED = [{ file: 'cart.py', name: 'total' }];

function hot(share: number, unit: 'ns' | 'bytes' = 'ns'): Hotness {
  const profile = { workload: 'tests/test_speed.py::test_cart', tool: 'py-spy', metric: { name: 'x', unit } };
  return { profile: profile as Hotness['profile'], share, bound: 1 / (1 - share) };
}

const texts = (found: readonly Hotness[]) => coldPathDoubts(found, CHANGED).map(({ text }) => text);

describe('a change of code that costs next to nothing', () => {
  it('is said to gain no more than it costs, by the profile in which it costs most', () => {
    expect(texts([hot(0)])).toEqual([
      'What was changed never showed up in the newest profile (tests/test_speed.py::test_cart): it can gain no more than that there.',
    ]);
    expect(texts([hot(0.004, 'bytes'), hot(0)])[0]).toMatch(/^What was changed had 0\.4 % of the memory/);
  });

  it('is no doubt where the code is warm somewhere, where nobody profiled, and where no definition changed', () => {
    expect(texts([hot(0.02)])).toEqual([]);
    expect(texts([])).toEqual([]);
    expect(coldPathDoubts([hot(0)], [])).toEqual([]);
  });
});
