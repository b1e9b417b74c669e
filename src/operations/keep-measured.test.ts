import { fakeHost } from '#host';
import { openHistory } from '#store';
import type { ComparisonDocument } from '#store';
import { describe, expect, it } from 'vitest';
import { isKept, keepMeasured } from './keep-measured.ts';

const document = {
  kind: 'comparison',
  version: 1,
  date: '2026-01-01T00:00:00.000Z',
  verdict: 'faster',
  doubts: [],
  samples: null,
} as unknown as ComparisonDocument;

describe('a measurement', () => {
  it('is kept with its samples', async () => {
    const { comparisons } = openHistory(fakeHost(), '/home/u/shop');
    const kept = await keepMeasured(comparisons, document, [{ pair: 1 }]);
    expect(await comparisons.names()).toEqual([kept.name]);
    expect(kept.document.samples).toContain('.samples.jsonl');
    expect(isKept(kept.document)).toBe(true);
  });

  it('is answered with a doubt where the disk refuses', async () => {
    const host = fakeHost();
    const history = openHistory(host, '/home/u/shop');
    await host.files.writeAtomically(`${history.folder}/comparisons`, 'a file in the way');
    const kept = await keepMeasured(history.comparisons, document, [{ pair: 1 }]);
    expect(kept).toMatchObject({ name: null, document: { verdict: 'faster', samples: null } });
    expect(kept.document.doubts.map(({ code }) => code)).toEqual(['not-kept']);
    expect(kept.document.doubts[0]?.text).toContain(history.folder);
    expect(isKept(kept.document)).toBe(false);
  });

  it('hides no other trouble', async () => {
    const broken = { save: () => Promise.reject(new TypeError('a bug')) };
    await expect(keepMeasured(broken, document)).rejects.toThrow('a bug');
  });
});
