import { isLauncher } from '../launchers.ts';
import { refuse } from '../refusal.ts';
import { NO_FRAMES, NONE, StackFolder } from '../stack-folder.ts';
import { Cursor, type Recording } from './recording.ts';

/** What the bits of a status say, from bit 0, except bit 2 (not known) and bit 5 (the main thread). */
export const STATES = ['holds-gil', 'on-cpu', 'waits-for-gil', 'has-exception'] as const;
const STATE_BITS = [1, 2, 8, 16];
const MAIN_THREAD = 32;

/** How a record gives its stack. */
const REPEAT = 0;
const FULL = 1;
const SUFFIX = 2;
const POP_PUSH = 3;

/** The frames that the writer keeps of a stack: the innermost ones. */
const MOST_FRAMES = 256;

/** Frames outside of Python's files have this for their file. */
const NO_FILE = '~';
/** The file of the code that the interpreter itself puts between a class and its `__init__`. */
const INIT_FILE = '__init__';
/** Stands for code in C, wherever it was called or called back, with `--native`. */
const NATIVE = '<native>';

/** A thread of an interpreter, and its stack: frames from the outermost, and the node that each leads to. */
interface ThreadState {
  readonly index: number;
  readonly id: number;
  readonly high: number;
  readonly low: number;
  readonly interpreter: number;
  isMain: boolean;
  depth: number;
  readonly frames: number[];
  /** Nodes, or where the stack stands before its first. */
  readonly places: number[];
}

/** Before any frame of the program: nothing yet, only frames of the profiler, or one mark for native code. */
const START = NONE;
const LAUNCHED = -2;
const HELD = -3;

/** What the table of frames means for the tree. */
interface Entry {
  readonly frame: number;
  readonly line: number;
  readonly isMark: boolean;
  readonly isLauncher: boolean;
  readonly isLauncherBelow: boolean;
}

/** Folds the samples while they are read; a record costs as much as it says, not as the whole stack that it means. */
export class SampleFolder {
  readonly folder = new StackFolder(1 + STATES.length);
  readonly threads: ThreadState[] = [];
  /** Samples of the profiler's own frames alone. */
  cut = 0;
  /** Samples of stacks that fill all the room there is. */
  tooDeep = 0;
  private readonly recording: Recording;
  private readonly cursor: Cursor;
  private readonly entries: (Entry | undefined)[] = [];
  private readonly known = new Map<string, ThreadState>();
  private last: ThreadState | undefined;
  private seen = 0;
  private mark = NONE;

  constructor(recording: Recording) {
    this.recording = recording;
    this.cursor = new Cursor(recording.data);
  }

  /** Whether any sample was in this state, by its place in `STATES`. */
  isSeen(state: number): boolean {
    return (this.seen & (STATE_BITS[state] ?? 0)) !== 0;
  }

  /** Reads everything; throws `bad-profile` when it is not as many samples as the head says. */
  read(): void {
    const { cursor, recording } = this;
    let samples = 0;
    while (cursor.at < recording.data.length) {
      const thread = this.readThread();
      const kind = cursor.byte();
      if (kind === REPEAT) {
        const count = cursor.number();
        if (count > (recording.data.length - cursor.at) / 2)
          throw refuse('a record repeats more often than it can');
        const node = count > 0 ? this.findNode(thread) : NONE;
        for (let index = 0; index < count; index += 1) {
          cursor.number();
          this.add(thread, node, cursor.byte());
        }
        samples += count;
        continue;
      }
      cursor.number();
      const status = cursor.byte();
      this.readStack(thread, kind);
      this.add(thread, this.findNode(thread), status);
      samples += 1;
    }
    if (samples !== recording.samples) {
      throw refuse(`there are ${String(samples)} samples, and the head says ${String(recording.samples)}`);
    }
  }

