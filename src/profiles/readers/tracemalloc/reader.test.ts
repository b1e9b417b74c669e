import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Profile } from '#profiles';
import { tracemalloc } from './reader.ts';

const fixture = (name: string): Profile =>
  tracemalloc.read(new Uint8Array(readFileSync(join(import.meta.dirname, 'fixtures', name))));

describe('reading tracemalloc', () => {
  it.each(['3.8', '3.13'])('gives rows of lines where %s kept one frame of each block', (version) => {
    const profile = fixture(`tracemalloc-${version}-1.pickle`);
    if (profile.shape !== 'lines') throw new Error('one frame is no stack');
    const row = profile.rows.find(
      ({ line, frame }) => line === 26 && profile.frames[frame]?.file?.endsWith('/shop.py') === true,
    );
    // Names and prices of the items live on in the rows that were kept.
    expect(row?.self[0]).toBeGreaterThan(500);
    expect(profile.frames.every(({ name }) => name === '(function not recorded)')).toBe(true);
  });

  it.each(['3.8', '3.13'])('gives stacks, outermost first, where %s kept several', (version) => {
    const profile = fixture(`tracemalloc-${version}-10.pickle`);
    if (profile.shape !== 'stacks') throw new Error('several frames are a stack');
    const roots = new Set(
      profile.nodes.filter(({ parent }) => parent < 0).map(({ frame }) => profile.frames[frame]?.file),
    );
    expect([...roots]).toEqual(expect.arrayContaining(['<string>']));
    const one = fixture(`tracemalloc-${version}-1.pickle`);
    const sum = (rows: readonly { readonly self: readonly number[] }[]) =>
      rows.reduce((all, { self }) => all + (self[1] ?? 0), 0);
    expect(sum(profile.nodes)).toBeGreaterThan(sum(one.shape === 'lines' ? one.rows : []) / 2);
  });
});
