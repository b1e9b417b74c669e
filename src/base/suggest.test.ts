import { expect, it } from 'vitest';
import { suggestWord } from '#base';

it('finds the word that was meant, and none when nothing is near', () => {
  const known = ['compare', 'inspect', 'scaffold', 'profile', 'log'];
  expect(
    ['comapre', 'Compare', 'inspct', 'profiles', 'scaf', 'lgo'].map((word) => suggestWord(word, known)),
  ).toEqual(['compare', 'compare', 'inspect', 'profile', 'scaffold', 'log']);
  expect(['frobnicate', 'x', ''].map((word) => suggestWord(word, known))).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
});
