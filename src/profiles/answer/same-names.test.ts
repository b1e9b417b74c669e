import { classifyFrames } from '#profiles';
import type { CallGraphProfile, Frame } from '#profiles';
import { readProfile } from '#readers';
import { describe, expect, it } from 'vitest';
import { answer } from './answer.ts';
import { growTree } from './call-tree.ts';
import type { CallTree, TreeRequest } from './call-tree.ts';
import { compareProfiles } from './change.ts';
import type { ProfileChange } from './change.ts';
import type { Recording } from './recording.ts';

const ROOTS = { project: ['/p'], stdlib: [], dependencies: [] };

/** What a sampler wrote: stacks below `main`, as `A.run:10 80`. */
function sampled(...lines: readonly string[]): Recording {
  const text = lines.map((line) => {
    const [, name = '', at = '', count = ''] = /^(.*):(\d+) (\d+)$/.exec(line) ?? [];
    return `main (/p/app.py:40);${name} (/p/app.py:${at}) ${count}\n`;
  });
  const profile = classifyFrames(readProfile(Buffer.from(text.join('')), 'x.raw'), ROOTS);
  return { profile, roots: ROOTS, tool: 'py-spy', kind: 'sampler', name: 'x.raw' };
}

/** What cProfile knows: functions that `main` called, by first line, with their time. */
function traced(...functions: readonly (readonly [name: string, line: number, ns: number])[]): Recording {
  const frames: readonly Frame[] = [['main', 40] as const, ...functions].map(([name, line]) => ({
    ...{ name, line, file: '/p/app.py', origin: 'mine' },
  }));
  const costs = [0, ...functions.map(([, , ns]) => ns)];
  const whole = costs.reduce((sum, cost) => sum + cost, 0);
  const profile: CallGraphProfile = {
    format: 'cprofile',
    shape: 'call-graph',
    metrics: [{ name: 'wall', unit: 'ns' }],
    frames,
    rows: costs.map((cost, frame) => {
      const inclusive = frame === 0 ? whole : cost;
      return { frame, calls: frame + 1, primitiveCalls: frame + 1, self: [cost], inclusive: [inclusive] };
    }),
    edges: functions.map(([, , ns], index) => {
      return { caller: 0, callee: index + 1, calls: index + 2, self: [ns], inclusive: [ns] };
    }),
    doubts: [],
  };
  return { profile, roots: ROOTS, tool: 'cProfile', kind: 'tracer', name: 'x.prof' };
}

function compare(a: Recording, b: Recording): ProfileChange {
  const found = compareProfiles([a], [b], 'time');
  if ('problem' in found) throw new Error(found.problem);
  return found;
}

function grow(recording: Recording, change: Partial<TreeRequest> = {}): CallTree {
  const all: TreeRequest = { question: 'time', direction: 'down', depth: 50, most: 1000 };
  const found = growTree([recording], { ...all, ...change });
  if ('problem' in found) throw new Error(JSON.stringify(found));
  return found;
}

const states = (found: ProfileChange) =>
  found.frames.map(({ function: name, line, state }) => `${name}:${String(line)} ${state}`);
const codes = (doubts: readonly { readonly code: string }[]) => doubts.map(({ code }) => code);

