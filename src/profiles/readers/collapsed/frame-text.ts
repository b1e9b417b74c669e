import type { Thread } from '#profiles';
import { fileOf } from '../json.ts';

/** A function as collapsed stacks name it. */
export interface FrameText {
  readonly name: string;
  readonly file: string | undefined;
  readonly line: number | undefined;
}

/** How frames are written: `name (file:line)` by py-spy, `file:name:line` by austin and profiling.sampling. */
// A Python name holds no blank, a folder may hold blanks and brackets.
const PY_SPY = /^(\S+|.*) \((.+):(\d{1,9})\)$/s;
const PY_SPY_NATIVE = /^(.*) \(([^()]+)\)$/s;
const COLONS = /^(.+):([^:]+):(\d{1,9})$/s;
/** CPython's own names in perf. */
const PERF_PYTHON = /^py::(.+?):(.+)$/s;

const THREADS: readonly (readonly [RegExp, (found: RegExpExecArray) => Thread])[] = [
  [/^process (\d{1,9}):(.*)$/s, (found) => ({ pid: Number(found[1]) })],
  [/^thread \((\d{1,15})\)(?:: (.*))?$/s, (found) => withName(Number(found[1]), found[2])],
  [
    /^thread \(0x([0-9a-fA-F]{1,12})\)(?:: (.*))?$/s,
    (found) => withName(parseInt(found[1] ?? '', 16), found[2]),
  ],
  [/^tid:(\d{1,15})$/, (found) => ({ id: Number(found[1]) })],
];
const AUSTIN: typeof THREADS = [
  [/^P(\d{1,9})$/, (found) => ({ pid: Number(found[1]) })],
  [/^T(?:\d+:)?(\d{1,15})$/, (found) => ({ id: Number(found[1]) })],
];

function withName(id: number, name: string | undefined): Thread {
  return name === undefined || name === '' ? { id } : { id, name };
}

/** The process or thread that a part of a line names, or undefined when it names none. */
export function parseThread(text: string, isAustin: boolean): Thread | undefined {
  for (const [shape, make] of isAustin ? AUSTIN : THREADS) {
    const found = shape.exec(text);
    if (found !== null) return make(found);
  }
  return undefined;
}

/** The function that a part of a line names. */
export function parseFrame(text: string): FrameText {
  const spy = PY_SPY.exec(text);
  if (spy !== null) return frame(spy[1], spy[2], spy[3]);
  const colons = COLONS.exec(text);
  if (colons !== null) return frame(colons[2], colons[1], colons[3]);
  const perf = PERF_PYTHON.exec(text);
  if (perf !== null) return frame(perf[1], perf[2], undefined);
  const native = PY_SPY_NATIVE.exec(text);
  if (native === null) return frame(text, undefined, undefined);
  // py-spy writes a library in brackets; a Python file without a line comes from `--function`.
  const isPython = /\.pyw?$|^</.test(native[2] ?? '');
  return frame(native[1], isPython ? native[2] : undefined, undefined);
}

/** Whether a part can be nothing but a frame with its file. */
export function isPlainFrame(text: string): boolean {
  return PY_SPY.test(text) || COLONS.test(text);
}

function frame(name: string | undefined, file: string | undefined, line: string | undefined): FrameText {
  const number = line === undefined || Number(line) === 0 ? undefined : Number(line);
  return { name: name ?? '', file: fileOf(file), line: number };
}
