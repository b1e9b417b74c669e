import { formatCount, formatNumberOf, formatShare } from '#base';
import { formatAmount } from '#campaign';
import { NO_FUNCTION } from '#profiles';
import type { AnswerDocument, ProfileDocument, ShownFunction } from '#store';
import stringWidth from 'string-width';
import { answerText } from './answer-text.ts';
import type { Style } from './operation.ts';
import { bound, clean, keepEnd, seesChosenOnly, shorten, wrap } from './profile-words.ts';

const WIDEST = 100;
const NARROWEST = 60;
/** `  own  at most  cumulative  self  calls  ` */
const NUMBERS = ['own', 'at most', 'cumul.', 'self', 'calls'] as const;
/** What a tool cannot tell that charges each line with all that it calls. */
const PARTS: readonly string[] = ['own', 'at most', 'self'];
const WIDTHS = [7, 8, 8, 7, 8] as const;

/** A profile as a table for people, at most 100 columns wide. */
export function profileText(result: ProfileDocument, style: Style): readonly string[] {
  const width = Math.max(NARROWEST, Math.min(style.width, WIDEST));
  const own = result.functions.filter((row) => row.origin === 'mine');
  const foreign = result.functions.filter((row) => row.origin !== 'mine');
  const partial = seesChosenOnly(result.tool);
  const names = NUMBERS.map((name) => (partial && PARTS.includes(name) ? '' : name));
  return [
    ...headline(result, width, style),
    ...reason(result)
      .flatMap((line) => wrap(line, width))
      .map((line) => style.dim(line)),
    ...(own.length === 0
      ? []
      : ['', style.dim(headings(names, 'your function', width)), ...rows(own, width, style, partial)]),
    ...(partial && own.length > 1
      ? wrap(
          'cumul.: of the dearest of these; each holds what it called, so that they must not be added',
          width,
        )
      : []),
    ...hiddenLines(result).flatMap((line) => wrap(line, width)),
    ...(foreign.length === 0
      ? []
      : [
          '',
          style.dim(headings(['', '', 'cumul.', 'self', 'calls'], 'not yours, by self time', width)),
          ...rows(foreign, width, style, partial),
        ]),
    ...(result.doubts.length === 0 ? [] : ['']),
    ...result.doubts.flatMap((doubt) =>
      wrap(`! ${clean(doubt.text)}`, width).map((line) => style.warn(line)),
    ),
    ...(own.some((row) => row.doubts.length > 0)
      ? wrap('~ the profiler itself takes more than a fifth of this row: it looks slower than it is', width)
      : []),
    ...(result.answer === undefined
      ? []
      : ['', ...answerText(withoutRepeated(result.answer, result.doubts), style)]),
  ];
}

const LEAST_SLOWDOWN = 1.05;

function headline(result: ProfileDocument, width: number, style: Style): readonly string[] {
  const facts = [`${formatAmount(result.total, result.metric.unit)} ${nameTotal(result)}`];
  if (result.calls !== null) facts.push(`${formatCount(result.calls)} calls`);
  if (result.loops !== null && result.loops > 1)
    facts.push(`${formatCount(result.loops)} runs of the workload`);
  // Below that it is the machine that changed its speed, not the profiler that made anything faster.
  if (result.slowdown !== null && result.slowdown >= LEAST_SLOWDOWN)
    facts.push(`${result.slowdown.toFixed(1)}x slower than without the profiler`);
  const best = result.functions.find((row) => row.origin === 'mine');
  const lines = [
    shorten(clean(result.workload ?? 'profile'), width),
    shorten(`${clean(result.tool)}: ${facts.join(', ')}`, width),
  ];
  if (best !== undefined && result.sort === 'own') {
    if (result.metric.unit === 'bytes') {
      const of = ofBytes(result) ?? 'of it';
      lines.push(
        style.bold(
          shorten(`${formatShare(best.ownShare)} ${of} is asked for by ${clean(nameOf(best))}`, width),
        ),
      );
      return lines;
    }
    if (seesChosenOnly(result.tool)) return [...lines, style.bold(shorten(watched(result, best), width))];
    const gain = best.bound === null ? 'everything' : `at most ${bound(best.bound)}`;
    lines.push(
      style.bold(
        shorten(
          `${formatShare(best.ownShare)} is paid by ${clean(best.function)}: fixing it alone gains ${gain}`,
          width,
        ),
      ),
    );
  }
  return lines;
}

/** Some tools know files and lines only. */
function nameOf({ function: name, file }: ShownFunction): string {
  return name === NO_FUNCTION && file !== null ? `lines of ${file}` : name;
}

/**
 * Lines that are charged with all that they call add up to no whole: what a sampler said of the program leads, and else the
 * amount of the dearest function.
 */
function watched({ answer, metric }: ProfileDocument, best: ShownFunction): string {
  const line = answer?.lines[0];
  const source = line?.sources[0];
  if (line === undefined || source === undefined || seesChosenOnly(source.tool))
    return `${clean(best.function)} took longest of the watched functions: ${formatAmount(best.inclusive, metric.unit)} in its lines, with all that they called`;
  const where = `line ${String(line.line)} of ${clean(line.function)}`;
  return `${formatShare(line.share)} is paid by ${where} (by ${clean(source.tool)}): fixing it alone gains at most ${bound(line.bound)}`;
}

