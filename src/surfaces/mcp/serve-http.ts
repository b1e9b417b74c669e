import { randomBytes, randomUUID, timingSafeEqual } from 'node:crypto';
import { createServer as createHttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { StropError } from '#base';
import {
  WebStandardStreamableHTTPServerTransport,
  createMcpHandler,
  hostHeaderValidationResponse,
  isLegacyRequest,
  localhostAllowedHostnames,
  localhostAllowedOrigins,
  originValidationResponse,
} from '@modelcontextprotocol/server';
import type { McpServer } from '@modelcontextprotocol/server';
import { answerWith, requestOf } from './node-request.ts';

/** A server that listens on the loopback interface. */
export interface Listening {
  /** `http://127.0.0.1:PORT/mcp`, for clients that send the token as a bearer. */
  readonly address: string;
  /** The same with the token in the path, for clients that cannot send headers. */
  readonly addressWithToken: string;
  readonly token: string;
  close(): Promise<void>;
}

const PATH = '/mcp';
const TOKEN_BYTES = 24;
/** Sessions of the older generation of the protocol at most; the one that is idle for longest is closed for a new one. */
const MOST_SESSIONS = 32;

/** A session of the older generation of the protocol. */
interface Session {
  readonly transport: WebStandardStreamableHTTPServerTransport;
  /** Requests whose answers are not whole yet. */
  calls: number;
}
/** Time for the last answers to leave. */
const LAST_WORDS_MS = 500;

/**
 * Serves any number of clients of this machine, each by a server of its own. Whoever does not know the token, or comes from a page of another origin,
 * gets nothing. The newer generation of the protocol has no sessions; the older ones have, and are kept here.
 */
export async function serveOnHttp(
  makeServer: () => Promise<McpServer>,
  options: { readonly port: number; readonly token?: string | undefined },
  report: (text: string) => void,
): Promise<Listening> {
  const token = options.token ?? randomBytes(TOKEN_BYTES).toString('hex');
  const onerror = (error: Error): void => {
    report(error.message);
  };
  const modern = createMcpHandler(makeServer, { legacy: 'reject', onerror });
  /** Those that were used last stand last. */
  const sessions = new Map<string, Session>();

  const answerIn = async (id: string, session: Session, request: Request): Promise<Response> => {
    sessions.delete(id);
    sessions.set(id, session);
    // The stream on which a client listens for news is no call: it stays open for as long as the client is there.
    if (request.method !== 'POST') return session.transport.handleRequest(request);
    session.calls += 1;
    return whenAnswered(await session.transport.handleRequest(request), () => (session.calls -= 1));
  };

  const serveLegacy = async (request: Request): Promise<Response> => {
    const given = request.headers.get('mcp-session-id') ?? '';
    const known = sessions.get(given);
    if (known !== undefined) return answerIn(given, known, request);
    if (request.headers.has('mcp-session-id'))
      return Response.json(
        { jsonrpc: '2.0', id: null, error: { code: -32001, message: 'no such session' } },
        { status: 404 },
      );
    const transport = new WebStandardStreamableHTTPServerTransport({
      sessionIdGenerator: () => randomUUID(),
      onsessioninitialized: (id) => void sessions.set(id, { transport, calls: 0 }),
      onsessionclosed: (id) => void sessions.delete(id),
    });
    if (sessions.size >= MOST_SESSIONS) {
      // A client that went away without a word is idle for longest; one that waits for an answer is not idle.
      const idle = [...sessions].find(([, { calls }]) => calls === 0);
      if (idle === undefined)
        return Response.json(
          {
            jsonrpc: '2.0',
            id: null,
            error: { code: -32000, message: 'all sessions are busy: try again later' },
          },
          { status: 503 },
        );
      sessions.delete(idle[0]);
      await idle[1].transport.close();
    }
    const server = await makeServer();
    await server.connect(transport);
    return transport.handleRequest(request);
  };

  const serve = async (request: Request): Promise<Response> => {
    const refused =
      hostHeaderValidationResponse(request, localhostAllowedHostnames()) ??
      originValidationResponse(request, localhostAllowedOrigins());
    if (refused !== undefined) return refused;
    if (!isKnown(request, token)) {
      return new Response('the token is missing or wrong\n', {
        status: 401,
        headers: { 'www-authenticate': 'Bearer' },
      });
    }
    return (await isLegacyRequest(request)) ? serveLegacy(request) : modern.fetch(request);
  };

  const http = createHttpServer((incoming, outgoing) => {
    void answerWith(outgoing, async (signal) => {
      try {
        const request = requestOf(incoming, signal);
        if (request === undefined)
          return new Response('the address or the Host header is wrong\n', { status: 400 });
        return await serve(request);
      } catch (error) {
        if (!signal.aborted) onerror(error instanceof Error ? error : new Error(String(error)));
        return new Response('strop itself failed\n', { status: 500 });
      }
    });
  });
  await new Promise<void>((resolve, reject) => {
    http.once('error', (error: NodeJS.ErrnoException) => {
      reject(
        new StropError({
          code: 'bad-request',
          problem: `this port cannot be listened on: ${error.code ?? error.message}`,
          where: `--port ${String(options.port)}`,
          remedy: 'Choose another port, or leave --port out for any free one.',
        }),
      );
    });
    http.listen(options.port, '127.0.0.1', resolve);
  });
  const { port } = http.address() as AddressInfo;
  const address = `http://127.0.0.1:${String(port)}${PATH}`;
  return {
    address,
    addressWithToken: `${address}/${token}`,
    token,
    async close() {
      const ended = new Promise<void>((resolve) => {
        http.close(() => {
          resolve();
        });
      });
      // Calls that just ended have their answers on the way; streams that wait for news would never end.
      const timer = setTimeout(() => {
        http.closeAllConnections();
      }, LAST_WORDS_MS);
      http.closeIdleConnections();
      await ended;
      clearTimeout(timer);
      await modern.close();
      for (const { transport } of sessions.values()) await transport.close();
    },
  };
}

/** The same answer; `done` is called once, when all of it was sent or its reader went away. */
function whenAnswered(response: Response, done: () => void): Response {
  const reader = (response.body as ReadableStream<Uint8Array> | null)?.getReader();
  if (reader === undefined) {
    done();
    return response;
  }
  let isDone = false;
  const finish = (): void => {
    if (!isDone) done();
    isDone = true;
  };
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const { done: isLast, value } = await reader.read();
        if (!isLast) {
          controller.enqueue(value);
          return;
        }
        controller.close();
      } catch (error) {
        controller.error(error);
      }
      finish();
    },
    async cancel(reason) {
      finish();
      await reader.cancel(reason);
    },
  });
  return new Response(body, { status: response.status, headers: response.headers });
}

/** By the header that clients send, or by the path. */
function isKnown(request: Request, token: string): boolean {
  const { pathname } = new URL(request.url);
  if (pathname === PATH) {
    const [, bearer = ''] = /^Bearer (\S+)$/i.exec(request.headers.get('authorization') ?? '') ?? [];
    return isSame(bearer, token);
  }
  return pathname.startsWith(`${PATH}/`) && isSame(pathname.slice(PATH.length + 1), token);
}

/** Takes the same time for every wrong token of the right length. */
function isSame(given: string, token: string): boolean {
  const [one, other] = [Buffer.from(given), Buffer.from(token)];
  return one.length === other.length && timingSafeEqual(one, other);
}
