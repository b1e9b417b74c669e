import { describe, expect, it } from 'vitest';
import { suggestWord } from '#base';
import { parseDuration, parseShare } from '#project';

describe('quantities that people write', () => {
  it('reads durations with and without a unit', () => {
    expect(['60s', '60', '1.5 min', '2m30s', '250ms', '1 h'].map(parseDuration)).toEqual([
      60e9, 60e9, 90e9, 150e9, 250e6, 3600e9,
    ]);
  });

  it('refuses what is no positive duration', () => {
    expect(['', '0', '-1s', '5 parsecs', '1s x', 's', '0ms'].map(parseDuration)).toEqual(
      Array(7).fill(undefined),
    );
  });

  it('reads shares as percent or as a fraction, and refuses a bare number of 1 or more', () => {
    expect(['1%', '0.5 %', '0.01', '.02', '0'].map(parseShare)).toEqual([0.01, 0.005, 0.01, 0.02, 0]);
    expect(['1', '5', '100%', '-1%', 'x', ''].map(parseShare)).toEqual(Array(6).fill(undefined));
  });
});

describe('the suggestion for an unknown word', () => {
  it('is the nearest known word', () => {
    const known = ['budget', 'margin', 'source-roots', 'fpr'];
    expect(['bugdet', 'margins', 'source_roots', 'frp'].map((word) => suggestWord(word, known))).toEqual([
      'budget',
      'margin',
      'source-roots',
      'fpr',
    ]);
  });

  it('is nothing when no word is near', () => {
    expect(suggestWord('colour', ['budget', 'margin', 'fpr'])).toBeUndefined();
  });
});
