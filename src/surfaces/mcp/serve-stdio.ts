import process from 'node:process';
import { StdioServerTransport, serveStdio } from '@modelcontextprotocol/server/stdio';
import type { McpServer } from '@modelcontextprotocol/server';
import { refuseLines } from './refuse-lines.ts';

/** A served connection. */
export interface Served {
  /** Resolves when the client is gone, or its connection cannot go on. */
  readonly gone: Promise<void>;
  close(): Promise<void>;
}

/** Serves one client on stdin and stdout until it closes its end. */
export function serveOnStdio(makeServer: () => Promise<McpServer>, report: (text: string) => void): Served {
  const lines = refuseLines((line) => process.stdout.write(line));
  const transport = new StdioServerTransport(process.stdin.pipe(lines), process.stdout);
  const gone = new Promise<void>((resolve) => {
    // The transport closes itself at a message that is too long to be one, and reads on no more.
    const close = transport.close.bind(transport);
    transport.close = async () => {
      await close();
      process.stdin.unpipe(lines).pause();
      resolve();
    };
    for (const event of ['end', 'close', 'error'] as const) process.stdin.once(event, resolve);
    // A client that died is noticed here, too, when something else holds its end of stdin open.
    process.stdout.once('error', () => {
      resolve();
    });
  });
  const handle = serveStdio(makeServer, {
    transport,
    onerror: (error) => {
      report(error.message);
    },
  });
  return { gone, close: () => handle.close() };
}
