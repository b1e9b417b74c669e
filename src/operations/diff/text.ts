import { formatBytes, formatCount, formatDuration, formatShare } from '#base';
import { clean, keepEnd, pad, shorten, wrap } from '../profile-words.ts';
import type { Style } from '../operation.ts';
import type { DiffResult } from './schema.ts';

type Frame = DiffResult['frames'][number];
type Side = DiffResult['a'];

const WIDEST = 100;
/** Bytes of the whole answer, so that it costs an agent little to read: rows are left away until it fits. */
const MOST_BYTES = 1500;
/** What `--top` is when nobody gives it: whoever asks for more rows gets them. */
const USUAL_ROWS = 12;
/** A command that is longer is left to `--json`. */
const LONGEST_COMMAND = 240;
/** Harness below this share is no news. */
const LEAST_SHARE = 0.005;

/** The change between two profiles as text: at most 100 columns, and 1.5 kB unless more rows were asked for. */
export function diffText(result: DiffResult, style: Style): readonly string[] {
  const width = Math.max(40, Math.min(style.width, WIDEST));
  const most = Math.min(result.frames.length, result.shown);
  const plain: Style = { ...style, bold: same, dim: same, good: same, bad: same, warn: same };
  for (let count = most; ; count -= 1) {
    const size = Buffer.byteLength(compose(result, count, width, plain).join('\n'));
    if (count <= 1 || result.shown > USUAL_ROWS || size < MOST_BYTES)
      return compose(result, count, width, style);
  }
}

function same(text: string): string {
  return text;
}

function compose(result: DiffResult, count: number, width: number, style: Style): readonly string[] {
  const { total, quiet, doubts } = result;
  const frames = result.frames.slice(0, count);
  const own = frames.filter(({ origin }) => origin === 'mine');
  const foreign = frames.filter(({ origin }) => origin !== 'mine');
  const column = Math.max(0, ...frames.map((frame) => changeOf(frame, result).length));
  const rows = (list: readonly Frame[]): readonly string[] =>
    list.map((frame) => row(frame, result, column, width, style));
  const hidden = result.frames.length - frames.length;
  const chance = isQuiet(total) ? ', within chance' : '';
  const whole = `${amount(total.a, result)} -> ${amount(total.b, result)} ${perRun(result)}: ${changeOf(total, result)}${chance}`;
  const seen = `${String(quiet.functions)} function${quiet.functions === 1 ? '' : 's'} quiet`;
  const unseen = quiet.unseen === null ? '' : ` (none changed by more than ${amount(quiet.unseen, result)})`;
  const isNothing = result.frames.length === 0;
  const reservations = doubts.slice(0, 2).flatMap(({ text }) => wrap(`! ${clean(text)}`, width, 2));
  const more = doubts.length - 2;
  return [
    ...header(result).map((line) => shorten(line, width)),
    style.bold(shorten(whole, width)),
    ...rows(own),
    ...(foreign.length === 0 ? [] : [style.dim('not yours, by self cost (your functions above pay for it)')]),
    ...rows(foreign),
    ...(hidden === 0
      ? []
      : [style.dim(`… ${String(hidden)} more changed: --top ${String(Math.max(13, result.frames.length))}`)]),
    style.dim(
      shorten(isNothing ? `nothing moved beyond chance: ${seen}${unseen}` : `… ${seen}${unseen}`, width),
    ),
    ...harnessLine(result).map((line) => style.dim(shorten(line, width))),
    ...reservations.map((line) => style.warn(line)),
    ...(more > 0 ? [style.warn(`! ${String(more)} more reservation${more === 1 ? '' : 's'}: --json`)] : []),
    ...next(result, width),
  ];
}

