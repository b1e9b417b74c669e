import { describe, expect, it } from 'vitest';
import { addedTests, notedDoubts } from './gates.ts';

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

it('new tests are said to run on the new side, and not a new file that blocks the step', () => {
  const tests = { path: 'tests/test_new.py', kind: 'added', blocks: false } as const;
  const settings = { path: 'pytest.ini', kind: 'added', blocks: true } as const;
  expect(addedTests([settings])).toEqual([]);
  expect(addedTests([settings, tests]).map(({ text }) => text)).toEqual([
    'New tests or benchmarks, run on the new side: tests/test_new.py.',
  ]);
});
