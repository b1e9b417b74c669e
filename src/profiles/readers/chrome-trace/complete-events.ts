import { NONE, type StackFolder } from '../stack-folder.ts';

const NS = 1000;

/** Events of one thread that say when they began and how long they took; of equal ones the later added is the caller. */
export class CompleteEvents {
  private readonly starts: number[] = [];
  private readonly durations: number[] = [];
  private readonly frames: number[] = [];
  private readonly lines: number[] = [];
  private readonly calls: number[] = [];

  /** `line`: the one that ran, or `NONE`; `calls`: how many calls it stands for, 0 where the tool does not count. */
  add(start: number, duration: number, frame: number, line: number, calls: number): void {
    this.starts.push(start);
    this.durations.push(duration);
    this.frames.push(frame);
    this.lines.push(line);
    this.calls.push(calls);
  }

  /**
   * Finds who called whom from the times alone: an event that lies within another was called by it. One that reaches
   * beyond the end of its caller is cut there. Adds wall time and calls.
   */
  nest(folder: StackFolder, thread: number): void {
    const { starts, durations, frames, lines, calls } = this;
    const order = Array.from(starts.keys()).sort(
      (left, right) =>
        (starts[left] ?? 0) - (starts[right] ?? 0) ||
        (durations[right] ?? 0) - (durations[left] ?? 0) ||
        right - left,
    );
    const nodes: number[] = [];
    const ends: number[] = [];
    for (const event of order) {
      const start = starts[event] ?? 0;
      while (ends.length > 0 && (ends.at(-1) ?? 0) <= start) {
        ends.pop();
        nodes.pop();
      }
      const caller = nodes.at(-1) ?? NONE;
      const end = Math.min(start + (durations[event] ?? 0), ends.at(-1) ?? Infinity);
      const node = folder.child(
        caller,
        frames[event] ?? 0,
        lines[event] ?? NONE,
        caller === NONE ? thread : NONE,
      );
      folder.add(node, (end - start) * NS);
      folder.add(node, calls[event] ?? 0, 1);
      if (caller !== NONE) folder.add(caller, (start - end) * NS);
      nodes.push(node);
      ends.push(end);
    }
  }
}
