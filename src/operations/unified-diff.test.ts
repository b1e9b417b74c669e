import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { unifiedDiff } from './unified-diff.ts';

describe('a diff', () => {
  const lines = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i'];
  it.each([
    ['in the middle', lines, [...lines.slice(0, 5), 'new', ...lines.slice(5)]],
    ['at the start', lines, ['new', ...lines]],
    ['at the end', lines, [...lines, 'new', 'newer']],
    ['of a line', lines, lines.map((line) => (line === 'e' ? 'E' : line))],
    ['of a file of one line', ['a'], ['a', 'b']],
  ])('with a change %s can be applied by git', (_title, before, after) => {
    const folder = mkdtempSync(join(tmpdir(), 'strop-diff-'));
    try {
      const text = (all: readonly string[]): string => all.map((line) => `${line}\n`).join('');
      writeFileSync(join(folder, 'x.txt'), text(before));
      const diff = unifiedDiff('x.txt', text(before), text(after));
      execFileSync('git', ['apply', '-'], { cwd: folder, input: `${diff}\n` });
      expect(readFileSync(join(folder, 'x.txt'), 'utf8')).toBe(text(after));
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it('of equal texts is empty', () => {
    expect(unifiedDiff('x', 'a\n', 'a\n')).toBe('');
  });
});
