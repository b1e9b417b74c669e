import { readFileSync } from 'node:fs';
import { it } from 'vitest';
import { profilers } from '#profilers';
import { readProfile } from '#readers';
import { summarise } from './summarise.ts';
import { profileText } from './text.ts';
it('shows', () => {
  const p = (t: string) => t;
  for (const f of (process.env['PROFS'] ?? '').split(',')) {
    const profile = readProfile(new Uint8Array(readFileSync(f)), f);
    const t = performance.now();
    const r = summarise(profile, { profiler: profilers[0]!, roots: { project: [process.env['ROOT'] ?? '/tmp/try'], stdlib: [], dependencies: [] }, workload: f, revision: undefined, loops: undefined, wallNs: undefined, bareNs: undefined }, { top: 15, sort: 'own' });
    console.log(performance.now() - t, JSON.stringify(r.hidden));
    console.log(profileText(r, { bold: p, dim: p, good: p, bad: p, warn: p, width: 100 }).join('\n'));
  }
});
