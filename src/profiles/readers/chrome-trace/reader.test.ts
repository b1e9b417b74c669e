import { describe, expect, it } from 'vitest';
import { dumpProfile } from '#profiles';
import { findReader } from '../index.ts';
import { chromeTrace } from './reader.ts';

const bytes = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));
const tree = (value: unknown): string[] =>
  dumpProfile(chromeTrace.read(bytes(value)))
    .trimEnd()
    .split('\n')
    .slice(1);
const at = { pid: 1, tid: 2 };

describe('reading Chrome traces', () => {
  it('gives the time between two events to the function that is open innermost', () => {
    const args = { filename: 'a.py', line: 4 };
    expect(
      tree([
        { ...at, ph: 'B', name: 'main', ts: 10, args },
        { ...at, ph: 'B', name: 'work', ts: 11, args: { filename: 'a.py', line: 7 } },
        { ...at, ph: 'E', name: 'work', ts: 14 },
        { ...at, ph: 'E', name: 'main', ts: 15 },
      ]),
    ).toEqual(
      ['[process 1 2] main a.py:? @4  2000', ' [process 1 2] work a.py:? @7  3000'].map((line) =>
        line.replace(' [process 1 2]', ''),
      ),
    );
  });

  it('nests complete events by their times, in whatever order they come, and counts calls', () => {
    const events = [
      { ...at, ph: 'X', name: 'work (/p/a.py:7)', ts: 11, dur: 2 },
      { ...at, ph: 'X', name: 'work (/p/a.py:7)', ts: 14, dur: 1 },
      { ...at, ph: 'X', name: 'main (/p/a.py:1)', ts: 10, dur: 10 },
      { ...at, ph: 'M', name: 'thread_name', args: { name: 'MainThread' } },
    ];
    expect(tree({ traceEvents: events })).toEqual([
      '[process 1 2 MainThread] main /p/a.py:1  7000 1',
      ' work /p/a.py:7  3000 2',
    ]);
  });

  it('cuts an event that reaches beyond its caller, so that no cost falls below zero', () => {
    const events = [
      { ...at, ph: 'X', name: 'a', ts: 0, dur: 10 },
      { ...at, ph: 'X', name: 'b', ts: 5, dur: 50 },
    ];
    expect(tree(events)).toEqual(['[process 1 2] a (native)  5000 1', ' b (native)  5000 1']);
  });

  it('nests complete events and those that begin and end into one another, in any order', () => {
    const events = [
      { ...at, ph: 'E', name: 'main', ts: 100 },
      { ...at, ph: 'X', name: 'a', ts: 10, dur: 50 },
      { ...at, ph: 'X', name: 'b', ts: 60, dur: 30 },
      { ...at, ph: 'B', name: 'main', ts: 0 },
    ];
    expect(tree(events)).toEqual([
      '[process 1 2] main (native)  20000 0',
      ' a (native)  50000 1',
      ' b (native)  30000 1',
    ]);
  });

  it('gives functions that never end the time up to the last event', () => {
    const events = [
      { ...at, ph: 'B', name: 'main', ts: 0 },
      { ...at, ph: 'B', name: 'work', ts: 4 },
      { ...at, ph: 'E', ts: 7 },
    ];
    expect(tree(events)).toEqual(['[process 1 2] main (native)  4000', ' work (native)  3000']);
  });

  it('is known by what stands before its events, however long that is', () => {
    const text = JSON.stringify({ otherData: { note: 'x'.repeat(5000) }, traceEvents: [] });
    expect(findReader(new TextEncoder().encode(text), 'x.json')?.format).toBe('chrome-trace');
  });

  it.each([
    ['metadata', { 'os-name': 'x'.repeat(5000) }],
    ['deviceProperties', [{ name: 'x'.repeat(5000) }]],
  ])('is known by %s before its events, which browsers and PyTorch write', (key, before) => {
    const text = JSON.stringify({ [key]: before, traceEvents: [] });
    expect(findReader(new TextEncoder().encode(text), 'x.json')?.format).toBe('chrome-trace');
  });

  it.each([',\n', ''])('reads events whose list ends with %j as the format allows, and says so', (end) => {
    const event = JSON.stringify({ ...at, ph: 'X', name: 'f', ts: 2, dur: 3 });
    const { doubts } = chromeTrace.read(new TextEncoder().encode(`[\n${event},\n${event}${end}`));
    expect(doubts.map(({ code }) => code)).toEqual(['trace-unfinished']);
  });

  it('says when functions end that never began', () => {
    const events = [
      { ...at, ph: 'E', ts: 1 },
      { ...at, ph: 'B', name: 'f', ts: 2 },
      { ...at, ph: 'E', ts: 3 },
    ];
    expect(tree(events)).toEqual([
      expect.stringMatching(/^doubt stacks-incomplete: 1 functions/),
      '[process 1 2] f (native)  1000',
    ]);
  });

  it.each([
    ['a time that is none', [{ ...at, ph: 'B', name: 'f', ts: '2' }], /time of an event/],
    ['an event that is none', [3], /event is malformed/],
    ['moments alone', [{ ...at, ph: 'i', name: 'f', ts: 2 }], /none of its events lasts/],
    ['an object without events', { other: [] }, /no trace events/],
  ])('refuses %s', (_, value, message) => {
    expect(() => tree(value)).toThrow(message);
  });
});
