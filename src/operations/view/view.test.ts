import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { fakeHost } from '#host';
import type { FakeOptions } from '#host';
import type { Context, Progress } from '../operation.ts';
import { view } from './run.ts';
import { input } from './schema.ts';
import { viewText } from './text.ts';

const READERS = fileURLToPath(new URL('../../profiles/readers/', import.meta.url));
const PLAIN = {
  bold: (text: string) => text,
  dim: (text: string) => text,
  good: (text: string) => text,
  bad: (text: string) => text,
  warn: (text: string) => text,
  width: 80,
};

function read(...path: readonly string[]): Uint8Array {
  return readFileSync(join(READERS, ...path));
}

function stand(options: FakeOptions = {}) {
  const host = fakeHost({
    ...options,
    files: {
      '/strop/dist/speedscope/speedscope-AB.js': 'viewer("</script>")',
      '/strop/dist/speedscope/speedscope-AB.css': '@font-face{src:url("./font.woff2")}',
      '/strop/dist/speedscope/font.woff2': 'font',
      '/strop/dist/speedscope/favicon-32x32-AB.png': 'icon',
      '/here/a.prof': read('cprofile', 'fixtures', 'cprofile-3.13.prof'),
      '/here/b.raw': 'main (/here/app.py:1);<b>&evil</script> (/here/app.py:2) 7\n',
      '/here/c.json': read('scalene', 'fixtures', 'scalene.json'),
      '/here/d.bin': 'memray\0rest',
      ...options.files,
    },
  });
  const told: Progress[] = [];
  const context: Context = {
    host,
    signal: new AbortController().signal,
    progress: (event) => told.push(event),
  };
  return { host, context, told };
}

describe('viewing a profile', () => {
  it('serves a flame graph with its files and nothing else', async () => {
    const { host, context, told } = stand();
    const result = await view(context, input.parse({ file: 'b.raw' }));
    expect(result).toMatchObject({
      page: 'flame-graph',
      why: null,
      served: { browser: 'opened', ended: 'page-closed' },
    });
    const [site] = host.served;
    expect([...(site?.files.keys() ?? [])].sort()).toEqual([
      'favicon-32x32-AB.png',
      'font.woff2',
      'index.html',
      'profile.json',
      'speedscope-AB.css',
      'speedscope-AB.js',
      'strop-start.js',
    ]);
    expect(site).toMatchObject({ inlineScripts: false, idleMs: 600_000 });
    const profile = Buffer.from(site?.files.get('profile.json')?.content ?? '').toString();
    expect(JSON.parse(profile)).toMatchObject({
      name: 'b.raw',
      shared: { frames: [{ file: 'app.py' }, { file: 'app.py' }] },
    });
    expect(host.opened).toEqual(['http://127.0.0.1:1/fake/']);
    expect(told.map(({ text }) => text)).toContain('http://127.0.0.1:1/fake/');
    expect(viewText(result, PLAIN)).toEqual([
      'showed b.raw as a flame graph; ended: the page was closed',
      expect.stringMatching(/^! Only 7 samples/),
    ]);
  });

  it('only tells the address when asked to, or when there is no screen', async () => {
    const quiet = stand();
    await view(quiet.context, input.parse({ file: 'b.raw', open: false }));
    expect(quiet.host.opened).toEqual([]);
    const dark = stand({ browser: 'no-display' });
    await view(dark.context, input.parse({ file: 'b.raw' }));
    expect(dark.told.map(({ text }) => text).join('\n')).toContain('there is no screen here');
  });

  it('shows profiles without stacks as a table and says why', async () => {
    const { host, context } = stand();
    const graph = await view(context, input.parse({ file: 'a.prof', out: 'a.html' }));
    expect(graph).toMatchObject({
      page: 'table',
      why: expect.stringContaining('who called whom') as unknown,
    });
    expect(host.tree()['/here/a.html']).toMatch(/<summary>deepcopy<\/summary>.*called by.*dedupe/);
    const lines = await view(context, input.parse({ file: 'c.json', out: 'c.html' }));
    expect(lines).toMatchObject({
      page: 'table',
      why: expect.stringContaining('a row for each line') as unknown,
    });
    expect(viewText(lines, PLAIN)[0]).toMatch(
      /^wrote c\.html \(.*\): c\.json as a table in one file, needs no network$/,
    );
  });

  it('writes one file in which names of functions stay text', async () => {
    const { host, context } = stand({
      files: { '/here/<i>.prof': read('cprofile', 'fixtures', 'cprofile-3.13.prof') },
    });
    await view(context, input.parse({ file: 'b.raw', print: true }));
    const html = host.tree()['/here/b.raw.html'] ?? '';
    expect(html).toContain('viewer("<\\/script>")');
    expect(html).toContain(`url("data:font/woff2;base64,${btoa('font')}")`);
    expect(html).not.toContain('evil');
    expect(html).toMatch(/http-equiv="Content-Security-Policy" content="default-src 'none'/);
    await view(context, input.parse({ file: '<i>.prof', out: 'i.html' }));
    const table = host.tree()['/here/i.html'] ?? '';
    expect(table).not.toContain('<i>');
    expect(table).toContain('&lt;built-in method');
  });

  it('asks memray itself for what only memray reads, and refuses others', async () => {
    const { context } = stand();
    await expect(view(context, input.parse({ file: 'd.bin' }))).rejects.toMatchObject({ code: 'no-python' });
    await expect(view(context, input.parse({ file: 'a.prof', tool: 'scalene' }))).rejects.toMatchObject({
      facts: { problem: 'scalene cannot show this file' },
    });
    await expect(view(context, input.parse({ file: 'a.prof', idle: 'soon' }))).rejects.toMatchObject({
      facts: { where: '--idle' },
    });
  });
});
