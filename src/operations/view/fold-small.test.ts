import { describe, expect, it } from 'vitest';
import type { StackNode, StackProfile } from '#profiles';
import { foldSmall } from './fold-small.ts';
import { foldedWords } from './text.ts';

/** A caller with one dear callee and many cheap ones, each with a callee of its own. */
function drawn(cheap: number): StackProfile {
  const nodes: StackNode[] = [
    { parent: -1, frame: 0, self: [10, 1], thread: 0 },
    { parent: 0, frame: 1, self: [90_000, 0] },
  ];
  for (let index = 0; index < cheap; index += 1) {
    nodes.push({ parent: 0, frame: 1, line: index + 1, self: [1, 0] });
    nodes.push({ parent: nodes.length - 1, frame: 2, self: [1, 0] });
  }
  return {
    format: 'drawn',
    shape: 'stacks',
    metrics: [
      { name: 'wall', unit: 'ns' },
      { name: 'samples', unit: 'count' },
    ],
    frames: ['main', 'work', 'leaf'].map((name) => ({ name, file: 'a.py', origin: 'mine' })),
    threads: [{ id: 1 }],
    nodes,
    doubts: [],
  };
}

/** A stack of so many calls below `main` that ends in `leaf`. */
function chain(deep: number, frameAt: (depth: number) => number): StackProfile {
  const nodes: StackNode[] = [{ parent: -1, frame: 0, self: [1, 0], thread: 0 }];
  for (let depth = 1; depth <= deep; depth += 1)
    nodes.push({ parent: depth - 1, frame: frameAt(depth), self: [1, 0] });
  nodes.push({ parent: deep, frame: 2, self: [1, 7] });
  return { ...drawn(0), nodes };
}

function totals(profile: StackProfile): readonly number[] {
  return profile.metrics.map((_, slot) =>
    profile.nodes.reduce((sum, node) => sum + (node.self[slot] ?? 0), 0),
  );
}

describe('folding what is too small to draw', () => {
  it('leaves a profile alone that can be drawn', () => {
    const profile = drawn(100);
    expect(foldSmall(profile)).toEqual({ profile, share: 0, below: 0, deeper: null, recursions: 0 });
  });

  it('joins small branches into one frame, without losing any cost, and says how much that is', () => {
    const profile = drawn(100);
    const { profile: folded, share, below } = foldSmall(profile, 10);
    expect(folded.nodes).toHaveLength(3);
    expect(totals(folded)).toEqual(totals(profile));
    expect(folded.nodes[2]).toEqual({ parent: 0, frame: 3, self: [200, 0] });
    expect(folded.frames[3]?.name).toContain('folded');
    expect(share).toBeCloseTo(200 / 90_210);
    // The first doubling of the least share above that of the cheap ones.
    expect(below).toBeGreaterThan(2 / 90_210);
    expect(below).toBeLessThan(4 / 90_210);
  });

  it('folds more when the stacks are long, and keeps the thread of what is folded outermost', () => {
    const profile = drawn(100);
    const all = foldSmall(profile, 1, 0);
    expect(totals(all.profile)).toEqual(totals(profile));
    expect(all.below).toBeGreaterThan(0.5);
    expect(foldSmall(profile, 1000, 10).profile.nodes).toHaveLength(3);
  });

  it('draws a deep recursion as one call, and keeps what it ends in', () => {
    const profile = chain(5000, () => 1);
    const { profile: folded, ...cut } = foldSmall(profile);
    expect(folded.nodes).toEqual([
      { parent: -1, frame: 0, self: [1, 0], thread: 0 },
      { parent: 0, frame: 1, self: [5000, 0] },
      { parent: 1, frame: 2, self: [1, 7] },
    ]);
    expect(cut).toEqual({ share: 0, below: 0, deeper: null, recursions: 4999 });
    expect(foldedWords(cut)).toMatch(/^\S+ recursive calls are drawn as one$/);
  });

  it('cuts stacks that are deep without being recursive, and says what lies below', () => {
    const profile = chain(5000, (depth) => depth % 2);
    const { profile: folded, ...cut } = foldSmall(profile);
    expect(folded.nodes).toHaveLength(501);
    expect(totals(folded)).toEqual(totals(profile));
    expect(cut).toMatchObject({ below: 0, deeper: 500, recursions: 0 });
    expect(cut.share).toBeCloseTo(4502 / 5002, 9);
    expect(foldedWords(cut)).toMatch(/^What lies deeper than 500 calls folded: 90(\.0)? % of the whole$/);
  });
});
