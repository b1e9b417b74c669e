import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { createHost } from '#host';
import type { OpenHost, ServedSite, Site } from '#host';
import { chooseOpener } from './serve-open.ts';

const stop = new Set<() => void>();
let host: OpenHost | undefined;

afterEach(async () => {
  for (const one of stop) one();
  stop.clear();
  await host?.close();
});

async function serve(more: Partial<Site> = {}): Promise<ServedSite & { readonly abort: () => void }> {
  const controller = new AbortController();
  const abort = (): void => {
    controller.abort();
  };
  stop.add(abort);
  host = createHost();
  const served = await host.pages.serve({
    files: new Map([
      ['index.html', { type: 'text/html; charset=utf-8', content: '<p>the page</p>' }],
      ['data.bin', { type: 'application/octet-stream', content: new Uint8Array([1, 2, 3]) }],
    ]),
    inlineScripts: false,
    idleMs: 600_000,
    goneMs: 600_000,
    signal: controller.signal,
    ...more,
  });
  return { ...served, abort };
}

interface Answer {
  readonly status: number | undefined;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: string;
}

function ask(
  address: string,
  path: string,
  options: { method?: string; host?: string } = {},
): Promise<Answer> {
  const { port } = new URL(address);
  return new Promise((resolve, reject) => {
    const asking = request(
      {
        host: '127.0.0.1',
        port,
        path,
        method: options.method ?? 'GET',
        ...(options.host === undefined ? {} : { headers: { host: options.host } }),
      },
      (response) => {
        let body = '';
        response.setEncoding('utf8').on('data', (text: string) => (body += text));
        response.on('end', () => {
          resolve({ status: response.statusCode, headers: response.headers, body });
        });
      },
    );
    asking.on('error', reject).end();
  });
}

/** Sends the very bytes and gives the first line of the answer. */
function askRaw(address: string, text: string): Promise<string> {
  const { port } = new URL(address);
  return new Promise((resolve, reject) => {
    let answer = '';
    const socket = connect(Number(port), '127.0.0.1', () => socket.end(text));
    socket.on('data', (bytes) => (answer += String(bytes)));
    socket.on('error', reject).on('close', () => {
      resolve(answer.split('\r\n')[0] ?? '');
    });
  });
}

/** Opens the connection by which a page says that it is there, and gives what closes it. */
async function openPage(address: string): Promise<() => void> {
  const response = await fetch(`${address}strop-alive`);
  expect(response.headers.get('content-type')).toBe('text/event-stream');
  return () => void response.body?.cancel();
}

