import { describe, expect, it } from 'vitest';
import { dumpProfile, type StackProfile } from '#profiles';
import { speedscope } from './reader.ts';

interface Parts {
  readonly exporter?: string;
  readonly frames?: readonly object[];
  readonly profiles?: readonly object[];
}

const FRAMES = [
  { name: 'main', file: 'a.py', line: 9 },
  { name: 'work', file: 'a.py', line: 3 },
  { name: 'work', file: 'a.py', line: 4 },
];
const SAMPLED = {
  type: 'sampled',
  name: 'all',
  unit: 'seconds',
  samples: [
    [0, 1],
    [0, 2],
    [0, 1],
  ],
  weights: [1, 1, 1],
};

const encode = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));
const file = ({ exporter = 'other', frames = FRAMES, profiles = [SAMPLED] }: Parts): Uint8Array =>
  encode({
    $schema: 'https://www.speedscope.app/file-format-schema.json',
    exporter,
    profiles,
    shared: { frames },
  });
const read = (parts: Parts): StackProfile => {
  const profile = speedscope.read(file(parts));
  if (profile.shape !== 'stacks') throw new Error('speedscope holds stacks');
  return profile;
};
const tree = (profile: StackProfile): string[] =>
  dumpProfile({ ...profile, doubts: [], source: {} })
    .trimEnd()
    .split('\n')
    .slice(1);

