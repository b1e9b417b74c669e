import type { Style } from './operation.ts';

/** Unchanged lines shown around a change. */
const AROUND = 3;

/** A unified diff of one contiguous change; '' when nothing differs. Line ends are not shown. */
export function unifiedDiff(path: string, before: string, after: string): string {
  if (before === after) return '';
  const old = splitLines(before);
  const now = splitLines(after);
  let head = 0;
  while (head < old.length && head < now.length && old[head] === now[head]) head += 1;
  let tail = 0;
  while (tail < old.length - head && tail < now.length - head && old.at(-1 - tail) === now.at(-1 - tail))
    tail += 1;
  const from = Math.max(0, head - AROUND);
  const below = Math.min(AROUND, tail);
  const removed = old.slice(head, old.length - tail);
  const added = now.slice(head, now.length - tail);
  const count = (lines: readonly string[]): number => head - from + lines.length + below;
  const range = (lines: readonly string[]): string => `${count(lines) === 0 ? 0 : from + 1},${count(lines)}`;
  return [
    `--- a/${path}`,
    `+++ b/${path}`,
    `@@ -${range(removed)} +${range(added)} @@`,
    ...old.slice(from, head).map((line) => ` ${line}`),
    ...removed.map((line) => `-${line}`),
    ...added.map((line) => `+${line}`),
    ...old.slice(old.length - tail, old.length - tail + below).map((line) => ` ${line}`),
  ].join('\n');
}

function splitLines(text: string): readonly string[] {
  if (text === '') return [];
  return text.replace(/\r?\n$/, '').split(/\r?\n/);
}

/** One line of a diff in its colour. */
export function paintDiff(line: string, style: Pick<Style, 'dim' | 'good' | 'bad'>): string {
  if (/^(---|\+\+\+|@@)/.test(line)) return style.dim(line);
  if (line.startsWith('+')) return style.good(line);
  return line.startsWith('-') ? style.bad(line) : line;
}
