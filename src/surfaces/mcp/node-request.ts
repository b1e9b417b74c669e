import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';

/**
 * A request of Node as the standard one that the protocol's library takes; undefined when its address is none. Aborts
 * with the signal.
 */
export function requestOf(incoming: IncomingMessage, signal: AbortSignal): Request | undefined {
  const address = `http://${incoming.headers.host ?? '127.0.0.1'}`;
  if (!URL.canParse(incoming.url ?? '/', address)) return undefined;
  const headers = new Headers();
  for (const [name, value] of Object.entries(incoming.headers)) {
    for (const each of Array.isArray(value) ? value : [value ?? '']) headers.append(name, each);
  }
  const method = incoming.method ?? 'GET';
  const hasBody = method !== 'GET' && method !== 'HEAD';
  return new Request(new URL(incoming.url ?? '/', address), {
    method,
    headers,
    signal,
    ...(hasBody ? { body: Readable.toWeb(incoming) as ReadableStream, duplex: 'half' } : {}),
  });
}

/** Sends what `serve` answers, piece by piece as it comes; its signal aborts when the client goes away before the end. */
export async function answerWith(
  outgoing: ServerResponse,
  serve: (signal: AbortSignal) => Promise<Response>,
): Promise<void> {
  const gone = new AbortController();
  outgoing.once('close', () => {
    if (!outgoing.writableFinished) gone.abort();
  });
  outgoing.on('error', () => undefined);
  const response = await serve(gone.signal).catch(() => new Response(null, { status: 400 }));
  if (outgoing.destroyed) {
    await response.body?.cancel();
    return;
  }
  outgoing.writeHead(response.status, Object.fromEntries(response.headers));
  outgoing.flushHeaders();
  const reader = (response.body as ReadableStream<Uint8Array> | null)?.getReader();
  if (reader !== undefined) {
    gone.signal.addEventListener('abort', () => void reader.cancel().catch(() => undefined), { once: true });
    try {
      for (;;) {
        const { done, value } = await reader.read();
        if (done) break;
        outgoing.write(value);
      }
    } catch {
      // The stream broke on this side: the connection ends with it.
    }
  }
  outgoing.end();
}
