import process from 'node:process';
import { isatty } from 'node:tty';

/** Where text goes: the part of a Node stream that the command line needs. */
export interface Output {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
  write(text: string, done?: (error?: Error | null) => void): boolean;
  on(event: 'error', listener: (error: NodeJS.ErrnoException) => void): unknown;
}

/** The signals by which a user or a supervisor stops strop. */
export type StopSignal = 'SIGINT' | 'SIGTERM' | 'SIGHUP';

/** Everything that the command line sees of the process it runs in, so that a test can hand over another one. */
export interface World {
  /** The words after the program's name. */
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdout: Output;
  readonly stderr: Output;
  /** The next line that the user types, undefined at the end or when aborted; absent where stdin is no terminal. */
  readonly readLine?: ((signal: AbortSignal) => Promise<string | undefined>) | undefined;
  /** Whether stdin is no terminal, so that what is in it was meant for a program. */
  readonly hasInput?: boolean;
  /** Monotonic milliseconds. */
  nowMs(): number;
  /** Calls back after the time, until the returned function is called. */
  after(delayMs: number, call: () => void): () => void;
  /** Calls the listener for each such signal until the returned function is called. */
  onStop(listener: (signal: StopSignal) => void): () => void;
  /** Calls the listener for errors that nobody caught, until the returned function is called. */
  onCrash(listener: (error: unknown) => void): () => void;
  /** Ends the process at once. */
  exit(code: number): void;
}

const STOP_SIGNALS: readonly StopSignal[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/** Without `terminal`, so that the terminal keeps its line editing and Ctrl-C stays a signal. */
async function readLine(signal: AbortSignal): Promise<string | undefined> {
  const { createInterface } = await import('node:readline');
  if (signal.aborted) return undefined;
  const lines = createInterface({ input: process.stdin, terminal: false });
  return new Promise((resolve) => {
    const end = (): void => {
      lines.close();
    };
    signal.addEventListener('abort', end, { once: true });
    lines.once('line', (line) => {
      resolve(line);
      end();
    });
    lines.once('close', () => {
      signal.removeEventListener('abort', end);
      resolve(undefined);
    });
  });
}

/** The process that this program really runs in. */
export function realWorld(): World {
  return {
    argv: process.argv.slice(2),
    env: process.env,
    // Node opens a stream when it is first asked for, which costs more than printing a version.
    get stdout() {
      return process.stdout;
    },
    get stderr() {
      return process.stderr;
    },
    get readLine() {
      return process.stdin.isTTY ? readLine : undefined;
    },
    get hasInput() {
      return !isatty(0);
    },
    nowMs: () => performance.now(),
    after(delayMs, call) {
      const timer = setTimeout(call, delayMs);
      return () => {
        clearTimeout(timer);
      };
    },
    onStop(listener) {
      for (const signal of STOP_SIGNALS) process.on(signal, listener);
      return () => {
        for (const signal of STOP_SIGNALS) process.off(signal, listener);
      };
    },
    onCrash(listener) {
      process.on('uncaughtException', listener);
      return () => {
        process.off('uncaughtException', listener);
      };
    },
    exit(code) {
      process.exit(code);
    },
  };
}
