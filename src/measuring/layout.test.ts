import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { findPythons } from '../../scripts/pythons.mjs';

const SHIMS = fileURLToPath(new URL('../../python', import.meta.url));

/** Where new objects come to lie within a page, once places that were free before are filled, and what was put before them. */
const SCENE = `
import json, sys
sys.path.insert(0, sys.argv[1])
from _strop import layout
layout.shuffle()
made = [[bytes(length) for _ in range(300)] for length in (10, 60, 100, 200, 400, 3000)]
print(json.dumps({
    "places": [id(each[-1]) % 4096 for each in made],
    "bytes": sum(map(sys.getsizeof, layout._held)),
}))
`;

describe.each(findPythons())('the layout of a worker, on Python $version', ({ python }) => {
  it('differs from process to process in each size of objects, and takes little memory', () => {
    const runs = Array.from({ length: 8 }, () => {
      const { stdout, stderr } = spawnSync(python, ['-I', '-B', '-c', SCENE, SHIMS], { encoding: 'utf8' });
      expect(stderr).toBe('');
      return JSON.parse(stdout) as { places: number[]; bytes: number };
    });
    for (const index of runs[0]?.places.keys() ?? [])
      expect(new Set(runs.map(({ places }) => places[index])).size, String(index)).toBeGreaterThan(1);
    for (const { bytes } of runs) expect(bytes).toBeLessThan(600_000);
  });
});
