import { NONE } from '../stack-folder.ts';
import type { CompleteEvents } from './complete-events.ts';

/** Events of one thread of which each begins or ends a function; in a file they may come in any order. */
export class OpenEvents {
  private readonly times: number[] = [];
  /** Of an end NONE. */
  private readonly frames: number[] = [];
  private readonly lines: number[] = [];

  begin(time: number, frame: number, line: number): void {
    this.times.push(time);
    this.frames.push(frame);
    this.lines.push(line);
  }

  end(time: number): void {
    this.begin(time, NONE, NONE);
  }

  /** Adds what lasted from its begin to its end, or to the last event where it has none; answers how many never began. */
  complete(events: CompleteEvents): number {
    const { times, frames, lines } = this;
    const order = Array.from(times.keys()).sort((left, right) => (times[left] ?? 0) - (times[right] ?? 0));
    const open: number[] = [];
    let unmatched = 0;
    let last = 0;
    const close = (event: number): void => {
      const start = times[event] ?? 0;
      events.add(start, last - start, frames[event] ?? 0, lines[event] ?? NONE, 0);
    };
    for (const event of order) {
      last = times[event] ?? 0;
      if (frames[event] !== NONE) {
        open.push(event);
        continue;
      }
      const begun = open.pop();
      if (begun === undefined) unmatched += 1;
      else close(begun);
    }
    for (const event of open.reverse()) close(event);
    return unmatched;
  }
}