describe('functions of one name in one file', () => {
  it('change each for itself where a sampler gives qualified names', () => {
    const found = compare(sampled('A.run:10 800', 'B.run:20 200'), sampled('A.run:10 100', 'B.run:20 900'));
    expect(states(found)).toEqual(['A.run:null less', 'B.run:null more']);
    expect(codes(found.doubts)).not.toContain('name-ambiguous');
  });

  it('are one function to a diff where only one side gives the class', () => {
    const found = compare(sampled('run:10 800'), sampled('A.run:10 100'));
    expect(states(found)).toEqual(['A.run:null less']);
  });

  it('are gone and new where their classes differ', () => {
    const found = compare(sampled('A.run:10 800'), sampled('B.run:10 900'));
    expect(states(found).sort()).toEqual(['A.run:null gone', 'B.run:null new']);
  });

  it('change each for itself by their order where a tracer gives first lines, though these shift', () => {
    const found = compare(
      traced(['run', 10, 8e9], ['run', 20, 2e9]),
      traced(['run', 20, 1e9], ['run', 30, 9e9]),
    );
    expect(states(found)).toEqual(['run:20 less', 'run:30 more']);
    expect(found.frames.map(({ change }) => change)).toEqual([-7e9, 7e9]);
  });

  it('are one row, which is doubted, where nothing says which is which', () => {
    const found = compare(traced(['run', 10, 8e9], ['run', 20, 2e9]), traced(['run', 20, 1e9]));
    expect(states(found)).toEqual(['run:20 less']);
    expect(found.frames[0]).toMatchObject({ a: 10e9, b: 1e9 });
    expect(found.doubts[0]).toMatchObject({ code: 'name-ambiguous' });
    expect(found.doubts[0]?.text).toContain('run in app.py');
  });

  it('have each its own place in a tree, and its own callers', () => {
    const stacks = sampled('A.run:10 800', 'B.run:20 200');
    expect(grow(stacks).rows.map(({ path, share }) => [path, share])).toEqual([
      ['', 1],
      ['main', 1],
      ['main/A.run', 0.8],
      ['main/B.run', 0.2],
    ]);
    const [first] = grow(stacks, { name: 'B.run', direction: 'up' }).rows;
    expect(first).toMatchObject({ function: 'B.run', share: 0.2 });
    expect(growTree([stacks], { question: 'time', direction: 'up', depth: 3, most: 9, name: 'run' })).toEqual(
      {
        problem: 'ambiguous',
        name: 'run',
        candidates: ['app.py:A.run', 'app.py:B.run'],
      },
    );
  });

  it('are asked about by their first line where only that tells them apart, and so are paths', () => {
    const graph = traced(['<lambda>', 13, 1e9], ['<lambda>', 14, 9e9]);
    const asked = { question: 'time', direction: 'up', depth: 3, most: 9, name: '<lambda>' } as const;
    expect(growTree([graph], asked)).toMatchObject({
      candidates: ['app.py:<lambda>:13', 'app.py:<lambda>:14'],
    });
    expect(grow(graph, { name: 'app.py:<lambda>:14', direction: 'up' }).rows[0]).toMatchObject({
      ...{ line: 14, share: 0.9, calls: 3 },
    });
    const below = grow(graph, { name: 'main' });
    expect(below.rows.map(({ path }) => path)).toEqual([
      'main',
      'main/<lambda>@app.py:14',
      'main/<lambda>@app.py:13',
    ]);
    expect(grow(graph, { name: 'main', root: 'main/<lambda>@app.py:14' }).rows[0]).toMatchObject({
      line: 14,
    });
  });

  it('are found by a qualified name where the tool gives none, with a doubt', () => {
    const found = grow(sampled('total:4 30', 'sums:13 70'), { name: 'Dear.total' });
    expect(found.rows[0]).toMatchObject({ function: 'total', share: 0.3 });
    expect(codes(found.doubts)).toEqual(['name-ambiguous']);
    const qualified = sampled('total:4 30', 'Cheap.sums:13 70');
    expect(() => grow(qualified, { name: 'Dear.total' })).toThrow('no-such-function');
  });

  it('are ranked each for itself by a tracer', () => {
    const found = answer([traced(['<lambda>', 13, 1e9], ['<lambda>', 14, 9e9])]);
    expect(found.functions.map(({ function: name, line, share, hits }) => [name, line, share, hits])).toEqual(
      [
        ['<lambda>', 14, 0.9, 3],
        ['<lambda>', 13, 0.1, 2],
      ],
    );
  });

  it('of a tracer are not laid against the one that a sampler makes of them', () => {
    const spy = sampled('run:11 800', 'run:21 200');
    const found = answer([spy, traced(['run', 10, 1e9], ['run', 20, 9e9])]);
    expect(found.functions[0]).toMatchObject({ function: 'run', share: 1 });
    expect(found.functions[0]?.sources).toHaveLength(1);
    expect(found.functions.filter(({ function: name }) => name === 'run')).toHaveLength(1);
    expect(codes(found.functions[0]?.doubts ?? [])).toEqual(['name-ambiguous']);
    const alone = answer([spy, traced(['run', 10, 1e9])]);
    expect(alone.functions[0]).toMatchObject({ line: 10, hits: 2, doubts: [] });
    expect(alone.functions[0]?.sources).toHaveLength(2);
  });
});
