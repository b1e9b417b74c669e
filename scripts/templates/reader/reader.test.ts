import { describe, expect, it } from 'vitest';
import { exampleName } from './reader.ts';

describe('reading example-name', () => {
  it('puts the cost on the innermost frame', () => {
    const profile = exampleName.read(new TextEncoder().encode('example-name v1\n12 main;work\nend\n'));
    expect(profile).toMatchObject({
      frames: [{ name: 'main' }, { name: 'work' }],
      nodes: [
        { parent: -1, frame: 0, self: [0] },
        { parent: 0, frame: 1, self: [12] },
      ],
    });
  });
});
