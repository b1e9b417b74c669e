import { formatBytes, formatCount, formatDuration } from '#base';
import { NO_FUNCTION } from '#profiles';
import type { AnswerDocument } from '#store';
import { sayAsked } from './asked-question.ts';
import type { Style } from './operation.ts';
import { profilableId } from './profilable.ts';
import {
  bound,
  clean,
  keepEnd,
  pad,
  percent,
  seesChosenOnly,
  shorten,
  withInterval,
  wrap,
} from './profile-words.ts';
import { shellCommand } from './shell-words.ts';

type Gain = AnswerDocument['lines'][number];

const WIDEST = 100;
/** Bytes of the whole answer, so that it costs an agent little to read: rows are left away until it fits. */
const MOST_BYTES = 1200;
/** Rows that gain less are of no use to anybody; the first stays. */
const LEAST_SHARE = 0.005;
const PLACE = 26;

/** An answer as text: at most 100 columns and 1.2 kB. */
export function answerText(answer: AnswerDocument, style: Style): readonly string[] {
  const width = Math.max(40, Math.min(style.width, WIDEST));
  const rows = answer.lines.length > 0 ? answer.lines : answer.functions;
  const worth = rows.filter(({ share }, index) => index === 0 || share >= LEAST_SHARE);
  for (let count = worth.length; ; count -= 1) {
    const lines = compose(answer, worth.slice(0, count), width, style);
    if (count <= 1 || Buffer.byteLength(lines.join('\n')) < MOST_BYTES - colourBytes(lines, style))
      return lines;
  }
}

/** Colours are for terminals, whose users do not pay by the byte. */
function colourBytes(lines: readonly string[], style: Style): number {
  return style.bold('x') === 'x' ? 0 : -lines.length * 40;
}

function compose(
  answer: AnswerDocument,
  rows: readonly Gain[],
  width: number,
  style: Style,
): readonly string[] {
  const byLine = answer.lines.length > 0;
  const partial = answer.sources.some(({ tool, ranks }) => ranks && seesChosenOnly(tool));
  const all = byLine ? answer.lines : answer.functions;
  const hidden = {
    count: all.length - rows.length + (byLine ? answer.hidden.lines : answer.hidden.functions),
    share:
      all.slice(rows.length).reduce((sum, { share }) => sum + share, 0) +
      (byLine ? answer.hidden.share : answer.hidden.functionsShare),
  };
  const place = Math.min(PLACE, Math.max(0, ...rows.map((row) => placeOf(row).length)));
  const head = Math.max(0, ...rows.map((row) => withInterval(row.share, row.low, row.high).length));
  const code = Math.min(34, Math.max(0, ...rows.map((row) => clean(row.code ?? '').length)));
  const name = Math.min(18, Math.max(0, ...rows.map((row) => nameOf(row).length)));
  return [
    shorten(header(answer), width),
    ...(rows.length === 0 ? ['no line of yours was seen'] : []),
    ...rows.map((row, index) =>
      rowText(row, { head, place, name, code, partial }, width, index === 0 ? style.bold : (text) => text),
    ),
    ...rest(answer, hidden, byLine).map((line) => style.dim(shorten(line, width))),
    ...doubtLines(answer, width).map((line) => style.warn(line)),
    ...next(answer, rows[0], width),
    ...besides(answer, width),
  ];
}

function header({ sources, workload, question, asked }: AnswerDocument): string {
  const ranking = sources.find(({ ranks }) => ranks) ?? sources[0];
  if (ranking === undefined) return 'nothing was recorded';
  const amount =
    ranking.unit === 'ns'
      ? formatDuration(ranking.total)
      : ranking.unit === 'bytes'
        ? formatBytes(ranking.total)
        : undefined;
  const summed = seesChosenOnly(ranking.tool) ? ' summed over lines' : '';
  const facts = [
    // Where a file holds several, it matters which: what is in use is not what was ever allocated.
    ...(amount === undefined
      ? []
      : [`${amount}${ranking.otherMetrics.length > 0 ? ` of ${clean(ranking.metric)}` : summed}`]),
    ...(ranking.samples === null ? [] : [`${formatCount(ranking.samples)} samples`]),
    `${clean(ranking.tool)}${ranking.recordings > 1 ? `, ${String(ranking.recordings)} recordings` : ''}`,
    ...(ranking.distorted ? ['distorted'] : []),
    ...sources.filter((one) => one !== ranking).map(({ tool }) => `beside ${clean(tool)}`),
  ];
  const what = workload === null ? question : clean(workload);
  const meant = sayAsked(asked);
  return `${keepEnd(what, 50)}${meant === undefined ? '' : ` (${meant})`}: ${facts.join(', ')}`;
}

/** The two that weigh most; the others are for those who ask. */
function doubtLines({ doubts }: AnswerDocument, width: number): readonly string[] {
  const more = doubts.length - 2;
  return [
    ...doubts.slice(0, 2).flatMap(({ text }) => wrap(`! ${clean(text)}`, width, 2)),
    ...(more > 0 ? [`! ${String(more)} more reservation${more === 1 ? '' : 's'}: --json`] : []),
  ];
}

function nameOf({ function: name }: Gain): string {
  return name === NO_FUNCTION ? '' : clean(name);
}

function placeOf({ file, line }: Gain): string {
  return `${clean(file)}${line === null ? '' : `:${String(line)}`}`;
}

