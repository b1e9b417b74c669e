import type { StopSignal, World } from './world.ts';

/** A run that can be stopped from outside. */
export interface Stop {
  /** Aborts at the first signal. */
  readonly signal: AbortSignal;
  /** The signal that stopped the run. */
  stoppedBy(): StopSignal | undefined;
  /** Resolves when the run did not end within the time that it has to clean up after the first signal. */
  readonly overdue: Promise<void>;
  /** Takes the listeners away. */
  release(): void;
}

/** Who is told while a run stops. */
interface Notice {
  /** The first signal came. */
  stopping(signal: StopSignal): void;
  /** The run has not ended by itself within its grace. */
  slow(): void;
}

/** Time for a stopped run to end by itself. */
const GRACE_MS = 2_000;

/** Time for it to end once its children are taken away, counted from the signal. */
const CLEAN_UP_MS = 10_000;

const SIGNAL_NUMBERS: Readonly<Record<StopSignal, number>> = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 };

/** What a shell reports for a program that ended by this signal. */
export function exitCodeOfSignal(signal: StopSignal): number {
  return 128 + SIGNAL_NUMBERS[signal];
}

/**
 * Turns the first signal into an abort, so that the run can clean up, and obeys the second one at once: whoever
 * presses Ctrl-C twice does not want to wait.
 */
export function watchForStop(world: World, notice: Notice): Stop {
  const controller = new AbortController();
  let by: StopSignal | undefined;
  const cancels: (() => void)[] = [];
  let expire: () => void = () => undefined;
  const overdue = new Promise<void>((resolve) => {
    expire = resolve;
  });
  const unlisten = world.onStop((signal) => {
    if (by !== undefined) {
      world.exit(exitCodeOfSignal(signal));
      return;
    }
    by = signal;
    cancels.push(world.after(GRACE_MS, notice.slow), world.after(CLEAN_UP_MS, expire));
    notice.stopping(signal);
    controller.abort();
  });
  return {
    signal: controller.signal,
    stoppedBy: () => by,
    overdue,
    release() {
      for (const cancel of cancels) cancel();
      unlisten();
    },
  };
}
