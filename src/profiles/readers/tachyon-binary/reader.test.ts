import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { StackProfile } from '#profiles';
import { tachyonBinary } from './reader.ts';

/*
 * `replayed/` is what Python 3.15.2 itself reads in the fixtures: its `replay --collapsed` of each, and the numbers of
 * its `BinaryReader` (written by fixtures/make.py together with the recordings).
 */
const HERE = import.meta.dirname;

interface Numbers {
  readonly replayed: number;
  readonly full: number;
  readonly sample_interval_us: number;
  readonly duration_sec: number;
  readonly mode: number;
  /** In percent. */
  readonly error_rate: number;
  readonly statuses: Readonly<Record<string, number>>;
}
const numbers = JSON.parse(readFileSync(join(HERE, 'replayed', 'numbers.json'), 'utf8')) as Record<
  string,
  Numbers
>;
const FIXTURES = Object.keys(numbers);

function load(name: string): Uint8Array {
  return new Uint8Array(readFileSync(join(HERE, name === 'deep.tach' ? 'replayed' : 'fixtures', name)));
}

function read(bytes: Uint8Array): StackProfile {
  const profile = tachyonBinary.read(bytes);
  if (profile.shape !== 'stacks') throw new Error('it holds stacks');
  return profile;
}

function sum(profile: StackProfile, metric: string): number {
  const at = profile.metrics.findIndex(({ name }) => name === metric);
  return profile.nodes.reduce((total, { self }) => total + (self[at] ?? 0), 0);
}

/** The stacks in the words of `replay --collapsed`, and the samples of each. */
function collapse(profile: StackProfile): Record<string, number> {
  const stacks: string[] = [];
  const counts: Record<string, number> = {};
  for (const [index, { parent, frame, line, thread, self }] of profile.nodes.entries()) {
    const { name, file } = profile.frames[frame] ?? { name: '?' };
    const isInit = name === '__init__' && file === undefined;
    const base = isInit ? '__init__' : file?.replace(/^.*\//, '');
    const part = base === undefined ? name : `${base}:${name}:${String(line ?? 0)}`;
    const above = parent < 0 ? `tid:${String(profile.threads?.[thread ?? -1]?.id)}` : (stacks[parent] ?? '?');
    const stack = `${above};${part}`;
    stacks[index] = stack;
    if ((self[1] ?? 0) > 0) counts[stack] = (counts[stack] ?? 0) + (self[1] ?? 0);
  }
  return counts;
}

/** Python leaves out `_sync_coordinator.py`; what else started the program is left out here as strop does. */
function readReplayed(name: string): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const row of readFileSync(join(HERE, 'replayed', `${name}.collapsed`), 'utf8')
    .trimEnd()
    .split('\n')) {
    const [, stack = '', count = ''] = /^(.*) (\d+)$/.exec(row) ?? [];
    const bare = stack.replace(/^(tid:\d+)(?:;<native>)?(?:;<frozen runpy>:\w+:\d+)+(?:;<native>)*/, '$1');
    if (bare.includes(';')) counts[bare] = (counts[bare] ?? 0) + Number(count);
  }
  return counts;
}

const LAUNCH_ONLY = /frozen runpy/;
const STATES = { 'holds-gil': 1, 'on-cpu': 2, 'waits-for-gil': 8, 'has-exception': 16 };
const MODES = ['wall', 'cpu', 'gil', '', 'exception'];

describe.each(FIXTURES)('reading %s', (name) => {
  const profile = read(load(name));
  const expected = numbers[name];
  if (expected === undefined) throw new Error(`no numbers for ${name}`);

  it('gives every stack as often as Python does', () => {
    const replayed = readReplayed(name);
    expect(Object.keys(replayed).length).toBeGreaterThan(0);
    expect(Object.keys(replayed).some((stack) => LAUNCH_ONLY.test(stack))).toBe(false);
    expect(collapse(profile)).toEqual(replayed);
  });

  it('counts the samples and states as Python does, up to those of the start', () => {
    expect(profile.source).toMatchObject({
      python: '3.15.2',
      samples: expected.replayed,
      intervalNs: expected.sample_interval_us * 1000,
      durationNs: Math.round(expected.duration_sec * 1e9),
    });
    expect(profile.metrics[0]).toEqual({ name: MODES[expected.mode], unit: 'ns' });
    const samples = sum(profile, 'samples');
    const cut = expected.replayed - samples;
    expect(cut).toBeLessThanOrEqual(expected.replayed * 0.03);
    expect(sum(profile, MODES[expected.mode] ?? '')).toBe(samples * 2_000_000);
    for (const [state, bit] of Object.entries(STATES)) {
      const all = Object.entries(expected.statuses).reduce(
        (total, [status, count]) => total + ((Number(status) & bit) === 0 ? 0 : count),
        0,
      );
      const found = sum(profile, state);
      expect(found).toBeLessThanOrEqual(all);
      expect(found).toBeGreaterThanOrEqual(all - cut);
    }
  });
});

