import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { StropError } from '#base';
import type { CallGraphProfile } from '#profiles';
import { cprofile } from './reader.ts';

const FIXTURES = join(import.meta.dirname, 'fixtures');

function readFixture(name: string): CallGraphProfile {
  const profile = cprofile.read(new Uint8Array(readFileSync(join(FIXTURES, name))));
  if (profile.shape !== 'call-graph') throw new Error('cProfile has no stacks');
  return profile;
}

/** Marshals by hand: what no real profiler would write. */
const u32 = (value: number): number[] => [value & 255, (value >> 8) & 255, (value >> 16) & 255, value >>> 24];
const chars = (value: string): number[] => Array.from(value, (char) => char.charCodeAt(0));
const text = (value: string): number[] => [...chars('z'), value.length, ...chars(value)];
const int = (value: number): number[] => [...chars('i'), ...u32(value)];
const float = (value: number): number[] => [...chars('g'), ...new Uint8Array(Float64Array.of(value).buffer)];
const tuple = (...items: number[][]): number[] => [...chars(')'), items.length, ...items.flat()];
const dict = (...pairs: number[][][]): number[] => [...chars('{'), ...pairs.flat(2), ...chars('0')];
const key = (name: string): number[] => tuple(text('a.py'), int(1), text(name));
const row = (callers: number[]): number[] => tuple(int(1), int(2), float(0.5), float(1.5), callers);
const read = (bytes: number[]) => cprofile.read(Uint8Array.from(bytes));

