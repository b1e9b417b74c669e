import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { LineProfile } from '#profiles';
import { lprof } from './reader.ts';

const read = (bytes: Uint8Array): LineProfile => {
  const profile = lprof.read(bytes);
  if (profile.shape !== 'lines') throw new Error('line_profiler has no stacks');
  return profile;
};
const fixture = (name: string): LineProfile =>
  read(new Uint8Array(readFileSync(join(import.meta.dirname, 'fixtures', name))));

/** Pickles by hand: what no real tool would write. */
const chars = (text: string): number[] => Array.from(text, (char) => char.charCodeAt(0));
const text = (value: string): number[] => [0x8c, value.length, ...chars(value)];
const pickle = (...parts: number[][]): Uint8Array =>
  Uint8Array.from([0x80, 5, ...parts.flat(), ...chars('.')]);
const object = (module: string, name: string, state: number[]): number[] => [
  ...text(module),
  ...text(name),
  0x93,
  ...chars(')'),
  0x81,
  ...state,
  ...chars('b'),
];
const stats = (timings: number[]): Uint8Array =>
  pickle(
    object('line_profiler.line_profiler', 'LineStats', [
      ...chars('}('),
      ...text('timings'),
      ...timings,
      ...text('unit'),
      ...chars('G'),
      0x3e,
      0x11,
      0x2e,
      0x0b,
      0xe8,
      0x26,
      0xd6,
      0x95,
      ...chars('u'),
    ]),
  );

describe('reading line_profiler', () => {
  it('reads hits and times of each line, and warns of what the times hold', () => {
    const profile = fixture('shop.lprof');
    const row = (line: number) => profile.rows.find((each) => each.line === line);
    // The loop of dedupe runs once more than its body; one in five rows is kept.
    expect(row(32)?.hits).toBe((row(31)?.hits ?? 0) - (row(30)?.hits ?? 0));
    expect((row(34)?.hits ?? 0) * 5).toBe(row(32)?.hits);
    expect(profile.frames[row(32)?.frame ?? -1]).toMatchObject({ name: 'dedupe', line: 29 });
    expect(profile).toMatchObject({ charged: 'with-callees', doubts: [{ code: 'lines-overlap' }] });
  });

  it('says why nothing was counted', () => {
    expect(fixture('nothing-ran.lprof')).toMatchObject({
      rows: [],
      doubts: [
        { code: 'nothing-of-the-project-runs', text: expect.stringContaining('None of the 9 functions') },
      ],
    });
    expect(read(stats(chars('}'))).doubts[0]?.text).toMatch(/No function was named/);
  });

  it('keeps paths with commas apart', () => {
    const key = [...text('/a,b/c.py'), ...chars('K'), 3, ...text('f'), 0x87];
    expect(read(stats([...chars('}'), ...key, ...chars(']'), ...chars('s')])).frames[0]).toMatchObject({
      file: '/a,b/c.py',
    });
  });

  it.each<[string, Uint8Array, RegExp]>([
    ['another class', pickle(object('os', 'system', chars('}'))), /this pickle holds something else/],
    [
      'a call instead of an object',
      pickle([...chars('cposix\nsystem\n'), ...text('true'), 0x85, ...chars('R')]),
      /holds something else/,
    ],
    ['a text of 4 GB', pickle([...chars('X'), 255, 255, 255, 255]), /ends too early/],
    [
      'a list that is its own item',
      pickle([...chars(']'), 0x94, ...chars('h'), 0, ...chars('a')]),
      /something else/,
    ],
    ['an unknown operation', pickle([0xff]), /operation "ÿ" is not known/],
    ['two values', pickle(chars('NN')), /follows after the value/],
    ['a missing mark', pickle(chars('Nt')), /mark is missing/],
  ])('refuses %s and runs nothing', (_, bytes, message) => {
    expect(() => read(bytes)).toThrow(message);
  });

  it('refuses one list of lines shared by every function, which would grow by the square', () => {
    const line = [...chars('K'), 1, ...chars('K'), 1, ...chars('K'), 1, 0x87];
    const many = [...chars(']('), ...Array.from({ length: 200 }, () => line).flat(), ...chars('e'), 0x94];
    const keys = Array.from({ length: 200 }, (_, index) => [
      ...text('a'),
      ...chars('K'),
      1,
      ...text(String(index)),
      0x87,
    ]);
    const timings = [
      ...chars('}('),
      ...keys.flatMap((key, index) => [...key, ...(index === 0 ? many : [...chars('h'), 0])]),
      ...chars('u'),
    ];
    expect(() => read(stats(timings))).toThrow(/more lines than the file can hold/);
  });
});
