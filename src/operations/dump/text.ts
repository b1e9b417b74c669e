import { formatNumberOf } from '#base';
import stringWidth from 'string-width';
import type { Style } from '../operation.ts';
import { clean, keepEnd, pad, shorten, wrap } from '../profile-words.ts';
import type { DumpedFrame, DumpedThread, DumpResult } from './schema.ts';

const WIDEST = 100;
/** Groups of threads, and frames of each: what is more stands in the JSON. */
const MOST_GROUPS = 8;
const MOST_FRAMES = 12;
/** Innermost foreign frames in a row: what was called, and what that called. */
const MOST_FOREIGN = 2;
const MOST_NAMES = 4;
const MOST_LOCALS = 6;
const PLACE_COLUMNS = 34;

/** Where threads stand, for people: own lines with their text, foreign ones cut, at most 100 columns wide. */
export function dumpText(result: DumpResult, style: Style): readonly string[] {
  const width = Math.max(60, Math.min(style.width, WIDEST));
  const groups = joinAlike(result.threads);
  const left = groups.slice(MOST_GROUPS).reduce((sum, group) => sum + group.length, 0);
  return [
    ...headline(result, width, style),
    ...groups.slice(0, MOST_GROUPS).flatMap((group) => ['', ...groupLines(group, width, style)]),
    ...(left === 0
      ? []
      : ['', style.dim(`… ${formatNumberOf(left, 'more thread')}: --json has all of them`)]),
    ...(result.doubts.length === 0 ? [] : ['']),
    ...result.doubts.flatMap(({ text }) =>
      wrap(`! ${clean(text)}`, width, 6).map((line) => style.warn(line)),
    ),
  ];
}

function headline(result: DumpResult, width: number, style: Style): readonly string[] {
  const { command, python, tool, toolVersion, threads, pid } = result;
  const [program = '?', ...words] = command;
  const said = [program.replace(/^.*[\\/]/, ''), ...words].join(' ').replace(/\s+/g, ' ');
  const running = threads.filter(({ runs }) => runs).length;
  const main = threads.find(({ name }) => name === 'MainThread') ?? threads[0];
  const own = main?.frames.find(({ origin }) => origin === 'mine');
  const stand = own === undefined ? '' : `; ${main?.name ?? 'it'} is in ${own.function} (${place(own)})`;
  const counts = `${formatNumberOf(threads.length, 'thread')}: ${sayRunning(running, threads.length)}`;
  return [
    shorten(clean(`process ${String(pid)}: ${said}`), width),
    style.dim(
      shorten(
        clean(
          [
            python === null ? 'Python' : `Python ${python}`,
            `by ${tool}${toolVersion === null ? '' : ` ${toolVersion}`}`,
          ].join(', '),
        ),
        width,
      ),
    ),
    style.bold(shorten(clean(counts + stand), width)),
  ];
}

function sayRunning(running: number, all: number): string {
  if (running === 0) return all === 1 ? 'it waits' : 'all wait';
  if (running === all) return all === 1 ? 'it runs' : 'all run';
  return `${String(running)} ${running === 1 ? 'runs' : 'run'}, ${String(all - running)} ${all - running === 1 ? 'waits' : 'wait'}`;
}

/** Threads of a pool stand at the same place: they are told once. */
function joinAlike(threads: readonly DumpedThread[]): readonly (readonly DumpedThread[])[] {
  const groups = new Map<string, DumpedThread[]>();
  for (const thread of threads) {
    const { runs, gil, frames } = thread;
    const stack = frames.map(({ file, line, function: name, origin, locals }) => {
      return [file, line, name, origin === 'mine' ? locals : null];
    });
    const key = JSON.stringify([runs, gil, stack]);
    groups.set(key, [...(groups.get(key) ?? []), thread]);
  }
  return [...groups.values()];
}

function groupLines(group: readonly DumpedThread[], width: number, style: Style): readonly string[] {
  const [first] = group;
  if (first === undefined) return [];
  const names = group.map(({ name, id }) => name ?? (id === null ? '?' : `thread ${String(id)}`));
  const shown = names.slice(0, MOST_NAMES).join(', ');
  const more = names.length > MOST_NAMES ? `, … ${String(names.length - MOST_NAMES)} more` : '';
  const does = first.runs ? (first.gil ? 'runs, holds the GIL' : 'runs') : 'waits';
  const who = group.length === 1 ? shown : `${String(group.length)} alike: ${shown}${more}`;
  const title = shorten(`${clean(who)}  ${group.length > 1 && !first.runs ? 'wait' : does}`, width);
  if (first.frames.length === 0) return [title, style.dim('  no Python code')];
  return [title, ...frameLines(first.frames, width, style)];
}

function frameLines(frames: readonly DumpedFrame[], width: number, style: Style): readonly string[] {
  const outermost = frames.findLastIndex(({ origin }) => origin === 'mine');
  const lines: string[] = [];
  let shown = 0;
  let foreign = 0;
  let skipped = 0;
  const tellSkipped = (): void => {
    if (skipped > 0) lines.push(style.dim(`  … ${formatNumberOf(skipped, 'frame')} not yours`));
    skipped = 0;
  };
  const columns = Math.min(
    PLACE_COLUMNS,
    Math.max(...frames.map((frame) => stringWidth(clean(place(frame))))),
  );
  for (const [index, frame] of frames.entries()) {
    if (shown >= MOST_FRAMES) {
      tellSkipped();
      return [
        ...lines,
        style.dim(`  … ${formatNumberOf(frames.length - index, 'more outer frame')}: --json has all`),
      ];
    }
    const isOwn = frame.origin === 'mine';
    foreign = isOwn ? 0 : foreign + 1;
    // Without own code the foreign is all that there is to tell; what starts threads and programs tells nothing.
    if (outermost >= 0 && (foreign > MOST_FOREIGN || index > outermost)) {
      skipped += 1;
      continue;
    }
    if (isOwn) tellSkipped();
    const line = shorten(`  ${frameText(frame, columns)}`, width);
    lines.push(isOwn ? style.bold(line) : style.dim(line));
    shown += 1;
    if (isOwn) lines.push(...localLines(frame, width, style));
  }
  tellSkipped();
  return lines;
}

function frameText(frame: DumpedFrame, columns: number): string {
  const at = pad(keepEnd(clean(place(frame)), columns), columns);
  const code = frame.code === null || frame.code === '' ? '' : `  ${clean(frame.code)}`;
  return `${at}  ${clean(frame.function)}${code}`;
}

function place({ file, line }: DumpedFrame): string {
  return `${file ?? '(compiled)'}${line === null ? '' : `:${String(line)}`}`;
}

function localLines({ locals }: DumpedFrame, width: number, style: Style): readonly string[] {
  if (locals === null) return [];
  const rows = locals
    .slice(0, MOST_LOCALS)
    .map(({ name, value }) => shorten(`      ${clean(name)} = ${clean(value)}`, width));
  const left = locals.length - rows.length;
  return [...rows, ...(left > 0 ? [`      … ${formatNumberOf(left, 'variable')} more`] : [])].map((line) =>
    style.dim(line),
  );
}