/** What is doubted above is not doubted once more. */
function withoutRepeated(answer: AnswerDocument, said: ProfileDocument['doubts']): AnswerDocument {
  return { ...answer, doubts: answer.doubts.filter(({ text }) => !said.some((one) => one.text === text)) };
}

/** What the whole is. Files of memray call all bytes allocated, whichever of them the recording was asked for. */
function nameTotal({ metric, question, tool }: ProfileDocument): string {
  // The time of a line holds what it calls, so that recursion is in it at every depth: no clock ever showed it.
  if (metric.unit === 'ns' && seesChosenOnly(tool)) return 'summed over lines';
  const asked =
    metric.name === 'allocated' ? ofBytes({ question, tool })?.replace(/^of what was /, '') : undefined;
  return asked ?? clean(metric.name);
}

/** What a share of bytes is a share of. */
const OF_BYTES: Readonly<Record<string, string>> = {
  memory: 'of what was held at the peak',
  leaks: 'of what was never freed',
  temporary: 'of what was freed as soon as it was made',
};

/** Scalene counts what was allocated, whatever of it lived at the peak. */
function ofBytes({ question, tool }: Pick<ProfileDocument, 'question' | 'tool'>): string | undefined {
  return tool === 'scalene' ? 'of what was allocated' : OF_BYTES[question ?? ''];
}

/** Why this tool, in one line. */
function reason({ why, tool, toolVersion, rateHz }: ProfileDocument): readonly string[] {
  if (why === undefined || why === null) return [];
  const release = toolVersion === undefined || toolVersion === null ? '' : ` ${toolVersion}`;
  const rate = rateHz === undefined || rateHz === null ? '' : `, ${String(rateHz)} samples a second`;
  return [`by ${clean(tool)}${release}${rate}: ${clean(why)}`];
}

function headings(names: readonly string[], last: string, width: number): string {
  const cells = names.map((name, index) => name.padStart(WIDTHS[index] ?? 0));
  return shorten([...cells, ` ${last}`].join(' '), width);
}

function rows(
  functions: readonly ShownFunction[],
  width: number,
  style: Style,
  partial: boolean,
): readonly string[] {
  const before = WIDTHS.reduce((sum, one) => sum + one + 1, 0) + 1;
  return functions.map((row) => {
    const mine = row.origin === 'mine';
    const cells = [
      mine && !partial ? formatShare(row.ownShare) : '',
      mine && !partial ? bound(row.bound) : '',
      formatShare(row.inclusiveShare),
      partial ? '' : formatShare(row.selfShare),
      row.calls === null ? '' : formatCount(row.calls),
    ].map((cell, index) => cell.padStart(WIDTHS[index] ?? 0));
    const mark = row.doubts.length > 0 ? '~' : ' ';
    const place = locate(row, width - before);
    return `${cells.join(' ')} ${style.warn(mark)}${place}`;
  });
}

/** Columns that a place has at least, and that the last part of a name may take from it. */
const LEAST_PLACE = 8;
const MOST_NAME = 32;

/** Name and place; the end of a path says more than its beginning, so that is what stays. */
function locate(row: ShownFunction, room: number): string {
  const name = clean(row.function);
  const most = row.paidTo[0];
  // Where one foreign function makes up most of the cost, that is the thing to look at.
  const through =
    most !== undefined && most.share > row.ownShare / 2 ? `  mostly ${clean(most.function)}` : '';
  if (row.file === null) return shorten(name, room);
  const place = `${clean(row.file)}${row.line === null ? '' : `:${String(row.line)}`}`;
  const full = `${name}  ${place}${through}`;
  if (stringWidth(full) <= room) return full;
  // Methods of one class differ in the last part of their names only.
  const last = stringWidth(name.slice(name.lastIndexOf('.') + 1)) + 1;
  const least = Math.min(stringWidth(name), Math.max(12, Math.min(last, MOST_NAME)), room - LEAST_PLACE - 2);
  const shortName = keepEnd(name, Math.max(least, room - stringWidth(place) - 2));
  const rest = room - stringWidth(shortName) - 2;
  return shorten(`${shortName}  ${keepEnd(place, Math.max(LEAST_PLACE, rest))}`, room);
}

function hiddenLines(result: ProfileDocument): readonly string[] {
  const { hidden } = result;
  const lines: string[] = [];
  if (hidden.functions > 0) {
    lines.push(
      `… ${formatNumberOf(hidden.functions, 'more function')} of yours, ${formatShare(hidden.share)} together`,
    );
  }
  if (hidden.unpaidShare >= 0.0005) {
    lines.push(
      `… ${formatShare(hidden.unpaidShare)} was asked for by no function of yours (imports, threads, the runner)${
        keepsFewFrames(result) ? FEW_FRAMES : ''
      }`,
    );
  }
  return lines;
}

/** It keeps the innermost calls only: who asked from farther away is not in its file. */
function keepsFewFrames({ tool }: ProfileDocument): boolean {
  return tool === 'tracemalloc';
}

const FEW_FRAMES =
  ', or by one that is farther away than the calls that were kept: more are kept with --deep, or by tracemalloc.start(25)';
