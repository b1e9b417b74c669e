import { describe, expect, it } from 'vitest';
import { cutCallGraph } from './cut.ts';
import { drawCallGraph } from './drawn-profile.ts';
import type { CallGraphProfile } from './profile.ts';

function cut(profile: CallGraphProfile, harness: string[], launchers: string[] = [], chores: string[] = []) {
  const find = (names: string[]) =>
    new Set(names.map((name) => profile.frames.findIndex((frame) => frame.name === name)));
  const result = cutCallGraph(profile, {
    harness: find([...harness, ...launchers]),
    launchers: find(launchers),
    chores: find(chores),
  });
  const left = result.profile.rows.map(
    (row) =>
      `${result.profile.frames[row.frame]?.name ?? '?'} ${String(row.calls)} ${row.self.join()} ${row.inclusive.join()}`,
  );
  return { left, removed: result.removed, edges: result.profile.edges.length };
}

describe('cutting the harness off', () => {
  it('takes it, its own calls of shared functions, and what only it reaches', () => {
    const profile = drawCallGraph(`
      pytest 100
        capture 50
          write 40
        len 3
        exec 1
          Test 5
            len 4
    `);
    expect(cut(profile, ['pytest'])).toEqual({
      left: ['len 1 4 4', 'Test 1 5 9'],
      removed: { functions: 4, self: [100 + 50 + 40 + 3 + 1] },
      edges: 1,
    });
  });

  it('keeps what a launcher launches, even when that is foreign', () => {
    const profile = drawCallGraph(`
      shim 10
        clock 1
        factorial 70
        clock 1
    `);
    expect(cut(profile, [], ['shim'], ['clock'])).toEqual({
      left: ['factorial 1 70 70'],
      removed: { functions: 2, self: [12] },
      edges: 0,
    });
  });

  it('keeps functions of the project and what nobody is known to have called', () => {
    const profile = drawCallGraph(`
      disable 1
      thread 2
        Work 3
    `);
    expect(cut(profile, ['disable']).left).toEqual(['thread 1 2 5', 'Work 1 3 3']);
  });
});
