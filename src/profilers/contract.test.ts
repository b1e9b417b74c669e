import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { profilers } from '#profilers';
import { readers } from '#readers';

const folders = readdirSync(import.meta.dirname, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && entry.name !== 'testing')
  .map((entry) => entry.name);

describe('the list of profilers', () => {
  it('holds one profiler for each folder', () => {
    expect(profilers.map((profiler) => profiler.tool).sort()).toEqual(folders.sort());
  });

  it.each(profilers)('has a reader for what $tool writes', (profiler) => {
    expect(readers.map((reader) => reader.format)).toContain(profiler.format);
  });
});
