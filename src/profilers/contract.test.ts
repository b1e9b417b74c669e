import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { profilers } from '#profilers';
import type { Ask } from '#profilers';
import { readers } from '#readers';
import { toolNamed } from '#tools';

const folders = readdirSync(import.meta.dirname, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && entry.name !== 'testing')
  .map((entry) => entry.name);

describe('the list of profilers', () => {
  it('holds one profiler for each folder', () => {
    expect(profilers.map((profiler) => profiler.tool).sort()).toEqual(folders.sort());
  });

  it.each(profilers)('can run a workload by $tool in some way, and says for what', (profiler) => {
    const { around, command, watch, inject, benchmark } = profiler;
    expect([around, command, watch, inject, benchmark].some((way) => way !== undefined)).toBe(true);
    for (const standing of Object.values(profiler.answers)) expect(standing.why).not.toMatch(/\.$/);
    expect(Object.keys(profiler.answers)).not.toEqual([]);
    expect(profiler.distortion).toMatch(/\.$/);
    if (profiler.needs !== undefined) expect(toolNamed(profiler.needs).name).toBe(profiler.needs);
  });

  it.each(profilers)('never starts $tool as a screen that waits for a terminal', (profiler) => {
    const ask: Ask = {
      question: 'memory',
      seconds: 1,
      rateHz: 100,
      native: true,
      deep: true,
      functions: [],
      folder: '/out',
      project: '/project',
      version: [3, 15, 0],
    };
    const kit = { python: '/python', folder: '/tool', shims: '/shims', program: (name: string) => name };
    const launches = [
      profiler.command?.(ask, kit, { options: ['-X', 'dev'], target: ['app.py', '--live'] }),
      profiler.watch?.(ask, kit, 1),
      profiler.inject?.(ask, kit, 1).begin,
      profiler.convert?.(ask, kit, '/out/x'),
    ].filter((launch) => launch !== undefined);
    for (const { argv, output } of launches) {
      expect(argv.slice(0, -1)).not.toEqual(
        expect.arrayContaining([expect.stringMatching(/^(?:top|live|tree|--live.*|view|web)$/)]),
      );
      // Nothing may be left beside the code.
      expect(output).toMatch(/^\/out\//);
    }
  });

  it.each(profilers)('has a reader for what $tool writes', (profiler) => {
    expect(readers.map((reader) => reader.format)).toContain(profiler.format);
  });
});
