import { describe, expect, it } from 'vitest';
import { dumpProfile } from '#profiles';
import { memray } from './reader.ts';

const HEADER = 'allocator,num_allocations,size,tid,thread_name,stack_trace\r\n';
const read = (text: string) => memray.read(new TextEncoder().encode(text));
const tree = (text: string) =>
  dumpProfile({ ...read(HEADER + text), source: {} })
    .trimEnd()
    .split('\n')
    .slice(1);

describe('reading memray', () => {
  it('turns stacks outermost first, with bytes and allocations', () => {
    expect(
      tree('MALLOC,3,120,1,MainThread,work;a.py;7|main;a.py;9\r\nMALLOC,1,5,1,MainThread,main;a.py;9\r\n'),
    ).toEqual(['[1 MainThread] main a.py:? @9  5 1', ' work a.py:? @7  120 3']);
  });

  it('reads names with commas, quotes, bars and semicolons', () => {
    expect(tree('MALLOC,1,5,1,"a ""b"", c","f;/x|y;z/a.py;7"\r\n')).toEqual([
      '[1 a "b", c] f /x|y;z/a.py:? @7  5 1',
    ]);
  });

  it('cuts memray itself off and says what it took', () => {
    const own = 'run_path;<frozen runpy>;280|_run_tracker;/v/site-packages/memray/commands/run.py;83';
    expect(tree(`M,1,50,1,,${own}\r\nM,1,50,1,,main;a.py;9|${own}\r\n`)).toEqual([
      "doubt tool-frames-cut: 50 % of the cost was the profiler's own and is left out.",
      '[1] main a.py:? @9  50 1',
    ]);
  });

  it('keeps allocations without a stack, and compiled frames without a file', () => {
    expect(tree('M,1,5,1,,\r\nM,1,6,1,,PyList_New;Objects/listobject.c;7\r\n')).toEqual([
      '[1] (no Python frame) (native)  5 1',
      '[1] PyList_New (native)  6 1',
    ]);
  });

  it('says when the last row does not end', () => {
    expect(tree('M,1,5,1,,f;a.py;1')).toContain(
      'doubt file-cut-off: The last line does not end: the file may be cut off.',
    );
  });

  it.each([
    ['a row that is too short', 'M,1,5\r\n', /3 columns/],
    ['a size that is none', 'M,1,big,1,,f;a.py;1\r\n', /no number of bytes/],
    ['a frame without a line', 'M,1,5,1,,f;a.py\r\n', /this is no frame/],
    ['a quote that stays open', 'M,1,5,1,"x\r\n', /does not end/],
  ])('refuses %s', (_, text, message) => {
    expect(() => read(HEADER + text)).toThrow(message);
  });

  it('reads the largest places of stats, and says that others are not listed and small objects not seen', () => {
    const stats = {
      total_num_allocations: 9,
      total_bytes_allocated: 99,
      allocation_size_histogram: [],
      top_allocations_by_size: [{ location: 'f:C:\\p\\a.py:3', size: 70 }],
      top_allocations_by_count: [{ location: 'f:C:\\p\\a.py:4', count: 5 }],
      metadata: { trace_python_allocators: false, peak_memory: 80 },
    };
    const profile = read(JSON.stringify(stats));
    expect(profile).toMatchObject({
      frames: [{ name: 'f', file: 'C:\\p\\a.py' }],
      rows: [
        { line: 3, self: [70, 0] },
        { line: 4, self: [0, 5] },
      ],
      source: { peakBytes: 80 },
    });
    expect(profile.doubts.map(({ code }) => code)).toEqual(['only-largest-listed', 'stacks-incomplete']);
  });
});
