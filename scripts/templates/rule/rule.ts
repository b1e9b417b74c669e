import type { Finding, Rule } from '../rule.ts';

/** Say here where the claim comes from. This one finds `sorted(...)[0]`, which `min` answers without sorting. */
export const exampleName: Rule = {
  id: 'example-name',
  title: 'sorting to take one end',
  why: 'sorted() orders everything, O(n log n), to keep one value; min() and max() look at each value once',
  source: 'https://docs.python.org/3/library/functions.html#min',
  find: findSorting,
};

function findSorting(source: string): readonly Finding[] {
  return source
    .split('\n')
    .flatMap((text, index) => (/\bsorted\([^)]*\)\[(?:0|-1)\]/.test(text) ? [{ line: index + 1 }] : []));
}
