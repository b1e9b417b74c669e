import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { quoteWord, shellCommand } from './shell-words.ts';

describe('words for a shell', () => {
  it.each(['tests/test_a.py::test_b', 'HEAD~1..HEAD', 'shop.cart:total', '--budget', 'größe'])(
    'stay as they are where that means the same: %s',
    (word) => {
      expect(quoteWord(word)).toBe(word);
    },
  );

  it.runIf(process.platform !== 'win32')('arrive as they were, whatever is in them', () => {
    const words = ['', "it's", 'a b', '$HOME', '`id`', '~', '~/x', 't.py::t[1-"x"]', 'a\nb', '*', 'HEAD^'];
    const line = shellCommand(['printf', String.raw`%s\0`, ...words]);
    expect(execFileSync('sh', ['-c', line], { encoding: 'utf8' }).split('\0').slice(0, -1)).toEqual(words);
  });
});
