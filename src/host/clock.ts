import type { Clock } from './host.ts';

/** Node's timers fire at once when asked for a longer time (2^31 - 1 ms, 24 days). */
export const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** The machine's own clocks. */
export const realClock: Clock = {
  nowNs: () => Number(process.hrtime.bigint()),
  date: () => new Date().toISOString(),
  sleep: (ms, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted === true) {
        resolve();
        return;
      }
      const done = (): void => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, Math.min(ms, LONGEST_TIMER_MS));
      signal?.addEventListener('abort', done, { once: true });
    }),
};
