import { describe, expect, it } from 'vitest';
import type { Ask, Question } from '../profiler.ts';
import { memray } from './profiler.ts';

const KIT = { python: '/py', folder: undefined, shims: '/shims', program: (name: string) => name };
const SCRIPT = { options: [], target: ['app.py'] };

function wordsFor(question: Question, deep = false): readonly string[] {
  const shared = { seconds: 1, rateHz: 250, native: false, functions: [], folder: '/out', project: '/p' };
  const ask: Ask = { ...shared, question, deep, version: [3, 13, 0] };
  return memray.command?.(ask, KIT, SCRIPT).argv ?? [];
}

describe('the command of memray', () => {
  it('keeps the file small where the question allows it: only the whole recording tells what was freed at once', () => {
    expect(wordsFor('memory')).toContain('--aggregate');
    expect(wordsFor('leaks')).toContain('--aggregate');
    expect(wordsFor('temporary')).not.toContain('--aggregate');
  });

  it('pays for small objects where they are asked for: they may leak, too', () => {
    expect(wordsFor('memory')).not.toContain('--trace-python-allocators');
    expect(wordsFor('memory', true)).toContain('--trace-python-allocators');
    expect(wordsFor('leaks')).toContain('--trace-python-allocators');
  });
});
