import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findComponents } from './components.ts';

describe('strongly connected components', () => {
  it('come after everything that they point to', () => {
    // 0 -> 1 <-> 2 -> 3, and 4 alone in a circle with itself.
    expect(findComponents([[1], [2], [1, 3], [], [4]]).map((each) => each.sort())).toEqual([
      [3],
      [1, 2],
      [0],
      [4],
    ]);
  });

  it('hold two nodes together exactly when each can be reached from the other', () => {
    const graphs = fc
      .integer({ min: 1, max: 9 })
      .chain((size) =>
        fc.array(fc.array(fc.nat(size - 1), { maxLength: 4 }), { minLength: size, maxLength: size }),
      );
    fc.assert(
      fc.property(graphs, (targets) => {
        const reached = targets.map((_, start) => {
          const seen = new Set([start]);
          for (const node of seen) for (const next of targets[node] ?? []) seen.add(next);
          return seen;
        });
        const components = findComponents(targets);
        expect(components.flat().sort()).toEqual(targets.map((_, node) => node));
        const number = targets.map((_, node) => components.findIndex((each) => each.includes(node)));
        for (const [a, from] of reached.entries()) {
          for (const [b, to] of reached.entries()) {
            expect(number[a] === number[b]).toBe(from.has(b) && to.has(a));
            if (from.has(b)) expect(number[b]).toBeLessThanOrEqual(number[a] ?? -1);
          }
        }
      }),
    );
  });
});