function header(result: DiffResult): readonly string[] {
  const { a, b, workload, why } = result;
  if (a.revision === null || b.revision === null) return [`${filesOf(a)} -> ${filesOf(b)}`];
  const tools = clean([...new Set([...a.tools, ...b.tools])].join(', '));
  const samples =
    a.samples === null || b.samples === null
      ? ''
      : `, ${formatCount(a.samples)} and ${formatCount(b.samples)} samples`;
  return [
    `${keepEnd(clean(workload ?? ''), 50)}: ${revisionName(a.revision)} -> ${revisionName(b.revision)}`,
    `${String(a.recordings)} recordings of each in turns by ${tools}${samples}`,
    ...(why === null || why === '' ? [] : [`${tools}: ${why}`]),
  ];
}

function revisionName({ revision, commit }: NonNullable<Side['revision']>): string {
  return revision === 'working tree' ? revision : `${clean(revision)} (${commit.slice(0, 9)})`;
}

function filesOf({ files, samples }: Side): string {
  const [first = '?', ...others] = files;
  const named = `${keepEnd(clean(first), 30)}${others.length > 0 ? ` and ${String(others.length)} more` : ''}`;
  return samples === null ? named : `${named} (${formatCount(samples)} samples)`;
}

function perRun({ per, question }: DiffResult): string {
  if (question !== 'time') return 'at the peak';
  return per === 'loop' ? 'per run' : 'per recording';
}

/** What the runner costs is no part of the change, but tells how much of the recordings was about the workload. */
function harnessLine(result: DiffResult): readonly string[] {
  const [a, b] = [result.a.harness, result.b.harness];
  if (a === null || b === null || Math.max(a.share, b.share) < LEAST_SHARE) return [];
  const side = ({ share, amount: size }: NonNullable<Side['harness']>): string =>
    `${formatShare(share)} (${amount(size, result)})`;
  return [`harness share, in no number above (test runner, strop's loop): ${side(a)} -> ${side(b)}`];
}

function next({ proof, question, a }: DiffResult, width: number): readonly string[] {
  const [name = ''] = a.files;
  const kept = [
    'strop top (newer side)',
    `strop top ${clean(name)} (older)`,
    ...(question === 'time' ? ['strop view newest'] : []),
  ];
  const line = `kept: ${kept.join(', ')}`;
  // A command that was cut cannot be copied.
  const lines = shorten(line, width) === line ? [line] : kept.map((one) => `kept: ${one}`);
  return [
    shorten('a profile says where; that it is a change, only a measurement proves:', width),
    // Cut off it would be another command.
    `  ${proof.length <= LONGEST_COMMAND ? clean(proof) : 'strop compare'}`,
    ...(a.revision === null ? [] : lines),
  ];
}

function amount(value: number, { unit }: Pick<DiffResult, 'unit'>): string {
  const size = Math.abs(value);
  switch (unit) {
    case 'ns':
      return formatDuration(size);
    case 'bytes':
      return formatBytes(size);
    case 'count':
      return `${formatCount(size)} samples`;
  }
}

function signed(value: number, result: DiffResult): string {
  return `${value < 0 ? '-' : '+'}${amount(value, result)}`;
}

function changeOf({ change, low, high }: DiffResult['total'], result: DiffResult): string {
  if (low === null || high === null) return signed(change, result);
  return `${signed(change, result)} [${signed(low, result)}, ${signed(high, result)}]`;
}

function isQuiet({ low, high }: DiffResult['total']): boolean {
  return low !== null && high !== null && low <= 0 && high >= 0;
}

function row(frame: Frame, result: DiffResult, column: number, width: number, style: Style): string {
  const at = frame.line === null ? '' : `:${String(frame.line)}`;
  const where = frame.file === null ? '' : `  ${keepEnd(`${clean(frame.file)}${at}`, 30)}`;
  const from = frame.from === null ? '' : ` (from ${keepEnd(clean(frame.from), 24)})`;
  const line = `${pad(frame.state, 6)} ${pad(changeOf(frame, result), column)}  ${clean(frame.function)}${where}${from}`;
  const colour = frame.change < 0 ? style.good : frame.state === 'moved' ? style.dim : style.bad;
  return colour(shorten(line, width));
}
