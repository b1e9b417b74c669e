import type { Doubt } from '#base';
import type { Frame, Metric, Source, StackProfile, Thread } from '#profiles';
import { ByteTable } from '../byte-table.ts';
import { isLauncher } from '../launchers.ts';
import type { Reader } from '../reader.ts';
import { decodeText, refuse } from '../refusal.ts';
import { doubtSamples } from '../sample-doubts.ts';
import { NO_FRAMES, NONE, StackFolder } from '../stack-folder.ts';
import { isPlainFrame, parseFrame, parseThread, type FrameText } from './frame-text.ts';
import { writeCollapsed } from './write.ts';

/**
 * Collapsed stacks, a line `outer;inner 12` for each: flamegraph.pl's input, what `py-spy record -f raw`, austin and
 * `profiling.sampling --collapsed` write. The rate is not in the file (austin alone writes times).
 */
export const collapsed: Reader = {
  format: 'collapsed',
  title: 'collapsed stacks (py-spy raw, austin, profiling.sampling --collapsed)',
  openEnded: true,
  recognises,
  read: (bytes) => new Collapsed(bytes).read(),
  write: writeCollapsed,
};

const NEWLINE = 0x0a;
const SPACE = 0x20;
const TAB = 0x09;
const POINT = 0x2e;
const SEMICOLON = 0x3b;
const HASH = 0x23;
/** As many functions, each with one line only, are a profile by function: `py-spy -F` writes the first line of each. */
const FUNCTIONS_TO_TELL = 10;

function recognises(head: Uint8Array, name: string): boolean {
  const text = new TextDecoder().decode(head);
  if (text.includes('\0') || text.startsWith('{') || text.startsWith('[')) return false;
  if (text.startsWith('# austin')) return true;
  const lines = text.split(/\r?\n/);
  // The last line of a head may be a part of one.
  const rest = lines.pop() ?? '';
  const whole = lines.filter((line) => line !== '' && !line.startsWith('#'));
  const named = /\.(collapsed|folded|raw)$/i.test(name);
  if (whole.length === 0) {
    const first = rest.split(';')[0] ?? '';
    return named ? rest.length > 0 : rest.includes(';') && isPlainFrame(first);
  }
  if (!whole.every((line) => /^(?:\S.*)?[ \t]\d+(?:\.\d+)?$/.test(line))) return false;
  return named || whole.some((line) => line.includes(';') || isPlainFrame(line.replace(/[ \t][\d.]+$/, '')));
}

class Collapsed {
  private readonly bytes: Uint8Array;
  private readonly table: ByteTable;
  private readonly folder = new StackFolder();
  private readonly threads: Thread[] = [];
  /** The texts before the first frame, and which thread each stands for. */
  private readonly prefixes: ByteTable;
  private readonly threadOf: number[] = [];
  /** By number of the part; `frame` is its index in the folder. */
  private readonly parts: { readonly part: FrameText; frame: number }[] = [];
  private readonly linesOf = new Map<number, Set<number>>();
  private readonly byFunction: boolean;
  private total = 0;
  private cut = 0;
  private hasFractions = false;
  private factor = 1;
  private metric: Metric = { name: 'samples', unit: 'count' };
  private source: Source = {};
  private isAustin = false;

  constructor(bytes: Uint8Array, byFunction = false) {
    this.bytes = bytes;
    this.table = new ByteTable(bytes);
    this.prefixes = new ByteTable(bytes);
    this.byFunction = byFunction;
  }

  read(): StackProfile {
    const { bytes } = this;
    let stacks = 0;
    for (let start = 0; start < bytes.length;) {
      const found = bytes.indexOf(NEWLINE, start);
      const next = found < 0 ? bytes.length : found + 1;
      let end = found < 0 ? bytes.length : found;
      if (bytes[end - 1] === 0x0d && end > start) end -= 1;
      if (bytes[start] === HASH) this.comment(this.text(start, end));
      else if (end > start) {
        this.stack(start, end);
        stacks += 1;
      }
      start = next;
    }
    if (stacks === 0) throw refuse('there is no stack in it', NOTHING_RECORDED);
    if (!this.byFunction && this.isByFunction()) return new Collapsed(bytes, true).read();
    const { frames, nodes } = this.folder.finish();
    const samples = this.metric.unit === 'count' && !this.hasFractions ? this.total : Infinity;
    return {
      format: collapsed.format,
      shape: 'stacks',
      metrics: [this.metric],
      frames,
      nodes,
      ...(this.threads.length === 0 ? {} : { threads: this.threads }),
      source: this.source,
      doubts: [
        ...doubtSamples(samples, this.total > 0 ? this.cut / this.total : 0),
        ...doubtPaths(frames),
        ...this.doubtEnd(),
      ],
    };
  }

  private stack(start: number, end: number): void {
    const { bytes, folder } = this;
    const space = Math.max(bytes.lastIndexOf(SPACE, end - 1), bytes.lastIndexOf(TAB, end - 1));
    const cost = space < start ? -1 : this.cost(space + 1, end);
    if (cost < 0)
      throw refuse(`this is no stack with its count: ${this.text(start, Math.min(end, start + 80))}`);
    const first = this.passThread(start, space);
    const thread = first === start ? NONE : this.thread(start, first - 1);
    let node = NONE;
    let above = false;
    for (let from = first; from < space;) {
      let to = from;
      while (to < space && bytes[to] !== SEMICOLON) to += 1;
      const entry = this.part(from, to);
      const { name, file, line } = entry.part;
      if (node === NONE && isLauncher(file, name, above)) above = true;
      else {
        if (entry.frame === NONE) entry.frame = this.frame(name, file, line);
        const at = this.byFunction ? NONE : (line ?? NONE);
        node = folder.child(node, entry.frame, at, node === NONE ? thread : NONE);
      }
      from = to + 1;
    }
    this.total += cost;
    if (node === NONE && above) this.cut += cost;
    else
      folder.add(
        node === NONE ? folder.child(NONE, folder.frame(NO_FRAMES), NONE, thread) : node,
        cost * this.factor,
      );
  }

