import { describe, expect, it } from 'vitest';
import { walkStacks } from './walk-stacks.ts';

/** What is met on the way through nodes that are given by their callers. */
function walk(...parents: readonly number[]): readonly string[] {
  const met: string[] = [];
  const nodes = parents.map((parent) => ({ parent, frame: 0, self: [0] }));
  walkStacks(
    nodes,
    (index) => met.push(`+${String(index)}`),
    (index) => met.push(`-${String(index)}`),
  );
  return met;
}

describe('walking through stacks', () => {
  it('leaves each node after all that it called, and takes callees in their order', () => {
    const tree = walk(-1, -1, 0, 1, 0, 2, 3);
    expect(tree.join(' ')).toBe('+0 +2 +5 -5 -2 +4 -4 -0 +1 +3 +6 -6 -3 -1');
  });

  it('does nothing where there are no stacks', () => {
    expect(walk()).toEqual([]);
  });

  it('gets through a stack deeper than functions can call each other', () => {
    const met = walk(...Array.from({ length: 50_000 }, (_, index) => index - 1));
    expect(met[49_999]).toBe('+49999');
    expect(met.at(-1)).toBe('-0');
  });
});
