import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { StropError } from '#base';
import type { ServedSite, Site, SiteEnd, SiteFile } from './host.ts';

const ADDRESS = '127.0.0.1';
const ALIVE_SCRIPT = 'strop-alive.js';
const ALIVE_STREAM = 'strop-alive';

/** The connection ends with the page, however that ends; when the server has gone the page must not ask for ever. */
const ALIVE: SiteFile = {
  type: 'text/javascript; charset=utf-8',
  content: `{
  const line = new EventSource('${ALIVE_STREAM}');
  line.onerror = () => line.close();
}
`,
};

/** See `Pages.serve`. */
export async function serveSite(site: Site): Promise<ServedSite> {
  // Not from the host's chance, which a seed can make repeatable.
  const token = randomBytes(24).toString('base64url');
  const server = createServer({ headersTimeout: 10_000, requestTimeout: 10_000, maxHeaderSize: 16_384 });
  const port = await listen(server);
  const ended = new Promise<SiteEnd>((resolve) => {
    watch(server, site, { token, host: `${ADDRESS}:${String(port)}` }, resolve);
  });
  return { address: `http://${ADDRESS}:${String(port)}/${token}/`, ended };
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => {
      reject(
        new StropError({
          code: 'disk',
          problem: `no port of ${ADDRESS} can be opened: ${error.message}`,
          remedy: 'Write a file instead: --print.',
        }),
      );
    });
    server.listen({ host: ADDRESS, port: 0, exclusive: true }, resolve);
  });
  const bound = server.address();
  if (bound === null || typeof bound === 'string') throw new Error('a TCP server without a port');
  return bound.port;
}

interface Secret {
  readonly token: string;
  /** What the Host header has to be. */
  readonly host: string;
}

/** Answers requests until one of the ends comes; the first one counts. */
function watch(server: Server, site: Site, secret: Secret, resolve: (end: SiteEnd) => void): void {
  const open = new Set<ServerResponse>();
  let idle: NodeJS.Timeout | undefined;
  let gone: NodeJS.Timeout | undefined;
  let isOver = false;
  const end = (why: SiteEnd): void => {
    isOver = true;
    clearTimeout(idle);
    clearTimeout(gone);
    site.signal.removeEventListener('abort', stop);
    server.close();
    server.closeAllConnections();
    resolve(why);
  };
  const stop = (): void => {
    end('stopped');
  };
  const asked = (): void => {
    clearTimeout(idle);
    clearTimeout(gone);
    idle = setTimeout(end, site.idleMs, 'idle');
  };
  const holdOpen = (response: ServerResponse): void => {
    response.writeHead(200, { ...headersOf(site), 'content-type': 'text/event-stream' });
    response.flushHeaders();
    open.add(response);
    response.once('close', () => {
      open.delete(response);
      if (open.size === 0 && !isOver) gone = setTimeout(end, site.goneMs, 'page-closed');
    });
  };
  server.on('request', (request, response) => {
    const name = nameOf(request, secret);
    if (typeof name === 'number') {
      // Nothing that helps to guess: a wrong token, a wrong host and a wrong name look the same but for the number.
      response.writeHead(name, { connection: 'close' }).end();
      return;
    }
    const file = name === ALIVE_SCRIPT ? ALIVE : site.files.get(name === '' ? 'index.html' : name);
    if (name !== ALIVE_STREAM && file === undefined) {
      response.writeHead(404, headersOf(site)).end();
      return;
    }
    asked();
    if (file !== undefined) send(request, response, site, file);
    else if (request.method === 'GET') holdOpen(response);
    else response.writeHead(405, headersOf(site)).end();
  });
  asked();
  site.signal.addEventListener('abort', stop);
  if (site.signal.aborted) stop();
}

/** The name of the file that is asked for, or the status with which the request is refused. */
function nameOf(request: IncomingMessage, { token, host }: Secret): string | number {
  const hosts = request.rawHeaders.filter(
    (_, index, raw) => index % 2 === 1 && /^host$/i.test(raw[index - 1] ?? ''),
  );
  // A page of another origin that made its own name point here sends that name.
  if (hosts.length !== 1 || hosts[0] !== host) return 403;
  if (request.method !== 'GET' && request.method !== 'HEAD') return 405;
  const [, given = '', name] = /^\/([^/?]*)\/([^/?]*)(?:\?.*)?$/.exec(request.url ?? '') ?? [];
  return isEqual(given, token) && name !== undefined ? name : 404;
}

/** Takes the same time wherever the texts differ. */
function isEqual(left: string, right: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(left), digest(right));
}

function send(
  request: IncomingMessage,
  response: ServerResponse,
  site: Site,
  { type, content }: SiteFile,
): void {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  response.writeHead(200, { ...headersOf(site), 'content-type': type, 'content-length': bytes.length });
  response.end(request.method === 'HEAD' ? undefined : bytes);
}

function headersOf({ inlineScripts }: Site): Record<string, string> {
  const policy = [
    "default-src 'none'",
    // WebAssembly reaches no farther than the scripts that start it; speedscope does so whatever the format.
    `script-src 'self' 'wasm-unsafe-eval'${inlineScripts ? " 'unsafe-inline' 'unsafe-eval'" : ''}`,
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "font-src 'self' data:",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ];
  return {
    'content-security-policy': policy.join('; '),
    // The token is in the address: it is not passed on, and nothing of the site is kept.
    'referrer-policy': 'no-referrer',
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
  };
}
