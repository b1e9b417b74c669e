import { fakeHost } from '#host';
import { KEPT_RECORDINGS, openHistory } from '#store';
import { describe, expect, it } from 'vitest';

describe('the recordings of a project', () => {
  it('are kept as they were, under a name that still tells the format', async () => {
    const host = fakeHost();
    const { recordings } = openHistory(host, '/home/u/shop');
    const path = await recordings.keep('2026-01-01T00:00:00.000Z', '/tmp/run/my work.prof', Buffer.from('x'));
    expect(path).toMatch(/\/recordings\/20260101T000000000Z-[^/]*-my_work\.prof$/);
    expect(await host.files.readText(path)).toBe('x');
  });

  it('are the newest ones only', async () => {
    const host = fakeHost();
    const { recordings, folder } = openHistory(host, '/home/u/shop');
    const paths: string[] = [];
    for (let day = 1; day <= KEPT_RECORDINGS + 2; day += 1) {
      const date = `2026-01-${String(day).padStart(2, '0')}T00:00:00.000Z`;
      paths.push(await recordings.keep(date, 'a.raw', Buffer.from('x')));
    }
    const left = (await host.files.list(`${folder}/recordings`)).map(({ name }) => name);
    expect(left).toEqual(paths.slice(2).map((path) => path.replace(/^.*\//, '')));
  });
});