describe('what a reader says of a recording', () => {
  it('names the main thread, by its flag', () => {
    const { threads } = read(load('all-threads.tach'));
    expect(threads).toHaveLength(2);
    expect(threads?.filter((thread) => thread.name === 'MainThread')).toHaveLength(1);
  });

  it('doubts stacks that fill the room there is for them, and attempts that failed', () => {
    const full = Math.round(
      ((numbers['deep.tach']?.full ?? 0) / (numbers['deep.tach']?.replayed ?? 1)) * 100,
    );
    const deep = read(load('deep.tach')).doubts.find(({ code }) => code === 'stacks-incomplete');
    expect(deep?.text).toContain(`${String(full)} % of the samples have at least as many frames`);
    for (const name of FIXTURES) {
      const { text } = read(load(name)).doubts.find((doubt) => doubt.text.includes('failed')) ?? {};
      const rate = numbers[name]?.error_rate ?? 0;
      if (rate < 5) expect(text).toBeUndefined();
      else expect(text).toMatch(`${String(Math.round(rate))} % of the samples failed`);
      // Nothing is torn while the program stands still.
      if (name === 'gil-blocking.tach') expect(text ?? '').not.toContain('torn');
      else if (rate >= 5) expect(text).toContain('torn');
    }
  });

  it('gives marks for native code and garbage collection no file', () => {
    const { frames } = read(load('native-opcodes.tach'));
    for (const name of ['<native>', '<GC>', '__init__']) {
      expect(frames.filter((frame) => frame.name === name && frame.origin === 'native')).toEqual([
        { name, origin: 'native' },
      ]);
    }
  });
});

/** What a made-up recording holds; everything has a default that is right. */
interface Plan {
  readonly little?: boolean;
  readonly version?: number;
  readonly texts?: readonly string[];
  /** File, name, line. */
  readonly frames?: readonly (readonly [number, number, number])[];
  readonly records?: readonly (readonly number[])[];
  readonly samples?: number;
  readonly threads?: number;
  readonly intervalUs?: number;
  readonly compression?: number;
  readonly textCount?: number;
  readonly frameCount?: number;
  readonly statistics?: readonly number[];
}

const fixed = (value: number, size: number, little: boolean): number[] => {
  const bytes = Array.from({ length: size }, (_, index) => Math.floor(value / 2 ** (8 * index)) % 256);
  return little ? bytes : bytes.reverse();
};

/** The start of a record of this thread. */
const at = (thread: number, little = true, interpreter = 0): number[] => [
  ...fixed(thread, 8, little),
  ...fixed(interpreter, 4, little),
];
const FULL = [1, 5, 0];

function make(plan: Plan): Uint8Array {
  const { little = true, texts = ['a.py', 'f', 'g', '~', '<native>'] } = plan;
  const {
    frames = [
      [0, 1, 10],
      [0, 2, 20],
      [3, 4, 0],
    ],
    records = [[...at(7, little), ...FULL, 1, 0]],
  } = plan;
  const data = records.flat();
  const encoder = new TextEncoder();
  const textBytes = texts.flatMap((text) => [text.length, ...encoder.encode(text)]);
  const frameBytes = frames.flatMap(([file, name, line]) => [file, name, line * 2, 0, 0, 0, 255]);
  const statistics = plan.statistics ?? [];
  const textsAt = 64 + data.length;
  const size = textsAt + textBytes.length + frameBytes.length + statistics.length + 32;
  return Uint8Array.from([
    ...fixed(0x54414348, 4, little),
    ...fixed(plan.version ?? 1, 4, little),
    ...[3, 15, 2, 0],
    ...fixed(0, 8, little),
    ...fixed(plan.intervalUs ?? 1000, 8, little),
    ...fixed(plan.samples ?? records.length, 8, little),
    ...fixed(plan.threads ?? 2, 4, little),
    ...fixed(textsAt, 8, little),
    ...fixed(textsAt + textBytes.length, 8, little),
    ...fixed(plan.compression ?? 0, 4, little),
    ...fixed(1, 4, little),
    ...data,
    ...textBytes,
    ...frameBytes,
    ...statistics,
    ...fixed(plan.textCount ?? texts.length, 4, little),
    ...fixed(plan.frameCount ?? frames.length, 4, little),
    ...fixed(size, 8, little),
    ...Array<number>(16).fill(0),
  ]);
}

const stacksOf = (plan: Plan): Record<string, number> => collapse(read(make(plan)));

