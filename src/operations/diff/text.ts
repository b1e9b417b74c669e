import { formatBytes, formatCount, formatDuration } from '#base';
import { clean, keepEnd, pad, shorten, wrap } from '../profile-words.ts';
import type { Style } from '../operation.ts';
import type { DiffResult } from './schema.ts';

type Frame = DiffResult['frames'][number];

/** The change between two profiles as text, at most 100 columns. */
export function diffText(result: DiffResult, style: Style): readonly string[] {
  const width = Math.max(40, Math.min(style.width, 100));
  const { total, frames, quiet } = result;
  const own = frames.filter(({ origin }) => origin === 'mine');
  const foreign = frames.filter(({ origin }) => origin !== 'mine');
  const sides = `${sideOf(result.a)} -> ${sideOf(result.b)}`;
  const seen = `${String(quiet.functions)} functions quiet`;
  const unseen = quiet.unseen === null ? '' : ` (none changed by more than ${amount(quiet.unseen, result)})`;
  return [
    shorten(sides, width),
    style.bold(
      shorten(
        `${amount(total.a, result)} -> ${amount(total.b, result)} per ${result.per}: ${changeOf(total, result)}${isQuiet(total) ? ', within chance' : ''}`,
        width,
      ),
    ),
    ...own.map((frame) => row(frame, result, width, style)),
    ...(foreign.length === 0 ? [] : [style.dim('not yours, by self cost (your functions above pay for it)')]),
    ...foreign.map((frame) => row(frame, result, width, style)),
    ...(result.hidden === 0
      ? []
      : [
          style.dim(
            `… ${String(result.hidden)} more changed: --top ${String(frames.length + result.hidden)}`,
          ),
        ]),
    style.dim(
      shorten(
        frames.length === 0 ? `nothing moved beyond chance: ${seen}${unseen}` : `… ${seen}${unseen}`,
        width,
      ),
    ),
    ...result.doubts
      .slice(0, 3)
      .flatMap(({ text }) => wrap(`! ${clean(text)}`, width, 2).map((line) => style.warn(line))),
  ];
}

function sideOf({ files, samples }: DiffResult['a']): string {
  const [first = '?', ...others] = files;
  const named = `${keepEnd(clean(first), 30)}${others.length > 0 ? ` and ${String(others.length)} more` : ''}`;
  return samples === null ? named : `${named} (${formatCount(samples)} samples)`;
}

function amount(value: number, { unit }: DiffResult): string {
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

function row(frame: Frame, result: DiffResult, width: number, style: Style): string {
  const where = frame.file === null ? '' : `  ${keepEnd(clean(frame.file), 30)}`;
  const from = frame.from === null ? '' : ` (from ${keepEnd(clean(frame.from), 24)})`;
  const line = `${pad(frame.state, 6)} ${pad(changeOf(frame, result), 24)}  ${clean(frame.function)}${where}${from}`;
  const colour = frame.change < 0 ? style.good : frame.state === 'moved' ? style.dim : style.bad;
  return colour(shorten(line, width));
}