  private part(from: number, to: number): { readonly part: FrameText; frame: number } {
    const number = this.table.number(from, to);
    return (this.parts[number] ??= { part: parseFrame(this.text(from, to)), frame: NONE });
  }

  /** Where the first frame of a stack begins, after the parts that name its process and thread. */
  private passThread(start: number, end: number): number {
    let from = start;
    let named = false;
    while (from < end) {
      const found = this.bytes.indexOf(SEMICOLON, from);
      const to = found < 0 || found > end ? end : found;
      const kind = this.threadPart(from, to);
      // py-spy does not mask a semicolon in the name of a thread: what follows a name is no frame then.
      if (kind === undefined && !(named && to < end && !isPlainFrame(this.text(from, to)))) break;
      named ||= kind?.name !== undefined;
      from = to + 1;
    }
    return from;
  }

  private threadPart(from: number, to: number): Thread | undefined {
    const first = this.bytes[from];
    // `process`, `thread`, `tid:`, and austin's `P1` and `T1`.
    if (first !== 0x70 && first !== 0x74 && !(this.isAustin && (first === 0x50 || first === 0x54)))
      return undefined;
    return parseThread(this.text(from, to), this.isAustin);
  }

  private thread(start: number, end: number): number {
    const number = this.prefixes.number(start, end);
    return (this.threadOf[number] ??=
      this.threads.push(
        this.text(start, end)
          .split(';')
          .reduce((thread: Thread, part): Thread => {
            const known = parseThread(part, this.isAustin);
            return known === undefined
              ? { ...thread, name: `${thread.name ?? ''};${part}` }
              : { ...thread, ...known };
          }, {}),
      ) - 1);
  }

  private frame(name: string, file: string | undefined, line: number | undefined): number {
    if (this.byFunction) return this.folder.frame(name, file, line);
    const index = this.folder.frame(name, file);
    if (file !== undefined && line !== undefined) {
      const lines = this.linesOf.get(index);
      if (lines === undefined) this.linesOf.set(index, new Set([line]));
      else lines.add(line);
    }
    return index;
  }

  private isByFunction(): boolean {
    const functions = [...this.linesOf.values()];
    return functions.length >= FUNCTIONS_TO_TELL && functions.every((lines) => lines.size === 1);
  }

  private comment(text: string): void {
    const [, key, value = ''] = /^# (\w+): (.*)$/.exec(text) ?? [];
    if (key === 'austin') this.isAustin = true;
    if (key === 'austin') this.source = { ...this.source, tool: 'austin', toolVersion: value };
    if (key === 'interval' && Number(value) > 0)
      this.source = { ...this.source, intervalNs: Number(value) * 1000 };
    if (key === 'python') this.source = { ...this.source, python: value };
    if (key !== 'mode') return;
    if (value !== 'wall' && value !== 'cpu') {
      throw refuse(
        `austin's mode ${JSON.stringify(value)} mixes several numbers`,
        'Record with the mode wall or cpu.',
      );
    }
    this.metric = { name: value, unit: 'ns' };
    this.factor = 1000;
  }

  private doubtEnd(): Doubt[] {
    if (this.bytes.at(-1) === NEWLINE) return [];
    return [{ code: 'file-cut-off', text: 'The last line does not end: the file may be cut off.' }];
  }

  /** A whole number of up to 15 digits, a weight with a fraction as other tools write it, or -1. */
  private cost(start: number, end: number): number {
    let value = 0;
    for (let at = start; at < end; at += 1) {
      if (this.bytes[at] === POINT) return this.fraction(start, end);
      const digit = (this.bytes[at] ?? 0) - 0x30;
      if (digit < 0 || digit > 9 || at - start >= 15) return -1;
      value = value * 10 + digit;
    }
    return end > start ? value : -1;
  }

  private fraction(start: number, end: number): number {
    const text = this.text(start, Math.min(end, start + 40));
    if (!/^\d{1,15}\.\d{1,20}$/.test(text)) return -1;
    this.hasFractions = true;
    return Number(text);
  }

  private text(start: number, end: number): string {
    return decodeText(this.bytes.subarray(start, end));
  }
}

const NOTHING_RECORDED =
  'Record for longer or at a higher rate: py-spy writes an empty file when it took no sample.';

/** Several files and none with its folder: the tool shortened them. */
function doubtPaths(frames: readonly Frame[]): Doubt[] {
  const files = new Set(
    frames.flatMap(({ file }) => (file === undefined || file.startsWith('<') ? [] : [file])),
  );
  if (files.size < 2 || [...files].some((file) => /^(?:\/|[A-Za-z]:\\)/.test(file))) return [];
  return [
    {
      code: 'origins-guessed',
      text: 'The paths are shortened (py-spy without --full-filenames): library code may look like yours.',
    },
  ];
}
