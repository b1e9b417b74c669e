import { describe, expect, it } from 'vitest';
import { dumpProfile, type StackProfile } from '#profiles';
import { collapsed } from './reader.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const read = (text: string): StackProfile => {
  const profile = collapsed.read(bytes(text));
  if (profile.shape !== 'stacks') throw new Error('collapsed stacks are stacks');
  return profile;
};
const dump = (text: string): string[] => dumpProfile(read(text)).trimEnd().split('\n');
const tree = (text: string): string[] => dump(text).filter((line) => !/^(collapsed:|doubt|tool)/.test(line));

describe('reading collapsed stacks', () => {
  it('puts lines of one function below one frame, and the cost on the line that ran', () => {
    const profile = read('main (a.py:9);work (a.py:3) 5\nmain (a.py:9);work (a.py:4) 2\n');
    expect(profile.frames).toEqual([
      { name: 'main', file: 'a.py', origin: 'unknown' },
      { name: 'work', file: 'a.py', origin: 'unknown' },
    ]);
    expect(profile.nodes.map(({ parent, line, self }) => [parent, line, ...self])).toEqual([
      [-1, 9, 0],
      [0, 3, 5],
      [0, 4, 2],
    ]);
  });

  it('takes weights with a fraction, and a tab before them, as flamegraph.pl does', () => {
    const text = 'main;a 50.5\nmain;b\t30.250000000000000\n';
    expect(collapsed.recognises(bytes(text), 'x.folded')).toBe(true);
    expect(tree(text)).toEqual(['main (native)', ' a (native)  50.5', ' b (native)  30.25']);
    expect(read(text).doubts.map(({ code }) => code)).not.toContain('few-samples');
    for (const broken of ['5.', '.5', '1.2.3']) expect(() => read(`main;a ${broken}\n`)).toThrow(/no stack/);
  });

  it.each([
    ['profiling.sampling', 'tid:7;main.py:main:3;~:<GC>:0 4', ['[7] main main.py:? @3', ' <GC> (native)  4']],
    [
      'perf',
      'python;py::work:/p/a.py;_PyEval 4',
      ['python (native)', ' work /p/a.py:?', '  _PyEval (native)  4'],
    ],
    ['py-spy --native', 'f (a.py:1);memcpy (libc.so.6) 4', ['f a.py:? @1', ' memcpy (native)  4']],
    ['py-spy on Windows', 'f (C:\\p (x)\\a.py:1) 4', ['f C:\\p (x)\\a.py:? @1  4']],
    ['profiling.sampling, tasks', 'a.py:f:1;<task>:load:0 4', ['f a.py:? @1', ' load <task>:?  4']],
  ])('knows how %s writes frames', (_, text, expected) => {
    expect(tree(`${text}\n`)).toEqual(expected);
  });

  it('keeps a semicolon in the name of a thread out of the stack', () => {
    expect(tree('process 1:"python";thread (2): load; 1;f (a.py:1) 4\n')).toEqual([
      '[process 1 2 load; 1] f a.py:? @1  4',
    ]);
  });

  it('keeps samples of a thread without Python frames', () => {
    expect(tree('thread (2): Main 4\n 3\n')).toEqual([
      '(no Python frame) (native)  3',
      '[2 Main] (no Python frame) (native)  4',
    ]);
  });

  it('reads the times of austin in its unit', () => {
    const text = '# austin: 3.7.0\n# interval: 100\n# mode: wall\n\nP1;T0:2;a.py:f:1 40\n';
    expect(read(text)).toMatchObject({
      metrics: [{ name: 'wall', unit: 'ns' }],
      nodes: [{ self: [40_000], thread: 0 }],
      threads: [{ pid: 1, id: 2 }],
      source: { tool: 'austin', toolVersion: '3.7.0', intervalNs: 100_000 },
    });
    expect(() => read('# austin: 3.7.0\n# mode: full\nP1;T2;a.py:f:1 4\n')).toThrow(/mixes several numbers/);
  });

  it('takes many functions of one line each for what py-spy --function writes', () => {
    const text = Array.from(
      { length: 10 },
      (_, index) => `f${String(index)} (a.py:${String(index + 1)}) 9\n`,
    ).join('');
    expect(read(text)).toMatchObject({
      frames: { 9: { name: 'f9', line: 10 } },
      nodes: { 9: { self: [9] } },
    });
    expect(read(text).nodes[9]).not.toHaveProperty('line');
  });

  it('cuts the frames of the tool that launched the program, and says so where they cost', () => {
    const tool = '_run_tracker (/v/site-packages/memray/commands/run.py:83);run_path (<frozen runpy>:280)';
    expect(dump(`${tool};f (a.py:1) 95\n${tool} 5\n`)).toEqual([
      'collapsed: stacks of samples (count)',
      expect.stringMatching(/^doubt few-samples: Only 100 samples: .* ±10 points/),
      "doubt tool-frames-cut: 5 % of the cost was the profiler's own and is left out.",
      'f a.py:? @1  95',
    ]);
  });

  it('says when paths are shortened, so that library code cannot be told', () => {
    const codes = (text: string) => read(text).doubts.map((doubt) => doubt.code);
    expect(codes('f (shop.py:1);g (copy.py:1) 300\n')).toEqual(['origins-guessed']);
    expect(codes('f (shop.py:1);g (/lib/copy.py:1) 300\n')).toEqual([]);
  });

  it('says when the last line does not end', () => {
    expect(read('f (a.py:1) 300').doubts.map((doubt) => doubt.code)).toEqual(['file-cut-off']);
    expect(read('f (a.py:1) 300\r\n').doubts).toEqual([]);
  });

  it.each([
    ['a line without a count', 'f (a.py:1) 3\nf (a.py:2)\n', /no stack with its count: f \(a.py:2\)/],
    ['a count that is no number', 'f (a.py:1) 3.5.1\n', /no stack with its count/],
    ['a count of twenty digits', `f (a.py:1) ${'9'.repeat(20)}\n`, /no stack with its count/],
    ['comments alone', '# austin: 3.7.0\n', /no stack in it/],
  ])('refuses %s', (_, text, message) => {
    expect(() => read(text)).toThrow(message);
  });
});

describe('recognising collapsed stacks', () => {
  it.each([
    ['main;work 3\n', 'unknown', true],
    ['work (a.py:1) 3\n', 'unknown', true],
    ['chapter 1\nchapter 2\n', 'unknown', false],
    ['chapter 1\nchapter 2\n', 'x.folded', true],
    ['{"a": 1}', 'x.folded', false],
    ['main;work 3\nsomething else\n', 'x.folded', false],
    ['main (/very/long.py:1);work (a.py', 'unknown', true],
  ])('by content first: %j as %s', (text, name, expected) => {
    expect(collapsed.recognises(bytes(text), name)).toBe(expected);
  });
});
