import { fakeHost } from '#host';
import { openHistory } from '#store';
import type { ComparisonDocument } from '#store';
import { describe, expect, it } from 'vitest';

const document: ComparisonDocument = {
  kind: 'comparison',
  version: 1,
  date: '2026-01-01T00:00:00.000Z',
  a: { revision: 'HEAD', commit: 'c', content: 't' },
  b: { revision: 'working tree', commit: 'c', content: 'u' },
  verdict: 'no difference',
  rule: { alpha: 0.01, margin: 0.01, budgetSeconds: 60 },
  python: { executable: 'python3', version: '3.12.1' },
  machine: { system: 's', cpu: 'c', cores: 2, load: null },
  seconds: 1,
  doubts: [],
  workloads: [],
  samples: null,
};

async function latestOf(content: string): Promise<unknown> {
  const host = fakeHost();
  const history = openHistory(host, '/home/u/shop');
  await history.comparisons.save(document, []);
  await host.files.writeAtomically(`${history.folder}/comparisons/99999999.json`, content);
  return history.comparisons.latest();
}

describe('the history', () => {
  it('keeps a comparison with its samples and finds the newest', async () => {
    const host = fakeHost();
    const history = openHistory(host, '/home/u/shop');
    expect(await history.comparisons.latest()).toBeUndefined();
    await history.comparisons.save(document, [{ pair: 1 }, { pair: 2 }]);
    const newer = await history.comparisons.save(
      { ...document, date: '2026-01-02T00:00:00.000Z', verdict: 'faster' },
      [],
    );
    expect(await history.comparisons.latest()).toEqual(newer.document);
    const samples = Object.entries(host.tree()).filter(([path]) => path.endsWith('.jsonl'));
    expect(samples.map(([, text]) => text)).toContain('{"pair":1}\n{"pair":2}\n');
  });

  it('keeps two projects of one name apart, whatever their path holds', () => {
    const host = fakeHost();
    const folders = ['/a/Über shop', '/b/Über shop'].map((root) => openHistory(host, root).folder);
    expect(new Set(folders).size).toBe(2);
  });

  it('names the file that was cut off, is something else, or is too new', async () => {
    await expect(latestOf('{"kind": "compar')).rejects.toMatchObject({
      code: 'store',
      facts: { where: expect.stringContaining('99999999.json') as string },
    });
    await expect(latestOf('{"kind": "other", "version": 1}')).rejects.toThrow(/holds no comparison/);
    await expect(latestOf('{"kind": "comparison", "version": 2}')).rejects.toThrow(/newer strop/);
    await expect(latestOf('{"kind": "comparison", "version": 1}')).rejects.toThrow(/has not its form/);
  });
});
