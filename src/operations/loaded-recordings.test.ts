import { fakeHost } from '#host';
import type { FakeHost } from '#host';
import { openHistory } from '#store';
import type { ProfileDocument } from '#store';
import { describe, expect, it } from 'vitest';
import { answerRecordings } from './answered.ts';
import { loadRecordings } from './loaded-recordings.ts';
import type { Context } from './operation.ts';
import { hashFiles } from './recorded-state.ts';

const APP = 'def work():\n    return 1\n';

function open(): { readonly context: Context; readonly host: FakeHost } {
  const host = fakeHost({
    files: { '/here/pyproject.toml': '[project]\nname = "app"\n', '/here/app.py': APP },
  });
  return { host, context: { host, signal: new AbortController().signal, progress: () => undefined } };
}

function bytesOf(weight: number): string {
  return JSON.stringify({
    $schema: 'https://www.speedscope.app/file-format-schema.json',
    shared: { frames: [{ name: 'work', file: '/here/app.py', line: 2 }] },
    profiles: [
      { type: 'sampled', unit: 'bytes', startValue: 0, endValue: 9, samples: [[0]], weights: [weight] },
    ],
  });
}

const WORKED = 'work (/here/app.py:2) 300\n';

/** Keeps a recording as `strop profile` does. */
async function keep(
  host: FakeHost,
  question: string,
  text: string,
  change: Partial<ProfileDocument> = {},
): Promise<string> {
  host.advance(1000);
  const date = host.clock.date();
  const history = openHistory(host, '/here');
  const isMemory = text.startsWith('{');
  const recording = await history.recordings.keep(
    date,
    isMemory ? 'a.speedscope.json' : 'a.raw',
    Buffer.from(text),
  );
  const { name } = await history.profiles.save({
    ...{ kind: 'profile', version: 1, date, project: '/here', tool: isMemory ? 'memray' : 'py-spy' },
    ...{ workload: 'app:work', command: null, revision: 'working tree', commit: null },
    ...{ python: null, machine: null, intervalNs: null, total: 1, calls: null, loops: 1, seconds: 1 },
    ...{ slowdown: null, sort: 'own', functions: [], table: [], left: 0, doubts: [] },
    content: (await hashFiles(host, '/here')) ?? null,
    metric: isMemory ? { name: 'allocated', unit: 'bytes' } : { name: 'samples', unit: 'count' },
    hidden: { functions: 0, share: 0, foreign: 0, unpaidShare: 0, harness: 0 },
    roots: { project: ['/here'], stdlib: [], dependencies: [] },
    ...{ question, recording },
    ...change,
  });
  return name;
}

describe('the newest kept recordings', () => {
  it('answer the newest question alone: a peak and a leak have no mean', async () => {
    const { host, context } = open();
    for (const [question, weight] of [
      ['memory', 900],
      ['leaks', 100],
      ['leaks', 100],
    ] as const)
      await keep(host, question, bytesOf(weight));
    const loaded = await loadRecordings(context, { profiles: [] });
    expect(loaded).toMatchObject({ asked: 'leaks', question: 'memory', repeats: true });
    const { sources, asked, question } = await answerRecordings(context, loaded, {});
    expect(sources).toMatchObject([{ recordings: 2, total: 100 }]);
    expect({ asked, question }).toEqual({ asked: 'leaks', question: 'memory' });
  });

  it.each(['wall', 'gil', 'native'])('are not pooled with those of %s', async (question) => {
    const { host, context } = open();
    for (const one of ['cpu', question, 'cpu', 'calls']) await keep(host, one, WORKED);
    expect((await loadRecordings(context, { profiles: [] })).recordings).toHaveLength(3);
    await keep(host, question, WORKED);
    const loaded = await loadRecordings(context, { profiles: [] });
    expect([loaded.recordings.length, loaded.asked]).toEqual([2, question]);
  });

  it('are those that know of what is asked, also where others are newer', async () => {
    const { host, context } = open();
    await keep(host, 'memory', bytesOf(900));
    await keep(host, 'cpu', WORKED);
    const { recordings, asked } = await loadRecordings(context, { profiles: [], about: ['memory'] });
    expect([recordings.length, asked]).toEqual([1, 'memory']);
    const both = await loadRecordings(context, { profiles: [], about: ['time', 'memory'] });
    expect(both.recordings).toHaveLength(2);
    expect(both.asked).toBeNull();
  });

  it('stay apart where they are named together', async () => {
    const { host, context } = open();
    const names = [await keep(host, 'memory', bytesOf(900)), await keep(host, 'leaks', bytesOf(100))];
    const found = await answerRecordings(context, await loadRecordings(context, { profiles: names }), {});
    expect(found.sources.map(({ total }) => total)).toEqual([900, 100]);
    expect(found.deeper?.profiles).toEqual(names);
  });

  it('are pooled without git as long as the code is the same, and doubted and without text when it is not', async () => {
    const { host, context } = open();
    await keep(host, 'cpu', WORKED);
    await keep(host, 'cpu', WORKED);
    const now = await answerRecordings(context, await loadRecordings(context, { profiles: [] }), {});
    expect(now.sources[0]?.recordings).toBe(2);
    expect(now.lines[0]?.code).toBe('return 1');
    await host.files.writeAtomically('/here/app.py', `import os\n\n${APP}`);
    const later = await answerRecordings(context, await loadRecordings(context, { profiles: [] }), {});
    expect(later.lines[0]?.code).toBeNull();
    expect(later.doubts.map(({ code }) => code)).toContain('recorded-before-change');
    await keep(host, 'cpu', WORKED);
    expect((await loadRecordings(context, { profiles: [] })).recordings).toHaveLength(1);
  });

  it('promise no pooling where nobody can tell whether the code is the same', async () => {
    const { host, context } = open();
    await keep(host, 'cpu', WORKED, { content: null });
    await keep(host, 'cpu', WORKED, { content: null });
    const found = await answerRecordings(context, await loadRecordings(context, { profiles: [] }), {});
    const doubt = found.doubts.find(({ code }) => code === 'one-recording');
    expect(doubt?.text).toMatch(/name all recordings/);
  });
});
