import { describe, expect, it } from 'vitest';
import { dumpProfile } from '#profiles';
import { pyinstrument } from './reader.ts';

const read = (value: object) =>
  pyinstrument.read(new TextEncoder().encode(JSON.stringify({ sample_count: 500, duration: 0.5, ...value })));
const tree = (value: object): string[] =>
  dumpProfile({ ...read(value), source: {} })
    .trimEnd()
    .split('\n')
    .slice(1);
const frame = (name: string, time: number, children: object[] = []) => ({
  function: name,
  file_path: 'a.py',
  line_no: 3,
  time,
  children,
});

describe('reading pyinstrument', () => {
  it('takes the callees of a function off its time, and [self] for the function', () => {
    const self = { function: '[self]', file_path: null, line_no: null, time: 0.25, children: [] };
    expect(tree({ root_frame: frame('main', 1, [frame('work', 0.5), self]) })).toEqual([
      'main a.py:3  500000000',
      ' work a.py:3  500000000',
    ]);
  });

  it('never lets rounding make a cost negative', () => {
    expect(tree({ root_frame: frame('main', 0.1, [frame('work', 0.100001)]) })).toEqual([
      'main a.py:3',
      ' work a.py:3  100001000',
    ]);
  });

  it('reads the lines that ran out of a session and cuts what launched the program', () => {
    const own = [
      'Main\0<thread>\x001',
      'main\0/v/site-packages/pyinstrument/__main__.py\x0030\x01l41',
      '<module>\0<string>\x001\x01l1',
      'run_path\0<frozen runpy>\x001\x01l2',
    ];
    const records = [
      [[...own, '<module>\0a.py\x001\x01l9', 'as_row\0a.py\x0020\x01cItem\x01l21'], 0.5],
      [[...own, '<module>\0a.py\x001\x01l9', 'len\0<built-in>\x000'], 0.25],
      [own, 0.25],
    ];
    expect(tree({ frame_records: records })).toEqual([
      "doubt tool-frames-cut: 25 % of the cost was the profiler's own and is left out.",
      '<module> a.py:1 @9',
      ' as_row a.py:20 @21  500000000',
      ' len (native)  250000000',
    ]);
  });

  it('recognises a session of version 4.0, whose first key is the samples', () => {
    const records = [[['Main\0<thread>\x001', '<module>\0a.py\x001', 'work\0a.py\x003'], 0.5]];
    const file = JSON.stringify({ frame_records: records, start_time: 1, duration: 0.5, sample_count: 500 });
    const head = new TextEncoder().encode(file.slice(0, 40));
    expect(pyinstrument.recognises(head, 'a.pyisession')).toBe(true);
    expect(tree({ frame_records: records })).toEqual(['<module> a.py:1', ' work a.py:3  500000000']);
  });

  it('doubts few samples', () => {
    expect(read({ sample_count: 9, root_frame: frame('main', 1) }).doubts.map(({ code }) => code)).toEqual([
      'few-samples',
    ]);
  });

  it.each([
    ['a run without samples', { root_frame: null }, /took no sample/],
    ['a session without samples', { frame_records: [] }, /took no sample/],
    ['a time below zero', { root_frame: frame('main', -1) }, /time of a function/],
    ['a stack that is none', { frame_records: [['main', 1]] }, /a stack is malformed/],
  ])('refuses %s', (_, value, message) => {
    expect(() => read(value)).toThrow(message);
  });
});