describe('a served site', () => {
  it('shows its files and nothing else to whoever knows the token', async () => {
    const { address } = await serve();
    expect(address).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/[\w-]{32}\/$/);
    const path = new URL(address).pathname;
    expect(await ask(address, path)).toMatchObject({ status: 200, body: '<p>the page</p>' });
    expect((await ask(address, `${path}?x=1`)).status).toBe(200);
    expect(await ask(address, `${path}data.bin`)).toMatchObject({ status: 200, body: '\u0001\u0002\u0003' });
    expect(await ask(address, `${path}index.html`, { method: 'HEAD' })).toMatchObject({
      status: 200,
      body: '',
    });
    expect((await ask(address, `${path}strop-alive.js`)).body).toContain('EventSource');
    for (const wrong of [
      'none',
      '../package.json',
      '..%2f..%2fetc/passwd',
      '%2e%2e/x',
      '__proto__',
      'constructor',
    ])
      expect((await ask(address, path + wrong)).status, wrong).toBe(404);
  });

  it('refuses a wrong token, another host, another method, and a request in a strange form', async () => {
    const { address } = await serve();
    const { pathname: path, host: own, port } = new URL(address);
    const token = path.slice(1, -1);
    for (const wrong of [
      '/',
      '/index.html',
      `/${token.slice(0, -1)}/`,
      `/${token}x/`,
      `/x${path}`,
      `//${token}/`,
      `/${token}`,
    ])
      expect(await ask(address, wrong), wrong).toMatchObject({ status: 404, body: '' });
    for (const other of [
      'evil.example',
      `evil.example:${port}`,
      `localhost:${port}`,
      '127.0.0.1',
      `${own}.evil.example`,
    ])
      expect(await ask(address, path, { host: other }), other).toMatchObject({ status: 403, body: '' });
    for (const method of ['POST', 'OPTIONS', 'DELETE'])
      expect((await ask(address, path, { method })).status).toBe(405);
    expect(
      await askRaw(address, `GET ${path} HTTP/1.1\r\nHost: ${own}\r\nHost: evil.example\r\n\r\n`),
    ).not.toContain('200');
    expect(await askRaw(address, `GET ${path} HTTP/1.0\r\n\r\n`)).not.toContain('200');
    expect(await askRaw(address, `GET http://${own}${path} HTTP/1.1\r\nHost: ${own}\r\n\r\n`)).not.toContain(
      '200',
    );
    expect(
      await askRaw(address, `GET ${path} HTTP/1.1\r\nHost: ${own}\r\nConnection: close\r\n\r\n`),
    ).toContain('200');
  });

  it('lets no other origin read it and its pages reach nobody else', async () => {
    const { address } = await serve();
    const { headers } = await ask(address, new URL(address).pathname);
    expect(headers['access-control-allow-origin']).toBeUndefined();
    expect(headers).toMatchObject({
      'cross-origin-resource-policy': 'same-origin',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-store',
    });
    expect(headers['content-security-policy']).toMatch(
      /^default-src 'none'; script-src 'self' 'wasm-unsafe-eval';/,
    );
    expect(headers['content-security-policy']).toMatch(/frame-ancestors 'none'/);
  });

  it('has another token each time, also where chance is repeatable', async () => {
    const [one, two] = [await serve(), await serve()];
    expect(new URL(one.address).pathname).not.toBe(new URL(two.address).pathname);
  });

  it('ends when the last page of it is closed', async () => {
    const { address, ended } = await serve({ goneMs: 1 });
    const [close, closeOther] = [await openPage(address), await openPage(address)];
    close();
    // The other page is still there.
    expect((await ask(address, new URL(address).pathname)).status).toBe(200);
    closeOther();
    expect(await ended).toBe('page-closed');
    await expect(fetch(address)).rejects.toThrow();
  });

  it('stays when a page is loaded again', async () => {
    const { address, abort, ended } = await serve({ goneMs: 60_000 });
    (await openPage(address))();
    await openPage(address);
    abort();
    expect(await ended).toBe('stopped');
  });

  it('ends when nobody asks, when it is aborted, and when the host is closed', async () => {
    expect(await (await serve({ idleMs: 1 })).ended).toBe('idle');
    const aborted = await serve();
    await openPage(aborted.address);
    aborted.abort();
    expect(await aborted.ended).toBe('stopped');
    const closed = await serve();
    await host?.close();
    expect(await closed.ended).toBe('stopped');
  });
});

describe('opening a browser', () => {
  it('chooses a program by the system, and none where there is no screen', () => {
    expect(chooseOpener('http://x/', { DISPLAY: ':0' }, 'linux')).toEqual(['xdg-open', 'http://x/']);
    expect(chooseOpener('http://x/', { WAYLAND_DISPLAY: 'w' }, 'linux')).toEqual(['xdg-open', 'http://x/']);
    expect(chooseOpener('http://x/', { DISPLAY: '' }, 'linux')).toBeUndefined();
    expect(chooseOpener('http://x/', {}, 'darwin')).toEqual(['open', 'http://x/']);
    expect(chooseOpener('http://x/', {}, 'win32')?.[0]).toBe('rundll32');
    expect(chooseOpener('http://x/', { BROWSER: 'show' }, 'linux')).toEqual(['show', 'http://x/']);
    expect(chooseOpener('http://x/', { BROWSER: 'show %s:other' }, 'linux')).toBeUndefined();
  });

  it('starts the program with the address, and says when there is none', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'strop-open-'));
    try {
      const program = join(folder, 'browser');
      const note = join(folder, 'note');
      writeFileSync(program, `#!/bin/sh\nprintf '%s' "$1" > '${note}.new' && mv '${note}.new' '${note}'\n`);
      chmodSync(program, 0o755);
      host = createHost({ env: { ...process.env, BROWSER: program } });
      expect(await host.pages.open('http://127.0.0.1:1/a&b/')).toBe('opened');
      await expect.poll(() => read(note), { timeout: 20_000 }).toBe('http://127.0.0.1:1/a&b/');
      host = createHost({ env: { ...process.env, BROWSER: join(folder, 'none') } });
      expect(await host.pages.open('http://127.0.0.1:1/')).toBe('failed');
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
