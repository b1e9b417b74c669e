import { describe, expect, it } from 'vitest';
import type { History, ProfileDocument } from '#store';
import { firstDateSince, hotnessIn, latestWhole, wholeProfiles } from './whole-profiles.ts';

const TOTAL = [{ file: 'cart.py', name: 'total' }];

function profile(
  question: string | null,
  unit: 'ns' | 'bytes',
  own: number,
  workload = 'bench',
): ProfileDocument {
  const row = { function: 'total', qualname: 'total', module: 'cart', file: 'cart.py', line: 3, calls: null };
  const known = {
    question,
    workload,
    metric: { name: 'x', unit },
    total: 100,
    table: [{ ...row, origin: 'mine', self: own, inclusive: own, own, callers: [] }],
  };
  return known as unknown as ProfileDocument;
}

function historyOf(kept: Readonly<Record<string, ProfileDocument>>): Pick<History, 'profiles'> {
  const profiles = {
    names: () => Promise.resolve(Object.keys(kept)),
    get: (name: string) => Promise.resolve(kept[name]),
  };
  return { profiles: profiles as unknown as History['profiles'] };
}

describe('the first profile of a campaign', () => {
  it('is none that is older than the steps of the campaign before', async () => {
    const dated = (date: string, question: string | null = 'cpu'): ProfileDocument =>
      ({ date, question }) as unknown as ProfileDocument;
    const [old, young] = ['2026-01-01T10:00:00Z', '2026-01-03T10:00:00Z'];
    const history = historyOf({ '0': dated(old, null), '1': dated(old), '2': dated(young) });
    expect(await firstDateSince(history, undefined)).toBe(old);
    expect(await firstDateSince(history, '2026-01-02T10:00:00Z')).toBe(young);
    expect(await firstDateSince(history, young)).toBeNull();
    expect(await firstDateSince(historyOf({ '0': dated(old, null) }), undefined)).toBeNull();
  });
});

describe('how hot changed code was', () => {
  const hotnessOf = async (
    history: Pick<History, 'profiles'>,
    changed: typeof TOTAL,
    before?: string,
    workloads: readonly string[] = [],
  ) =>
    hotnessIn(
      await wholeProfiles(history, { changed: 'side B', ...(before === undefined ? {} : { before }) }),
      changed,
      workloads,
    );

  it('is not told by a profile of the changed code itself', async () => {
    const after = { ...profile('cpu', 'ns', 0), content: 'side B' };
    const history = historyOf({ '1': profile('cpu', 'ns', 70), '2': after });
    expect(await hotnessOf(history, TOTAL)).toMatchObject([{ share: 0.7 }]);
  });

  it('is told by the profile of what the step is measured with, not by a later one of something else', async () => {
    const history = historyOf({
      '1': profile('cpu', 'ns', 90, 'checkout'),
      '2': profile('cpu', 'ns', 60, 'checkout'),
      '3': profile('cpu', 'ns', 0, 'search'),
    });
    expect(await hotnessOf(history, TOTAL, undefined, ['checkout'])).toMatchObject([{ share: 0.6 }]);
    expect(await hotnessOf(history, TOTAL, undefined, ['search'])).toMatchObject([{ share: 0 }]);
    // Nothing was profiled that the step is measured with: whatever saw most of it.
    expect(await hotnessOf(history, TOTAL, undefined, ['other'])).toMatchObject([{ share: 0.6 }]);
  });

  it('is told by profiles that saw every function, not by one of chosen lines', async () => {
    const history = historyOf({
      '1-old': profile('cpu', 'ns', 10),
      '2-new': profile('cpu', 'ns', 40),
      '3-lines': profile('lines', 'ns', 0),
    });
    const [most] = await hotnessOf(history, TOTAL);
    expect(most).toMatchObject({ share: 0.4 });
    expect(most?.bound).toBeCloseTo(1 / 0.6);
    expect(await hotnessOf(history, TOTAL, '2-new')).toMatchObject([{ share: 0.1 }]);
  });

  it('is told by time and memory each in their own profile, dearest first', async () => {
    const history = historyOf({ '1': profile(null, 'ns', 0), '2': profile('memory', 'bytes', 70) });
    expect(await hotnessOf(history, TOTAL)).toMatchObject([{ share: 0.7 }, { share: 0, bound: 1 }]);
    expect((await latestWhole(history))?.metric.unit).toBe('ns');
  });

  it('is unknown without a profile', async () => {
    expect(await hotnessOf(historyOf({}), TOTAL)).toEqual([]);
  });
});