/** `52 % ±5  report.py:7  dedupe  if r["id"] not in seen:  at most 2.1x` */
function rowText(
  row: Gain,
  {
    head: most,
    place,
    name,
    code: widest,
    partial,
  }: Readonly<Record<'head' | 'place' | 'name' | 'code', number>> & { readonly partial: boolean },
  width: number,
  strong: (text: string) => string,
): string {
  const head = pad(withInterval(row.share, row.low, row.high), most);
  const where = pad(keepEnd(placeOf(row), place), place);
  const who = pad(shorten(nameOf(row), name), name);
  const doubts = row.doubts.map(({ text }) => clean(text)).join(', ');
  const before = `${head}  ${where}  ${who}  `;
  const gain = partial ? '' : `at most ${bound(row.bound)}`;
  const say = (about: string): string => [gain, about].filter((part) => part !== '').join('  ');
  const fits = before.length + say(doubts).length <= width;
  const tail = fits ? say(doubts) : say(doubts.replace(/^sources differ \((.*)\)$/, 'differ: $1'));
  const room = width - before.length - tail.length - 2;
  const code = row.code === null || room < 8 ? '' : shorten(clean(row.code), Math.min(room, widest));
  return strong(
    shorten(
      `${before}${code === '' ? '' : `${pad(code, Math.min(room, widest))}  `}${tail}`.trimEnd(),
      width,
    ),
  );
}

function rest(
  { folded }: AnswerDocument,
  hidden: { readonly count: number; readonly share: number },
  byLine: boolean,
): readonly string[] {
  const parts: string[] = [];
  if (hidden.count > 0)
    parts.push(
      `${String(hidden.count)} more ${byLine ? 'line' : 'function'}${hidden.count === 1 ? '' : 's'} of yours ${percent(hidden.share)}`,
    );
  const named = [
    ['dependencies', folded.dependencies],
    ['stdlib', folded.stdlib],
    ['native', folded.native],
    ['other', folded.unknown],
  ] as const;
  const notable = named
    .filter(([, share]) => share >= 0.0005)
    .map(([what, share]) => `${what} ${percent(share)}`);
  if (notable.length > 0) parts.push(`paid by no line of yours: ${notable.join(', ')}`);
  return parts.length === 0 ? [] : [`… ${parts.join(' · ')}`];
}

/** The lines are no longer those that the costs belong to. */
function isOld({ doubts }: AnswerDocument): boolean {
  return doubts.some(({ code }) => code === 'recorded-before-change');
}

function ranksBytes({ sources }: AnswerDocument): boolean {
  return sources.some(({ ranks, unit }) => ranks && unit === 'bytes');
}

/** So many files are named at most: one of them is enough to look deeper. */
const MOST_NAMED = 4;

/** What has to be named, and less of it where there is no room. */
function waysToName({ deeper, sources }: AnswerDocument): readonly (readonly string[])[] {
  const { profiles = [] } = deeper ?? {};
  if (profiles.length === 0) return [[]];
  const ranking = sources.find(({ ranks }) => ranks)?.files.filter((file) => profiles.includes(file)) ?? [];
  return [profiles, ranking, ranking.slice(0, 1), profiles.slice(0, 1)].filter(
    ({ length }) => length > 0 && length <= MOST_NAMED,
  );
}

/** What to ask next, whole: a command that was cut cannot be copied. A file is found by the end of its path, too. */
function next(answer: AnswerDocument, best: Gain | undefined, width: number): readonly string[] {
  const ways = isOld(answer)
    ? askAgain(answer)
    : waysToName(answer).flatMap((named) => ask(answer, best, named));
  // A name that steers the terminal cannot be copied from it.
  const lines = ways.map((way) => `next: ${way}`).filter((line) => clean(line) === line);
  const fitting = lines.find((line) => shorten(line, width) === line);
  return fitting === undefined ? [] : [fitting];
}

function askAgain({ workload }: AnswerDocument): readonly string[] {
  return [`strop profile ${profilableId(workload ?? '') ?? ''}`.trimEnd(), 'strop profile'];
}

function ask(answer: AnswerDocument, best: Gain | undefined, named: readonly string[]): readonly string[] {
  const { tree = true, callers = true } = answer.deeper ?? {};
  const from = named.flatMap((file) => ['--profile', file]);
  const strop = (...words: readonly string[]): string => shellCommand(['strop', ...words, ...from]);
  const general = tree ? [strop('tree')] : [];
  if (best === undefined) return general;
  const { file, function: name } = best;
  const short = file.replace(/^.*\//, '');
  // Some tools know no functions, and code of a module has none that could be asked for.
  const known = !/^[(<]/.test(name);
  const who = known && callers ? [strop('callers', name)] : [];
  if (answer.lines.length === 0) {
    const both = who.map((one) => `${one}   |   ${strop('callees', name)}`);
    return [...both, ...who, ...general];
  }
  const targets = known ? [`${file}:${name}`, `${short}:${name}`] : [file, short];
  const source = targets.map((target) => strop('source', target));
  // Who allocates stands on the line: callers are told by time.
  const both = ranksBytes(answer) ? [] : who.map((one) => `${source[0] ?? ''}   |   ${one}`);
  return [...both, ...source, ...who, ...general];
}

/** What the same recordings know besides. */
function besides({ deeper }: AnswerDocument, width: number): readonly string[] {
  const { about = [], profiles = [] } = deeper ?? {};
  const [other] = about;
  if (other === undefined || profiles.length > MOST_NAMED) return [];
  const line = `beside: ${shellCommand(['strop', 'top', ...profiles, '--about', other])}`;
  return clean(line) === line && shorten(line, width) === line ? [line] : [];
}
