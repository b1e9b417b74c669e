import { describe, expect, it } from 'vitest';
import { dumpProfile } from '#profiles';
import { perf } from './reader.ts';

const read = (text: string) => perf.read(new TextEncoder().encode(text));
const tree = (text: string): string[] =>
  dumpProfile({ ...read(text), doubts: [], source: {} })
    .trimEnd()
    .split('\n');
const sample = (head: string, ...frames: string[]): string =>
  `${head}\n${frames.map((frame) => `\t    7f00 ${frame}\n`).join('')}\n`;

describe('reading perf script', () => {
  it('reads stacks outermost first, with the functions that CPython names', () => {
    const text = sample(
      'python3  7/8 [001] 12.5:   1000 cpu-clock:ppp: ',
      'memcpy+0x1f (/lib/libc.so.6)',
      'py::work:/p/a.py+0x5 (/tmp/perf-7.map)',
      'main (inlined)',
    );
    expect(tree(text + text)).toEqual([
      'perf: stacks of samples (count), cpu (ns)',
      '[process 7 8 python3] main (native)',
      ' work /p/a.py:?',
      '  memcpy (native)  2 2000',
    ]);
  });

  it('reads samples without a time, and with a line of the source below each frame', () => {
    const frames = ['_PyEval+0x1 (python)\n  ceval.c:1234', 'py::work:/p/a.py+0x5 (x)\n  python[60f2]'];
    const text = sample('python3 7 cycles: ', ...frames);
    expect(perf.recognises(new TextEncoder().encode(text), 'out.txt')).toBe(true);
    expect(tree(text).slice(1)).toEqual(['[7 python3] work /p/a.py:?', ' _PyEval (native)  1 1']);
  });

  it('counts samples only where periods are of several events', () => {
    const text = sample('my prog 7 1.0: 5 cycles: ', 'f (x)') + sample('my prog 7 1.0: 9 faults: ', 'f (x)');
    expect(tree(text)).toEqual(['perf: stacks of samples (count)', '[7 my prog] f (native)  2']);
  });

  it('says when no Python function is named', () => {
    const doubts = (frame: string) =>
      read(sample('p 7 1.0: 5 cycles: ', frame)).doubts.map(({ code }) => code);
    expect(doubts('_PyEval_EvalFrameDefault+0x1 (python)')).toEqual(['few-samples', 'stacks-incomplete']);
    expect(doubts('py::f:/p/a.py (x)')).toEqual(['few-samples']);
  });

  it('refuses other text', () => {
    expect(() => read('hello\n')).toThrow(/no sample: hello/);
    expect(() => read('# only comments\n')).toThrow(/no sample in it/);
    expect(() => read('p 7 1.0: 5 cycles: \n\t no address\n')).toThrow(/no frame/);
  });
});
