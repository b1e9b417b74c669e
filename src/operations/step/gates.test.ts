import { describe, expect, it } from 'vitest';
import { notedDoubts } from './gates.ts';

describe('the notes of the API gate', () => {
  it('are doubts of the step, one each, and a count of those that are too many', () => {
    expect(notedDoubts(['pkg.f keeps its results now'])).toEqual([
      { code: 'api-noted', text: 'pkg.f keeps its results now.' },
    ]);
    const many = notedDoubts(['a', 'b', 'c', 'd', 'e', 'f', 'g']);
    expect(many).toHaveLength(6);
    expect(many.at(-1)?.text).toBe('2 more notes on the public API.');
  });
});
