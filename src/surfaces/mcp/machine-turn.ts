import { rm } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import type { Server, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Ends a turn: the next who waits may measure. */
export type EndTurn = () => void;

/** Two programs that measure at once measure each other. This name is one for the whole machine. */
const NAME = 'strop-measures';

/** Longest text that is taken from who measures now. */
const MOST_WORDS = 200;

/** A local socket that only one process can listen on; the kernel frees it when that process ends, however it ends. */
export function turnAddress(name = NAME, platform = process.platform): string {
  if (platform === 'linux') return `\0${name}`;
  if (platform === 'win32') return `\\\\.\\pipe\\${name}`;
  return join(tmpdir(), `${name}.socket`);
}

/**
 * Waits until nobody else on this machine measures, and keeps the turn until the returned function is called. `waiting`
 * hears who measures now, in the words of the other. Rejects with the signal's reason when it aborts.
 */
export async function takeTurn(
  words: string,
  waiting: (words: string) => void,
  signal: AbortSignal,
  address = turnAddress(),
): Promise<EndTurn> {
  for (;;) {
    signal.throwIfAborted();
    const end = await listen(address, words);
    if (end !== undefined) return end;
    await waitForOther(address, waiting, signal);
  }
}

/** Undefined when somebody else has the address. */
function listen(address: string, words: string): Promise<EndTurn | undefined> {
  return new Promise((resolve, reject) => {
    const waiters = new Set<Socket>();
    const server: Server = createServer((socket) => {
      waiters.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => waiters.delete(socket));
      // Read to its end, so that a waiter who goes away is noticed.
      socket.resume();
      socket.write(words);
    });
    server.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') resolve(undefined);
      else reject(error);
    });
    server.listen({ path: address }, () => {
      // The turn alone keeps no process alive.
      server.unref();
      resolve(() => {
        server.close();
        for (const socket of waiters) socket.destroy();
      });
    });
  });
}

/** Resolves when the one who measures ended, or was never there. */
async function waitForOther(
  address: string,
  waiting: (words: string) => void,
  signal: AbortSignal,
): Promise<void> {
  const refused = await new Promise<boolean>((resolve, reject) => {
    const socket = connect({ path: address });
    let isRefused = false;
    const abort = (): void => {
      socket.destroy();
      reject(signal.reason as Error);
    };
    signal.addEventListener('abort', abort, { once: true });
    socket.once('data', (chunk: Buffer) => {
      waiting(plain(chunk.toString('utf8').slice(0, MOST_WORDS)));
    });
    socket.on('error', (error: NodeJS.ErrnoException) => {
      isRefused = error.code === 'ECONNREFUSED';
    });
    socket.on('close', () => {
      signal.removeEventListener('abort', abort);
      resolve(isRefused);
    });
  });
  // A file whose process is gone, where sockets are files.
  if (refused && address.startsWith('/')) await rm(address, { force: true });
}

/** Any process of this machine may have said it. */
function plain(words: string): string {
  return words.replace(/[\u0000-\u001f\u007f-\u009f]/g, ' ');
}
