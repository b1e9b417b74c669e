import { describe, expect, it } from 'vitest';
import { chooseNext } from './next.ts';
import type { Situation } from './next.ts';

const clean: Situation = {
  hasGit: true,
  hasCommit: true,
  changed: 0,
  commit: 'c1',
  benchmarkFiles: ['tests/test_speed.py'],
  workloads: [],
  candidates: [],
  last: undefined,
};

function command(change: Partial<Situation>): string {
  return chooseNext({ ...clean, ...change }).next.command;
}

describe('chooseNext', () => {
  it('asks for a commit before anything else', () => {
    expect(command({ hasGit: false })).toContain('git init');
    expect(command({ hasCommit: false })).toBe('git add -A && git commit');
  });

  it('asks for a benchmark where there is none', () => {
    expect(command({ benchmarkFiles: [] })).toBe('strop scaffold module:function');
  });

  it('proposes the best candidate of a profile where there is no benchmark', () => {
    const candidates = ['shop.cart:total', 'shop.cart:Cart'];
    const proposed = chooseNext({ ...clean, benchmarkFiles: [], candidates });
    expect(proposed.next.command).toBe('strop scaffold --pick 1');
    expect(proposed.next.why).toContain('shop.cart:total');
    expect(command({ candidates })).toBe('strop profile tests/test_speed.py');
    expect(command({ benchmarkFiles: [], candidates, changed: 1 })).toContain('strop compare');
  });

  it('looks before it changes, and measures what has changed', () => {
    expect(command({})).toBe('strop profile tests/test_speed.py');
    expect(command({ changed: 1 })).toBe('strop compare');
  });

  it('follows the verdict on the present tree only', () => {
    const last = { commit: 'c1', workingTree: true, verdict: 'faster' };
    expect(command({ changed: 1, last })).toBe('git commit');
    expect(command({ changed: 1, last: { ...last, verdict: 'undecided' } })).toContain('--budget');
    expect(command({ changed: 1, last: { ...last, commit: 'c0' } })).toBe('strop compare');
  });
});
