import process from 'node:process';
import { StdioServerTransport, serveStdio } from '@modelcontextprotocol/server/stdio';
import type { Answers } from './caller.ts';
import { createServer } from './create-server.ts';
import type { Hub } from './hub.ts';

/** A served connection. */
export interface Served {
  /** Resolves when the client is gone. */
  readonly gone: Promise<void>;
  close(): Promise<void>;
}

/** Serves one client on stdin and stdout until it closes its end. */
export function serveOnStdio(hub: Hub, report: (text: string) => void): Served {
  const answers: Answers = new Map();
  const gone = new Promise<void>((resolve) => {
    for (const event of ['end', 'close', 'error'] as const) process.stdin.once(event, resolve);
    // A client that died is noticed here, too, when something else holds its end of stdin open.
    process.stdout.once('error', () => {
      resolve();
    });
  });
  const handle = serveStdio(() => createServer(hub, answers), {
    transport: new StdioServerTransport(),
    onerror: (error) => {
      report(error.message);
    },
  });
  return { gone, close: () => handle.close() };
}