describe('made-up recordings', () => {
  it('mean the same in both orders of bytes', () => {
    for (const little of [true, false]) {
      const records = [
        [...at(2 ** 40 + 7, little), ...FULL, 2, 1, 0],
        [...at(9, little, 3), ...FULL, 1, 0],
      ];
      const bytes = make({ little, records });
      expect(tachyonBinary.recognises(bytes.subarray(0, 4096), 'unknown')).toBe(true);
      expect(collapse(read(bytes))).toEqual({
        'tid:1099511627783;a.py:f:10;a.py:g:20': 1,
        'tid:9;a.py:f:10': 1,
      });
      expect(read(bytes).threads?.[1]).toEqual({ id: 9, name: 'interpreter 3' });
    }
  });

  it('expand what a record leaves out, thread by thread', () => {
    const [f, g, native] = [0, 1, 2];
    const records = [
      // A thread that has no frame yet repeats the empty stack.
      [...at(8), 0, 1, 5, 0],
      [...at(7), ...FULL, 2, g, f],
      [...at(8), ...FULL, 1, f],
      [...at(7), 0, 3, ...[5, 1], ...[0x80, 8, 0], ...[5, 0]],
      // Two of the frames are shared, and one is new.
      [...at(7), 2, 5, 0, 2, 1, native],
      // Two frames are left, two come; more than there were may be left.
      [...at(7), 3, 5, 0, 2, 2, g, g],
      [...at(7), 3, 5, 0, 9, 1, g],
    ];
    expect(stacksOf({ records, samples: 9 })).toEqual({
      'tid:8;(no Python frame)': 1,
      'tid:7;a.py:f:10;a.py:g:20': 4,
      'tid:8;a.py:f:10': 1,
      'tid:7;a.py:f:10;a.py:g:20;<native>': 1,
      'tid:7;a.py:f:10;a.py:g:20;a.py:g:20': 1,
      'tid:7;a.py:g:20': 1,
    });
  });

  it('keep a native mark that nothing of the profiler follows, and cut one that stands before it', () => {
    const texts = ['a.py', 'f', '<frozen runpy>', 'r', '~', '<native>'];
    const frames = [
      [0, 1, 10],
      [2, 3, 1],
      [4, 5, 0],
    ] as const;
    const [f, runpy, native] = [0, 1, 2];
    const records = [
      [...at(7), ...FULL, 2, f, native],
      [...at(7), ...FULL, 1, native],
      [...at(7), ...FULL, 5, native, f, native, runpy, native],
      [...at(7), ...FULL, 2, runpy, native],
    ];
    expect(stacksOf({ texts, frames, records })).toEqual({
      'tid:7;<native>;a.py:f:10': 1,
      'tid:7;<native>': 1,
      'tid:7;a.py:f:10;<native>': 1,
    });
    const cut = read(make({ texts, frames, records })).doubts.find(({ code }) => code === 'tool-frames-cut');
    expect(cut?.text).toMatch(/^25 %/);
  });

  it('are read without statistics, with the first kind of them, and with a later kind', () => {
    const mark = [...new TextEncoder().encode('TACHSTAT')];
    const seconds = [...new Uint8Array(new Float64Array([1.5]).buffer)];
    const old = [...seconds, ...seconds, ...mark, ...fixed(1, 4, true), ...fixed(32, 4, true)];
    const later = [...Array<number>(48).fill(9), ...mark, ...fixed(2, 4, true), ...fixed(64, 4, true)];
    expect(read(make({})).source).not.toHaveProperty('durationNs');
    expect(read(make({ statistics: old })).source?.durationNs).toBe(1.5e9);
    expect(read(make({ statistics: later })).source).not.toHaveProperty('durationNs');
  });

  it('are refused when they claim what is not there', () => {
    const huge = [0xff, 0xff, 0xff, 0xff, 0x0f];
    const claims: readonly (readonly [Plan, RegExp])[] = [
      [{ version: 2 }, /version 2/],
      [{ textCount: 4e9 }, /fewer texts/],
      [{ frameCount: 4e9 }, /fewer frames/],
      [{ textCount: 4 }, /more than the texts/],
      [{ frameCount: 2 }, /more than the frames/],
      [{ frames: [[0, 9, 1]] }, /names a text/],
      [{ intervalUs: 0 }, /impossible/],
      [{ compression: 2 }, /compressed in a way/],
      [{ compression: 1 }, /no Zstandard/],
      [{ samples: 2 }, /there are 1 samples, and the head says 2/],
      [{ samples: 2 ** 40 }, /the head says 1099511627776/],
      [{ threads: 0 }, /more threads/],
      [{ records: [], samples: 0 }, /no sample was taken/],
      [{ records: [[...at(7), 9, 5, 0]] }, /unknown kind/],
      [{ records: [[...at(7), 0, ...huge, 5, 0]] }, /repeats more often/],
      [{ records: [[...at(7), ...FULL, ...huge, 0]] }, /deeper/],
      [{ records: [[...at(7), ...FULL, 1, 5]] }, /not in the table/],
      [{ records: [[...at(7), 2, 5, 0, 1, 0]] }, /shares more frames/],
      [{ records: [[...at(7), ...FULL, 2, 0]] }, /too early/],
      [{ records: [[...at(7), 1, ...Array<number>(11).fill(0xff)]] }, /too many digits/],
      [{ records: [[7, 7]] }, /cut off/],
    ];
    for (const [plan, message] of claims) expect(() => read(make(plan)), String(message)).toThrow(message);
    const cutOff = make({}).subarray(0, -1);
    expect(() => read(cutOff)).toThrow(/its size is another/);
    const moved = make({});
    moved[48] = 0xff;
    expect(() => read(moved)).toThrow(/not where the head says/);
  });
});
