import { StropError } from '#base';
import type { StepDocument } from '#store';
import { describe, expect, it } from 'vitest';
import { requireOneChange } from './request.ts';

const A = { revision: 'HEAD', commit: 'c', content: 'x' };
const accepted = {
  outcome: 'accepted',
  title: 'Closed form',
  a: A,
  files: [
    { path: 'one.py', blob: '1' },
    { path: 'two.py', blob: '2' },
  ],
} as unknown as StepDocument;

const problemOf = (files: StepDocument['files']): string => {
  try {
    requireOneChange([accepted], A, files);
  } catch (error) {
    if (error instanceof StropError) return error.facts.problem;
    throw error;
  }
  return '';
};

describe('a change after an accepted step that is not committed', () => {
  it('is refused while the files of that one are as they were accepted', () => {
    expect(problemOf(accepted.files)).toContain('accepted already');
    expect(problemOf([{ path: 'one.py', blob: '1' }])).toContain('not committed yet');
    expect(problemOf([...accepted.files, { path: 'three.py', blob: '3' }])).toContain('not committed yet');
  });

  it('is judged where that one was withdrawn', () => {
    expect(requireOneChange([{ ...accepted, outcome: 'withdrawn' }], A, accepted.files)).toEqual([]);
  });

  it('is judged once it was taken back, with a doubt where the same file is changed', () => {
    expect(requireOneChange([accepted], A, [{ path: 'three.py', blob: '3' }])).toEqual([]);
    const doubts = requireOneChange([accepted], A, [{ path: 'one.py', blob: 'other' }]);
    expect(doubts.map(({ code }) => code)).toEqual(['accepted-not-committed']);
    expect(doubts[0]?.text).toContain('changed one.py, too');
  });
});
