import { describe, expect, it } from 'vitest';
import type { Profile } from '#profiles';
import { readers } from '#readers';
import { exampleName } from './profiler.ts';

const empty: Profile = {
  format: exampleName.format,
  shape: 'stacks',
  metrics: [{ name: 'wall', unit: 'ns' }],
  frames: [],
  nodes: [],
  doubts: [],
};

describe('example-name', () => {
  it('writes a format that strop reads', () => {
    expect(readers.map((reader) => reader.format)).toContain(exampleName.format);
  });

  it('takes nothing out of an empty profile', () => {
    const { profile, removed } = exampleName.clean(empty, {
      roots: { project: [], dependencies: [], stdlib: [] },
    });
    expect(profile).toEqual(empty);
    expect(removed).toEqual({ functions: 0, self: [0] });
    expect(exampleName.doubt(profile)).toEqual([]);
  });
});
