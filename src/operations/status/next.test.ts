import { describe, expect, it } from 'vitest';
import { chooseNext } from './next.ts';
import type { Situation } from './next.ts';

const clean: Situation = {
  hasGit: true,
  hasCommit: true,
  changed: 0,
  commit: 'c1',
  benchmarkFiles: ['tests/test_speed.py'],
  newBenchmarkFiles: [],
  changedSupportFiles: [],
  changedBenchmarkFiles: [],
  placeholders: [],
  workloads: [],
  candidates: [],
  campaign: undefined,
};

function command(change: Partial<Situation>): string {
  return chooseNext({ ...clean, ...change }).next.command;
}

describe('chooseNext', () => {
  it('asks for a commit before anything else', () => {
    expect(command({ hasGit: false })).toContain('git init');
    expect(command({ hasCommit: false })).toBe('git add -A && git commit -m "Start"');
  });

  it('passes on what git says when it refuses', () => {
    const { next } = chooseNext({ ...clean, hasCommit: false, trouble: 'fatal: dubious ownership' });
    expect(next).toMatchObject({ command: 'git status', why: expect.stringContaining('dubious') as string });
  });

  it('asks for a benchmark where there is none', () => {
    expect(command({ benchmarkFiles: [] })).toBe('strop scaffold module:function');
  });

  it('proposes the best candidate of a profile where there is no benchmark', () => {
    const candidates = ['shop.cart:total', 'shop.cart:Cart'];
    const proposed = chooseNext({ ...clean, benchmarkFiles: [], candidates });
    expect(proposed.next.command).toBe('strop scaffold --pick 1');
    expect(proposed.next.why).toContain('shop.cart:total');
    expect(command({ candidates })).toBe('strop baseline');
    expect(command({ benchmarkFiles: [], candidates, changed: 1 })).toContain('strop compare');
  });

  it('asks for a baseline first, also when something has changed already', () => {
    expect(command({})).toBe('strop baseline');
    expect(command({ changed: 1 })).toBe('strop baseline');
  });

  it('has a first benchmark committed before the baseline, which measures HEAD', () => {
    const fresh = { changed: 1, newBenchmarkFiles: ['tests/test_speed.py'] };
    expect(command(fresh)).toBe('git add tests/test_speed.py && git commit -m "Add a benchmark"');
    expect(command({ ...fresh, changedSupportFiles: ['pyproject.toml'] })).toBe(
      'git add tests/test_speed.py pyproject.toml && git commit -m "Add a benchmark"',
    );
    expect(command({ ...fresh, placeholders: ['tests/test_speed.py'] })).toBe('$EDITOR tests/test_speed.py');
    const filledIn = { changed: 1, changedBenchmarkFiles: ['tests/test_speed.py'] };
    expect(command(filledIn)).toBe('git add tests/test_speed.py && git commit -m "Change a benchmark"');
    expect(command({ ...fresh, benchmarkFiles: ['tests/test_old.py', 'tests/test_speed.py'] })).toBe(
      'strop baseline',
    );
    expect(command({ ...fresh, workloads: ['checkout'] })).toBe('strop baseline');
    expect(command({ ...fresh, benchmarkFiles: ['a b.py'], newBenchmarkFiles: ['a b.py'] })).toContain(
      "'a b.py'",
    );
  });

  it('looks before it changes, has each change judged, and closes with the checklist', () => {
    const campaign = {
      profiled: false,
      workload: undefined,
      kept: 0,
      direct: false,
      complete: false,
      last: undefined,
    };
    expect(command({ campaign })).toBe('strop profile tests/test_speed.py');
    expect(command({ campaign: { ...campaign, workload: 't.py::test_a' } })).toBe(
      'strop profile t.py::test_a',
    );
    expect(command({ campaign: { ...campaign, profiled: true } })).toContain('strop step');
    expect(command({ campaign, changed: 1 })).toContain('strop step');
    expect(command({ campaign: { ...campaign, kept: 2 } })).toBe('strop check');
    expect(command({ campaign: { ...campaign, kept: 2, complete: true, direct: true } })).toBe(
      'strop report',
    );
    expect(command({ campaign: { ...campaign, kept: 2, complete: true } })).toBe(
      'strop log --direct --write',
    );
    expect(command({ campaign: { ...campaign, kept: 2, profiled: true } })).toContain('strop step');
  });

  it('follows what became of the attempt on the present change only', () => {
    const last = {
      ...{ commit: 'c1', workingTree: true, outcome: 'accepted' as const, title: 'Closed form' },
      ...{ command: "strop step 'Closed form'", files: ['shop/sums.py'] },
    };
    const after = (change: Partial<typeof last> | { outcome: 'rejected' | 'undecided' | 'withdrawn' }) =>
      command({
        changed: 1,
        campaign: {
          ...{ profiled: true, workload: undefined, kept: 0, direct: false, complete: false },
          last: { ...last, ...change },
        },
      });
    expect(after({})).toBe("git add shop/sums.py && git commit -m 'Closed form'");
    expect(after({ outcome: 'undecided' })).toBe("strop step 'Closed form' --budget 5m");
    expect(after({ outcome: 'rejected' })).toBe('strop step "what you changed" --commit');
    expect(after({ outcome: 'withdrawn' })).toBe('strop step "what you changed" --commit');
    expect(after({ commit: 'c0' })).toBe('strop step "what you changed" --commit');
  });
});
