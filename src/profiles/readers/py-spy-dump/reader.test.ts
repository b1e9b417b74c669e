import { describe, expect, it } from 'vitest';
import { dumpProfile } from '#profiles';
import { pySpyDump } from './reader.ts';

const read = (text: string) => pySpyDump.read(new TextEncoder().encode(text));
const HEAD = 'Process 7: python3 a.py --x\nPython v3.13.0 (/usr/bin/python3.13)\n\n';

describe('reading py-spy dump', () => {
  it('turns stacks outermost first and keeps what each thread was doing', () => {
    const text = `${HEAD}Thread 8 (active+gil): "Main; 1"\n    work (a.py:3)\n    main (a.py:9)\nThread 0x1F (idle)\n    memcpy (libc.so.6)\n`;
    expect(dumpProfile(read(text)).trimEnd().split('\n')).toEqual([
      'py-spy-dump: stacks of samples (count)',
      'tool py-spy',
      'pid 7',
      'command python3 a.py --x',
      'python 3.13.0',
      expect.stringContaining('doubt not-a-recording'),
      expect.stringContaining('doubt origins-guessed'),
      '[process 7 31 idle] memcpy (native)  1',
      '[process 7 8 Main; 1 active+gil] main a.py:? @9',
      ' work a.py:? @3  1',
    ]);
  });

  it('leaves local variables out, also such that look like frames', () => {
    const text = `${HEAD}Thread 8 (idle): "M"\n    work (a.py:3)\n        Locals:\n            f: "g (b.py:1)"\n`;
    expect(read(text).frames.map(({ name }) => name)).toEqual(['work']);
  });

  it('takes frames of compiled libraries for native', () => {
    const frame = { name: 'poll', filename: '/lib/libc.so.6', module: '/lib/libc.so.6', line: 0 };
    expect(read(JSON.stringify([{ owns_gil: false, frames: [frame] }])).frames).toEqual([
      { name: 'poll', origin: 'native' },
    ]);
  });

  it('keeps a thread without Python frames', () => {
    expect(read(`${HEAD}Thread 8 (idle)\n`).frames).toEqual([
      { name: '(no Python frame)', origin: 'native' },
    ]);
  });

  it('refuses what holds no thread or another text', () => {
    expect(() => read(HEAD)).toThrow(/no thread/);
    expect(() => read('[]')).toThrow(/no thread/);
    expect(() => read(`${HEAD}Traceback\n`)).toThrow(/not known: Traceback/);
    expect(() => read('[{"frames": 3}]')).toThrow(/frames of a thread/);
  });
});
