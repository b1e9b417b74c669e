import type { Output } from './world.ts';

/** Writes to one stream, and knows afterwards whether everything arrived. */
export interface Printer {
  print(text: string): void;
  /** Resolves when everything printed so far has left the process, with the trouble that kept it from arriving. */
  flush(): Promise<NodeJS.ErrnoException | undefined>;
}

/**
 * Wraps a stream so that a reader who went away (`strop … | head -1`) is no error: what is printed after that is
 * dropped quietly. Any other trouble (a full disk) is reported by `flush`.
 */
export function createPrinter(output: Output): Printer {
  let trouble: NodeJS.ErrnoException | undefined;
  const pending = new Set<Promise<void>>();
  output.on('error', (error) => {
    trouble ??= error;
  });
  return {
    print(text) {
      if (trouble !== undefined || text === '') return;
      const written = new Promise<void>((resolve) => {
        output.write(text, (error) => {
          if (error) trouble ??= error;
          resolve();
        });
      });
      pending.add(written);
      void written.then(() => pending.delete(written));
    },
    async flush() {
      await Promise.all(pending);
      return trouble === undefined || isGoneReader(trouble) ? undefined : trouble;
    },
  };
}

function isGoneReader(error: NodeJS.ErrnoException): boolean {
  return error.code === 'EPIPE' || error.code === 'ERR_STREAM_DESTROYED';
}