  private readThread(): ThreadState {
    const { cursor, recording } = this;
    const at = cursor.at;
    if (at + 12 > recording.data.length) throw refuse('a sample is cut off');
    const { data, isLittleEndian } = recording;
    const view = new DataView(data.buffer, data.byteOffset + at, 12);
    const first = view.getUint32(0, isLittleEndian);
    const second = view.getUint32(4, isLittleEndian);
    const interpreter = view.getUint32(8, isLittleEndian);
    cursor.at = at + 12;
    const low = isLittleEndian ? first : second;
    const high = isLittleEndian ? second : first;
    const { last } = this;
    if (last?.low === low && last.high === high && last.interpreter === interpreter) return last;
    const key = `${String(high)}:${String(low)}:${String(interpreter)}`;
    let thread = this.known.get(key);
    if (thread === undefined) {
      if (this.threads.length >= recording.threads) throw refuse('there are more threads than the head says');
      const id = high * 2 ** 32 + low;
      thread = {
        index: this.threads.length,
        ...{ id, high, low, interpreter, isMain: false, depth: 0, frames: [], places: [] },
      };
      this.threads.push(thread);
      this.known.set(key, thread);
    }
    this.last = thread;
    return thread;
  }

  /** Frames stand innermost first, so that new ones come last but are read first. */
  private readStack(thread: ThreadState, kind: number): void {
    const { cursor } = this;
    let kept = 0;
    if (kind === SUFFIX) {
      kept = cursor.number();
      if (kept > thread.depth) throw refuse('a stack shares more frames than there were');
    } else if (kind === POP_PUSH) kept = Math.max(0, thread.depth - cursor.number());
    else if (kind !== FULL) throw refuse('a record is of an unknown kind');
    const count = cursor.number();
    const depth = kept + count;
    if (depth > MOST_FRAMES) throw refuse('a stack is deeper than the format allows');
    for (let at = depth - 1; at >= kept; at -= 1) thread.frames[at] = cursor.number();
    let place = kept > 0 ? (thread.places[kept - 1] ?? START) : START;
    for (let at = kept; at < depth; at += 1) {
      place = this.enter(place, this.entry(thread.frames[at] ?? 0), thread.index);
      thread.places[at] = place;
    }
    thread.depth = depth;
  }

  private enter(place: number, entry: Entry, thread: number): number {
    if (place === LAUNCHED && (entry.isLauncherBelow || entry.isMark)) return LAUNCHED;
    if (place === START || place === HELD) {
      if (entry.isLauncher) return LAUNCHED;
      if (place === START && entry.isMark) return HELD;
    }
    let parent = place;
    if (place === HELD) parent = this.folder.child(NONE, this.mark, NONE, thread);
    if (parent >= 0) return this.folder.child(parent, entry.frame, entry.line);
    return this.folder.child(NONE, entry.frame, entry.line, thread);
  }

  private entry(index: number): Entry {
    const known = this.entries[index];
    if (known !== undefined) return known;
    const placed = this.recording.frames[index];
    if (placed === undefined) throw refuse('a stack names a frame that is not in the table');
    const { name, line } = placed;
    const file =
      placed.file === NO_FILE || placed.file === INIT_FILE || placed.file === '' ? undefined : placed.file;
    const isMark = file === undefined && name === NATIVE;
    const frame = this.folder.frame(name, file);
    if (isMark) this.mark = frame;
    const entry = {
      frame,
      line: file === undefined || line === 0 ? NONE : line,
      isMark,
      isLauncher: isLauncher(file, name, false),
      isLauncherBelow: isLauncher(file, name, true),
    };
    this.entries[index] = entry;
    return entry;
  }

  /** The node that pays for samples of a thread's stack, or `LAUNCHED`. */
  private findNode(thread: ThreadState): number {
    if (thread.depth === 0) return this.folder.child(NONE, this.folder.frame(NO_FRAMES), NONE, thread.index);
    const place = thread.places[thread.depth - 1] ?? START;
    return place === HELD ? this.folder.child(NONE, this.mark, NONE, thread.index) : place;
  }

  private add(thread: ThreadState, node: number, status: number): void {
    if ((status & MAIN_THREAD) !== 0) thread.isMain = true;
    if (thread.depth === MOST_FRAMES) this.tooDeep += 1;
    if (node === LAUNCHED) {
      this.cut += 1;
      return;
    }
    this.folder.add(node, 1);
    this.seen |= status;
    for (let state = 0; state < STATE_BITS.length; state += 1) {
      if ((status & (STATE_BITS[state] ?? 0)) !== 0) this.folder.add(node, 1, state + 1);
    }
  }
}
