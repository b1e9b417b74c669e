import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { cprofile } from '#profilers';
import type { CallGraphProfile, Frame, Profile, Roots } from '#profiles';
import { readProfile } from '#readers';
import { drawCallGraph } from '../../profiles/drawn-profile.ts';

const ROOTS: Roots = { project: ['/project'], stdlib: ['/usr/lib/python3.13'], dependencies: [] };
const SHIMS = '/opt/strop/python';

/** A drawn call graph in which the named functions lie in files. */
function draw(picture: string, files: Readonly<Record<string, string>>): CallGraphProfile {
  const graph = drawCallGraph(picture);
  const frames = graph.frames.map((frame): Frame => {
    const file = files[frame.name];
    return {
      name: frame.name,
      origin: 'unknown',
      ...(file === undefined ? {} : { file, line: 1 }),
    };
  });
  return { ...graph, frames };
}

function clean(profile: Profile, roots = ROOTS) {
  const { profile: cleaned, removed } = cprofile.clean(profile, { roots, shimFolder: SHIMS });
  if (cleaned.shape !== 'call-graph') throw new Error('the shape has changed');
  const left = cleaned.rows.map((row) => cleaned.frames[row.frame]?.name);
  return { left, removed: removed.self[0], cleaned };
}

function readFixture(name: string): Profile {
  const folder = join(import.meta.dirname, '..', '..', 'profiles', 'readers', 'cprofile', 'fixtures');
  return readProfile(new Uint8Array(readFileSync(join(folder, name))), name);
}

describe('cleaning a cProfile recording', () => {
  it("takes strop's shim, its clocks and the profiler's own method out", () => {
    const picture = `
      once 5
        <built-in method time.perf_counter_ns> 1
        work 10
          <built-in method time.perf_counter_ns> 2
        <built-in method time.perf_counter_ns> 1
      <method 'disable' of '_lsprof.Profiler' objects> 3
    `;
    const files = { once: `${SHIMS}/_strop/runners.py`, work: '/project/src/a.py' };
    const result = clean(draw(picture, files));
    expect(result.left).toEqual(['<built-in method time.perf_counter_ns>', 'work']);
    expect(result.removed).toBe(5 + 1 + 1 + 3);
  });

  it('cuts pytest and what only pytest calls off above the test', () => {
    const picture = `
      run 9
        capture 8
          read 7
        Test 1
          loads 2
    `;
    const files = {
      run: '/project/.venv/lib/python3.13/site-packages/_pytest/runner.py',
      capture: '/project/.venv/lib/python3.13/site-packages/_pytest/capture.py',
      Test: '/project/tests/test_a.py',
      loads: '/usr/lib/python3.13/json/__init__.py',
    };
    expect(clean(draw(picture, files)).left).toEqual(['Test', 'loads']);
  });

  it('cuts nothing of a project that is itself a test runner', () => {
    const files = { Run: '/project/src/_pytest/runner.py', Hook: '/project/src/pluggy/_hooks.py' };
    const profile = draw('Run 1\n  Hook 2', files);
    expect(clean(profile).left).toEqual(['Run', 'Hook']);
    expect(clean(profile).cleaned.frames.map((frame) => frame.origin)).toEqual(['mine', 'mine']);
  });

  it('keeps a workload that is compiled code', () => {
    const profile = draw('once 1\n  factorial 100', { once: `${SHIMS}/_strop/runners.py` });
    expect(clean(profile).left).toEqual(['factorial']);
  });

  it("does not take the shim for the project's own when nothing of the project ran", () => {
    const profile = draw('once 1\n  factorial 100', { once: `${SHIMS}/_strop/runners.py` });
    expect(clean(profile).cleaned.doubts).toEqual([]);
  });

  it.each(['cprofile-3.8.prof', 'cprofile-3.13.prof', 'profile-3.9.prof'])(
    'leaves the program in %s',
    (name) => {
      const roots = { project: ['/tmp/p'], stdlib: ['/tmp/p/py/lib'], dependencies: [] };
      const { left, cleaned } = clean(readFixture(name), roots);
      expect(left).toContain('main');
      expect(left.filter((function_) => /lsprof|profiler/.test(function_ ?? ''))).toEqual([]);
      expect(cleaned.frames.find((frame) => frame.name === 'dedupe')?.origin).toBe('mine');
      expect(cleaned.frames.find((frame) => frame.name === 'deepcopy')?.origin).toBe('stdlib');
    },
  );
});

describe('the doubts of a cProfile recording', () => {
  const threading = '/usr/lib/python3.13/threading.py';
  const doubts = (picture: string, files: Readonly<Record<string, string>> = {}): string[] =>
    cprofile.doubt(draw(picture, files)).map((doubt) => doubt.code);

  it('tell threads that were seen from threads that were missed', () => {
    expect(doubts('start 1', { start: threading })).toEqual(['threads-missed']);
    const files = { start: threading, _bootstrap_inner: threading };
    expect(doubts('start 1\n_bootstrap_inner 1', files)).toEqual(['threads-merged']);
    expect(doubts('start 1', { start: '/project/engine.py' })).toEqual([]);
  });

  it('say that child processes were not seen', () => {
    expect(doubts('<built-in method posix.fork> 1')).toEqual(['children-missed']);
    expect(doubts('<built-in method posix.getpid> 1')).toEqual([]);
  });
});
