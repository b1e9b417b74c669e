import { fakeHost } from '#host';
import { describe, expect, it } from 'vitest';
import { askTree, treeText } from './call-tree.ts';
import type { Context, Style } from './operation.ts';

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

const plain = (text: string): string => text;
const style: Style = { bold: plain, dim: plain, good: plain, bad: plain, warn: plain, width: 100 };

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

  it('names the whole command that goes on where a place is cut short, never a part of it', async () => {
    const deep = Array.from(
      { length: 20 },
      (_, at) => `f${String(at)} with a long name (/here/app.py:${String(at + 1)})`,
    );
    const host = fakeHost({ files: { '/here/my spy.raw': `${deep.join(';')} 5\n` } });
    const context: Context = { host, signal: new AbortController().signal, progress: () => undefined };
    const asked = { lines: 40, depth: 6, profile: ['my spy.raw'], about: 'time' as const };
    const result = await askTree(context, 'down', asked);
    const root = deep.slice(0, 6).map((one) => one.replace(/ \(.*/, ''));
    const command = `strop tree --profile 'my spy.raw' --about time --root '${root.join('/')}'`;
    expect(result.deeper).toBe(command);
    expect(treeText(result, { ...style, width: 60 })).toContain(`deeper: ${command}`);
    const callees = await askTree(context, 'down', {
      ...asked,
      name: 'f2 with a long name',
      command: 'callees',
    });
    expect(callees.deeper).toMatch(/^strop callees 'f2 with a long name' --profile/);
    await expect(askTree(context, 'down', { ...asked, root: root.join('/') })).resolves.toMatchObject({
      direction: 'down',
    });
  });
});
