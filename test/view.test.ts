import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { findBrowser } from '../scripts/browser.mjs';
import { Browser } from './support/browser.ts';
import { survivors, until } from './support/processes.ts';
import type { Started } from './support/program.ts';
import { Stage, expectRefusal } from './support/stage.ts';

const READERS = fileURLToPath(new URL('../src/profiles/readers/', import.meta.url));
const STACKS = join(READERS, 'collapsed', 'fixtures', 'py-spy.raw');
const FLAT = join(READERS, 'cprofile', 'fixtures', 'cprofile-3.13.prof');
const LINES = join(READERS, 'scalene', 'fixtures', 'scalene.json');

let stage: Stage;

beforeEach(() => {
  stage = new Stage();
});

afterEach(() => {
  stage.close();
});

/** Starts `strop view` where there is no screen, and waits for the address. */
async function start(
  ...words: readonly string[]
): Promise<{ readonly view: Started; readonly address: string }> {
  const view = stage.start(['view', ...words], {
    env: { DISPLAY: undefined, WAYLAND_DISPLAY: undefined, BROWSER: undefined },
  });
  const address = await until('there is an address', () => /^http:\S+$/m.exec(view.told())?.[0]);
  return { view, address };
}

describe('strop view', () => {
  it('serves a page to whoever knows the address, says that there is no screen, and ends by Ctrl-C', async () => {
    const { view, address } = await start(STACKS);
    await until('it says how to see it', () => /by Ctrl-C/.exec(view.told()) ?? undefined);
    expect(view.told()).toContain('there is no screen here');
    const page = await fetch(address);
    expect(page.status).toBe(200);
    expect(await page.text()).toContain('speedscope');
    const profile: unknown = await (await fetch(`${address}profile.json`)).json();
    expect(profile).toMatchObject({ exporter: 'strop', name: 'py-spy.raw' });
    expect((await fetch(new URL('/', address))).status).toBe(404);
    view.child.kill('SIGINT');
    const ended = await view.ended;
    expect(ended.code).toBe(130);
    expect(ended.stdout).toMatch(/^showed .*py-spy\.raw as a flame graph; ended: stopped$/m);
    await expect(fetch(address)).rejects.toThrow();
    expect(await survivors(stage.home)).toEqual([]);
  });

  it('ends when nobody asks for anything, and tells programs what happened', async () => {
    const ended = await stage.strop(['view', FLAT, '--no-open', '--idle', '100ms', '--json']);
    expect(ended.code, ended.stderr).toBe(0);
    expect(JSON.parse(ended.stdout)).toMatchObject({
      kind: 'view',
      page: 'table',
      why: expect.stringContaining('no flame graph') as unknown,
      served: { browser: 'not-asked', ended: 'idle' },
    });
  });

  it('starts the browser of the user with the address', async () => {
    const note = join(stage.folder, 'note');
    const program = join(stage.folder, 'browser');
    writeFileSync(program, `#!/bin/sh\nprintf '%s' "$1" > '${note}'\n`, { mode: 0o755 });
    const view = stage.start(['view', STACKS], { env: { BROWSER: program } });
    const address = await until('the browser was called', () =>
      existsSync(note) ? readFileSync(note, 'utf8') || undefined : undefined,
    );
    expect(view.told()).toContain(address);
    view.child.kill('SIGTERM');
    expect((await view.ended).code).toBe(143);
  });

  it('writes files to send, and never over another file unasked', async () => {
    const html = join(stage.repo, 'py-spy.raw.html');
    expect(await stage.strop(['view', STACKS, '--print'])).toMatchObject({ code: 0 });
    // By this a step knows the page again.
    expect(readFileSync(html, 'utf8').slice(0, 4096)).toContain('name="generator" content="strop view"');
    expect(readFileSync(html, 'utf8')).not.toMatch(/(?:src|href)="(?!data:)/);
    writeFileSync(html, 'mine');
    expectRefusal(await stage.strop(['view', STACKS, '--print']), 'exists already', '--force');
    expect(readFileSync(html, 'utf8')).toBe('mine');
    expect(await stage.strop(['view', STACKS, '--print', '--force'])).toMatchObject({ code: 0 });
    expect(readFileSync(html, 'utf8')).toContain('<!doctype html>');
    expect(await stage.strop(['view', STACKS, '--out', 'a.json'])).toMatchObject({ code: 0 });
    expect(await stage.strop(['view', 'a.json', '--out', 'b.json'])).toMatchObject({ code: 0 });
    const [first, second] = ['a.json', 'b.json'].map((name) => readFileSync(join(stage.repo, name), 'utf8'));
    expect(second?.replace('"a.json"', '"py-spy.raw"')).toBe(first);
    // For other programs: what they read is what was recorded.
    const totals: ({ line: number; share: number } | undefined)[] = [];
    for (const name of [STACKS, 'a.json', 'a.pb.gz', 'a.collapsed']) {
      if (name !== STACKS && name !== 'a.json') {
        const written = await stage.strop(['view', STACKS, '--out', name]);
        expect(written.code, written.stderr).toBe(0);
        expect(written.stdout).toMatch(/as the format of (pprof|collapsed stacks)$/m);
      }
      const top = await stage.strop(['top', name, '--json']);
      totals.push((JSON.parse(top.stdout) as { lines: { line: number; share: number }[] }).lines[0]);
    }
    for (const top of totals) expect(top).toMatchObject({ line: totals[0]?.line, share: totals[0]?.share });
  });

  it('refuses what it cannot show or write', async () => {
    expectRefusal(await stage.strop(['view', 'none.prof']), 'no kept profile');
    expectRefusal(await stage.strop(['view', FLAT, '--out', 'a.json']), 'no stacks', '.html');
    expectRefusal(await stage.strop(['view', FLAT, '--out', 'a.svg']), '.html');
    expectRefusal(await stage.strop(['view', FLAT, '--tool', 'memray']), 'memray cannot show this file');
    stage.write({ 'text.txt': 'nothing of the kind\n', 'own.html': 'x' });
    expectRefusal(await stage.strop(['view', 'text.txt']), 'no profile');
    expectRefusal(
      await stage.strop(['view', 'own.html', '--out', 'own.html', '--force']),
      'the profile itself',
    );
    expect(existsSync(join(stage.repo, 'a.json'))).toBe(false);
  });
});

const found = findBrowser();
const missing = 'reason' in found ? found.reason : undefined;
if (missing !== undefined) console.warn(`pages are not tried in a browser: ${missing}`);

describe.skipIf(missing !== undefined)('in a browser', () => {
  let browser: Browser;

  beforeAll(async () => {
    browser = await Browser.start('path' in found ? found.path : '');
  });

  afterAll(() => browser.close());

  const isDrawn = `document.body?.innerText.includes('Left Heavy') && document.querySelectorAll('canvas').length > 0`;

  /** What the page asked of anybody but its own site. */
  function foreign(address: string): readonly string[] {
    return [...browser.requests.values()].filter(
      (url) => !url.startsWith(address) && !/^(data|blob|about):/.test(url),
    );
  }

  beforeEach(() => {
    browser.requests.clear();
    browser.errors.length = 0;
  });

  it('draws the flame graph without asking anybody else, and ends when the page is closed', async () => {
    const { view, address } = await start(STACKS, '--no-open');
    await browser.open(address, isDrawn);
    expect(await browser.evaluate('document.title')).toContain('py-spy.raw');
    expect(await browser.evaluate('location.hash')).toContain('view=left-heavy');
    // The frames are drawn on a canvas; their names as text are in another view.
    await browser.open('about:blank', 'true');
    const functions = `${isDrawn} && document.body.innerText.includes('_deepcopy_dict')`;
    await browser.open(`${address}#profileURL=profile.json&view=sandwich`, functions);
    expect(foreign(address)).toEqual([]);
    expect(browser.errors).toEqual([]);
    await browser.closePage();
    expect(await view.ended).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('page was closed') as unknown,
    });
  });

  it('shows a table of a profile without stacks, ordered by what one clicks', async () => {
    const { view, address } = await start(FLAT, '--no-open');
    await browser.open(address, `document.querySelectorAll('tbody tr').length > 5`);
    expect(await browser.evaluate('document.body.innerText')).toContain('it would be invented');
    const isOrderedBy = async (column: number): Promise<unknown> =>
      browser.evaluate(`(() => {
        const head = document.querySelectorAll('th')[${String(column)}];
        head.querySelector('button').click();
        const orders = [...document.querySelectorAll('tbody tr')].map((row) => Number(row.cells[head.cellIndex].dataset.order));
        return orders.every((value, index) => index === 0 || value <= orders[index - 1]);
      })()`);
    expect(await isOrderedBy(2)).toBe(true);
    expect(await isOrderedBy(5)).toBe(true);
    expect(await browser.evaluate(`document.querySelector('details').innerText`)).toBeTruthy();
    expect(foreign(address)).toEqual([]);
    expect(browser.errors).toEqual([]);
    await browser.closePage();
    expect(await view.ended).toMatchObject({ code: 0 });
  });

  it('opens files to send from disk, and they ask nobody for anything', async () => {
    for (const [profile, isReady] of [
      [STACKS, isDrawn],
      [FLAT, `document.querySelectorAll('tbody tr').length > 5`],
      [LINES, `document.querySelectorAll('tbody tr').length > 0`],
    ] as const) {
      const path = join(stage.repo, 'sent.html');
      expect(await stage.strop(['view', profile, '--out', path, '--force'])).toMatchObject({ code: 0 });
      browser.requests.clear();
      const address = pathToFileURL(path).href;
      await browser.open(address, isReady);
      expect(foreign(address)).toEqual([]);
    }
  });
});
