import { fakeHost } from '#host';
import { describe, expect, it } from 'vitest';
import { askTree } from './call-tree.ts';
import type { Context } from './operation.ts';

const MEMORY = JSON.stringify({
  $schema: 'https://www.speedscope.app/file-format-schema.json',
  shared: { frames: [{ name: 'build', file: 'app.py', line: 3 }] },
  profiles: [
    { type: 'sampled', name: 'm', unit: 'bytes', startValue: 0, endValue: 9, samples: [[0]], weights: [9] },
  ],
});

function stand(): Context {
  const host = fakeHost({
    files: {
      '/here/memory.json': MEMORY,
      '/here/spy.raw': 'main (/here/app.py:1) 5\n',
      '/here/profiles/a.raw': '',
    },
  });
  return { host, signal: new AbortController().signal, progress: () => undefined };
}

const ALL = { lines: 40, depth: 12 };

describe('asking who calls whom', () => {
  it('asks for what was recorded, time first, where nobody says it', async () => {
    const memory = await askTree(stand(), 'up', { ...ALL, name: 'build', profile: ['memory.json'] });
    expect(memory).toMatchObject({ question: 'memory', rows: [{ function: 'build', share: 1 }] });
    const time = await askTree(stand(), 'down', { ...ALL, profile: ['memory.json', 'spy.raw'] });
    expect(time).toMatchObject({ question: 'time' });
    const asked = askTree(stand(), 'down', { ...ALL, about: 'time', profile: ['memory.json'] });
    await expect(asked).rejects.toMatchObject({ facts: { problem: 'nothing about time was recorded' } });
  });

  it('says what to name instead of a folder', async () => {
    await expect(askTree(stand(), 'down', { ...ALL, profile: ['profiles/'] })).rejects.toMatchObject({
      code: 'bad-request',
      facts: { where: 'profiles/', remedy: 'Name the files in it: profiles/*.' },
    });
  });
});