describe('reading cProfile statistics', () => {
  it.each(['3.8', '3.9', '3.11', '3.12', '3.13'])(
    'finds calls, recursion and callers written by %s',
    (version) => {
      const profile = readFixture(`cprofile-${version}.prof`);
      const row = (name: string) => profile.rows.find((each) => profile.frames[each.frame]?.name === name);
      expect(row('depth')).toMatchObject({ calls: 7, primitiveCalls: 1 });
      expect(row('price_of')).toMatchObject({ calls: 60, primitiveCalls: 60 });
      expect(row('größe')).toMatchObject({ calls: 1 });
      expect(profile.metrics).toEqual([{ name: 'wall', unit: 'ns' }]);

      const sort = row("<method 'sort' of 'list' objects>");
      expect(profile.frames[sort?.frame ?? -1]?.origin).toBe('native');
      const edge = profile.edges.find((each) => each.callee === row('price_of')?.frame);
      expect(edge).toMatchObject({ caller: sort?.frame, calls: 60 });
    },
  );

  it('takes the first number of a caller as all calls, against the order of the function itself', () => {
    const profile = readFixture('cprofile-3.13.prof');
    const depth = profile.rows.find((each) => profile.frames[each.frame]?.name === 'depth');
    const edges = profile.edges.filter((each) => each.callee === depth?.frame);
    // depth is called once by main and 6 times through max(); swapped numbers would lose the recursive calls.
    expect(edges.reduce((sum, edge) => sum + edge.calls, 0)).toBe(7);
  });

  it.each(['3.9', '3.13'])(
    'reads what the pure-Python profile of %s writes, named by a code object',
    (version) => {
      const profile = readFixture(`profile-${version}.prof`);
      expect(
        profile.frames.find((frame) => frame.file === '<profile>' && frame.name === '<module>'),
      ).toBeDefined();
      expect(profile.metrics).toEqual([{ name: 'cpu', unit: 'ns' }]);
      expect(profile.edges.every((edge) => edge.self === undefined)).toBe(true);
      expect(profile.doubts.map((doubt) => doubt.code)).toEqual(['callers-estimated']);
    },
  );

  it('reads an empty profile', () => {
    expect(read(dict())).toMatchObject({ rows: [], edges: [] });
  });

  it('reads what is written without references, in long numbers and old floats', () => {
    const seconds = [...chars('f'), 3, ...chars('0.5')];
    const long = [...chars('l'), ...u32(2), 1, 0, 2, 0];
    const old = tuple(long, long, seconds, seconds, dict());
    expect(read(dict([key('f'), old]))).toMatchObject({
      rows: [{ calls: 65_537, primitiveCalls: 65_537, self: [5e8], inclusive: [5e8] }],
    });
  });

  it('leaves a caller without a row out rather than inventing one', () => {
    const callers = dict([key('gone'), tuple(int(1), int(1), float(0), float(0))]);
    expect(read(dict([key('f'), row(callers)]))).toMatchObject({ edges: [] });
  });

  it.each<[string, number[], RegExp]>([
    ['a text of 1 GB', [...chars('{)'), 3, ...chars('u'), ...u32(1 << 30)], /ends too early \(byte 8 of 8\)/],
    ['a list of a billion items', [...chars('{['), ...u32(1 << 30)], /ends too early/],
    ['a number of 2 billion digits', [...chars('{l'), ...u32(0x7fffffff)], /ends too early/],
    [
      'a million opened tuples',
      [...chars('{'), ...Array<number[]>(1e6).fill([0x29, 1]).flat()],
      /nested too deeply/,
    ],
    ['a reference to nothing', [...chars('{r'), ...u32(7)], /reference leads nowhere/],
    [
      'a tuple that holds itself',
      [...chars('{'), 0xa9, 1, ...chars('r'), ...u32(0)],
      /reference leads nowhere/,
    ],
    ['an unknown type', [...chars('{?')], /type "\?" is not known \(byte 1 of 2\)/],
    ['bytes after the end', [...dict(), 0, 0], /2 bytes follow/],
    ['a list', [...chars('['), ...u32(0)], /not a dict/],
    ['a function twice', dict([key('f'), row(dict())], [key('f'), row(dict())]), /listed twice/],
    ['a key that is no tuple', dict([text('f'), row(dict())]), /key of a function is malformed/],
    [
      'four numbers for a function',
      dict([key('f'), tuple(int(1), int(1), float(0), float(0))]),
      /entry of a function/,
    ],
    [
      'endless time',
      dict([key('f'), tuple(int(1), int(1), float(Infinity), float(0), dict())]),
      /time is malformed/,
    ],
    [
      'less than no calls',
      dict([key('f'), tuple(int(-1), int(1), float(0), float(0), dict())]),
      /number of calls/,
    ],
  ])('refuses %s', (_, bytes, message) => {
    expect(() => read(bytes)).toThrow(StropError);
    expect(() => read(bytes)).toThrow(message);
  });

  it('allocates nothing for sizes that a file only claims', () => {
    const bytes = Uint8Array.from([...chars('{['), ...u32(1 << 30)]);
    const before = process.memoryUsage();
    for (let turn = 0; turn < 20; turn += 1) expect(() => cprofile.read(bytes)).toThrow(StropError);
    const after = process.memoryUsage();
    expect(after.arrayBuffers - before.arrayBuffers).toBeLessThan(1 << 24);
    expect(after.heapTotal - before.heapTotal).toBeLessThan(1 << 27);
  });

  it('refuses one dict of callers shared by every function, which would grow by the square', () => {
    const count = 2000;
    const entry = tuple(int(1), int(1), float(0), float(0));
    const callers = dict(...Array.from({ length: count }, (_, index) => [key(`c${String(index)}`), entry]));
    callers[0] = 0xfb;
    const shared = [...chars('r'), ...u32(0)];
    const rows = Array.from({ length: count }, (_, index) => [
      key(`f${String(index)}`),
      row(index === 0 ? callers : shared),
    ]);
    expect(() => read(dict(...rows))).toThrow(/more callers than the file can hold/);
  });

  it('reads samples by line as lines, one frame for each function, without what launched the program', () => {
    const bytes = new Uint8Array(readFileSync(join(FIXTURES, 'sampled.pstats')));
    const profile = cprofile.read(bytes);
    if (profile.shape !== 'lines') throw new Error('these are samples');
    expect(profile.source?.tool).toBe('profiling.sampling');
    const dedupe = profile.frames.flatMap((frame, index) => (frame.name === 'dedupe' ? [index] : []));
    expect(dedupe).toHaveLength(1);
    const lines = profile.rows
      .filter((row) => row.frame === dedupe[0])
      .sort((a, b) => (b.self[1] ?? 0) - (a.self[1] ?? 0));
    expect(lines[0]?.line).toBe(32);
    expect(profile.frames.some((frame) => frame.file === '<frozen runpy>')).toBe(false);
    // The one sum that may be made: every sample has one innermost line.
    const sum = profile.rows.reduce((all, row) => all + (row.self[1] ?? 0), 0);
    expect(profile.source?.samples).toBe(500);
    // One was taken inside the launcher.
    expect(sum).toBe(499);
  });
});

describe('recognising cProfile statistics', () => {
  it('goes by content, and by name only where the content is too short to tell', () => {
    const says = (bytes: number[], name: string) => cprofile.recognises(Uint8Array.from(bytes), name);
    expect(says([0xfb, 0x29, 3], 'unknown')).toBe(true);
    expect(says(chars('{"a": 1}'), 'out.prof')).toBe(false);
    expect(says(chars('{0'), 'unknown')).toBe(true);
    expect(says([0xfb], 'out.prof')).toBe(true);
    expect(says([0xfb], 'out.json')).toBe(false);
  });
});
