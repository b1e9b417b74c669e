import { expect, it } from 'vitest';
import { cutFindings } from './gate.ts';

it('findings that are cut twice still add up', () => {
  const all = Array.from({ length: 114 }, (_, index) => `test ${String(index)}`);
  const once = cutFindings(all, 20);
  expect(once).toHaveLength(21);
  expect(once.at(-1)).toBe('and 94 more');
  expect(cutFindings(once, 8)).toEqual([...all.slice(0, 8), 'and 106 more']);
  expect(cutFindings(once, 30)).toEqual(once);
  expect(cutFindings(all.slice(0, 8), 8)).toEqual(all.slice(0, 8));
});