describe('reading speedscope', () => {
  it('folds samples into a tree with the line that ran at each place', () => {
    const profile = read({ exporter: 'py-spy@0.4.3' });
    expect(tree(profile)).toEqual([
      'main a.py:? @9',
      ' work a.py:? @3  2000000000',
      ' work a.py:? @4  1000000000',
    ]);
    expect(profile.source).toEqual({ tool: 'py-spy', toolVersion: '0.4.3', samples: 3, intervalNs: 1e9 });
    expect(profile.doubts.map((doubt) => doubt.code)).toEqual(['few-samples']);
  });

  it('takes lines of an unknown tool for lines that ran only when one function has several', () => {
    expect(tree(read({}))).toContain(' work a.py:? @4  1000000000');
    expect(tree(read({ frames: [FRAMES[0]!, FRAMES[1]!, FRAMES[1]!] }))).toEqual([
      'main a.py:9',
      ' work a.py:3  3000000000',
    ]);
  });

  it('takes profiles of several units for metrics, and several of one unit for threads', () => {
    const bytes = { ...SAMPLED, unit: 'bytes', weights: [10, 20, 30] };
    const none = { ...SAMPLED, unit: 'none', name: 'count' };
    expect(read({ exporter: 'memray@1', profiles: [bytes, none] })).toMatchObject({
      metrics: [
        { name: 'allocated', unit: 'bytes' },
        { name: 'allocations', unit: 'count' },
      ],
      nodes: [{ self: [0, 0] }, { self: [40, 2] }, { self: [20, 1] }],
    });
    const first = { ...SAMPLED, name: 'Thread 7 "MainThread"' };
    const second = { ...SAMPLED, name: 'Process 1 Thread 8' };
    const threaded = read({ profiles: [first, second] });
    expect(threaded.threads).toEqual([
      { id: 7, name: 'MainThread' },
      { pid: 1, id: 8 },
    ]);
    expect(threaded.nodes.filter((node) => node.parent < 0).map((node) => node.thread)).toEqual([0, 1]);
  });

  it('gives the time between two events to the frame that is open innermost', () => {
    const events = [
      { type: 'O', frame: 0, at: 0 },
      { type: 'O', frame: 1, at: 2 },
      { type: 'C', frame: 1, at: 5 },
      { type: 'C', frame: 0, at: 6 },
    ];
    const profile = read({
      frames: FRAMES.slice(0, 2),
      profiles: [{ type: 'evented', name: 'x', unit: 'milliseconds', startValue: 0, endValue: 6, events }],
    });
    expect(tree(profile)).toEqual(['main a.py:9  3000000', ' work a.py:3  3000000']);
    expect(profile.source).toEqual({ tool: 'other' });
    const wrong = [
      { type: 'O', frame: 0, at: 0 },
      { type: 'C', frame: 1, at: 2 },
    ];
    expect(() => read({ profiles: [{ type: 'evented', unit: 'none', name: 'x', events: wrong }] })).toThrow(
      /not open/,
    );
  });

  it('gives a function what pyinstrument draws as its own callee [self]', () => {
    const frames = [FRAMES[0]!, { name: '[self]', file: null, line: null }];
    const profiles = [{ ...SAMPLED, samples: [[0, 1]], weights: [1] }];
    expect(tree(read({ exporter: 'pyinstrument', frames, profiles }))).toEqual(['main a.py:9  1000000000']);
  });

  it('keeps samples without a frame, and takes the process that py-spy draws as a caller for none', () => {
    const frames = [{ name: 'process 4:"python"' }, FRAMES[0]!];
    const profiles = [{ ...SAMPLED, name: 'Process 4 Thread 5 "M"', samples: [[0, 1], [0], []] }];
    expect(tree(read({ exporter: 'py-spy@0.4.3', frames, profiles }))).toEqual([
      '[process 4 5 M] (no Python frame) (native)  2000000000',
      '[process 4 5 M] main a.py:? @9  1000000000',
    ]);
  });

  it('takes the text of `python -c` for the program, also below the process that py-spy draws as a caller', () => {
    const frames = [
      { name: 'process 4:"python -c ..."' },
      { name: '<module>', file: '<string>', line: 3 },
      { name: 'busy', file: '<string>', line: 2 },
    ];
    const profiles = [
      {
        ...SAMPLED,
        name: 'Process 4 Thread 5 "M"',
        samples: [
          [0, 1],
          [0, 1, 2],
        ],
        weights: [1, 3],
      },
    ];
    const profile = read({ exporter: 'py-spy@0.4.3', frames, profiles });
    expect(tree(profile)).toEqual([
      '[process 4 5 M] <module> <string>:? @3  1000000000',
      ' busy <string>:? @2  3000000000',
    ]);
    expect(profile.doubts.map(({ code }) => code)).not.toContain('tool-frames-cut');
  });

  it('cuts the launcher off and says what it cost', () => {
    const frames = [
      { name: '_run_tracker', file: '/v/site-packages/memray/commands/run.py', line: 83 },
      FRAMES[0]!,
    ];
    const profiles = [{ ...SAMPLED, unit: 'bytes', samples: [[0], [0, 1]], weights: [25, 75] }];
    const profile = read({ exporter: 'memray@1', frames, profiles });
    expect(tree(profile)).toEqual(['main a.py:? @9  75']);
    expect(profile.doubts).toEqual([
      { code: 'tool-frames-cut', text: "25 % of the cost was the profiler's own and is left out." },
    ]);
  });

  it.each<[string, Parts, RegExp]>([
    ['a weight too few', { profiles: [{ ...SAMPLED, weights: [1] }] }, /one weight for each sample/],
    ['a weight below zero', { profiles: [{ ...SAMPLED, weights: [1, -1, 1] }] }, /below zero/],
    [
      'a frame that is not in the table',
      { profiles: [{ ...SAMPLED, samples: [[7], [0], [0]] }] },
      /not in the table/,
    ],
    ['an unknown unit', { profiles: [{ ...SAMPLED, unit: 'parsecs' }] }, /unit "parsecs"/],
    ['an unknown type', { profiles: [{ ...SAMPLED, type: 'dreamt' }] }, /type "dreamt"/],
    ['no profiles', { profiles: [] }, /no profile in it/],
    [
      'weights without end',
      { profiles: [{ ...SAMPLED, weights: [1e308, 1e308, 1e308] }] },
      /add up to no number/,
    ],
  ])('refuses %s', (_, parts, message) => {
    expect(() => read(parts)).toThrow(message);
  });

  it('survives a million opened lists and a stack of a million frames', () => {
    const opened = new TextEncoder().encode(`{"shared":${'['.repeat(1e6)}`);
    expect(() => speedscope.read(opened)).toThrow(/an object is missing/);
    const deep = { ...SAMPLED, samples: [Array.from({ length: 1e6 }, () => 0)], weights: [1] };
    expect(read({ profiles: [deep] }).nodes).toHaveLength(1e6);
  });
});

describe('writing speedscope', () => {
  it('writes each stack once, whatever the number of samples', () => {
    const profile = read({ exporter: 'py-spy@0.4.3' });
    const text = new TextDecoder().decode(speedscope.write?.(profile));
    expect(JSON.parse(text)).toMatchObject({
      profiles: [
        {
          unit: 'nanoseconds',
          samples: [
            [0, 1],
            [0, 2],
          ],
          weights: [2e9, 1e9],
        },
      ],
    });
  });
});
