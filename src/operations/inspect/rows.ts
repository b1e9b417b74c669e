import stringWidth from 'string-width';
import type { Style } from '../operation.ts';

/** One fact as a line: what it is, its value, and what says so. Without a label it continues the fact above. */
export interface Row {
  readonly label: string;
  readonly value: string;
  readonly evidence?: string | undefined;
  readonly mood?: 'good' | 'bad' | 'warn' | undefined;
}

/** Facts that belong together, under a heading. */
export interface Section {
  readonly title: string;
  readonly rows: readonly Row[];
}

const INDENT = 2;
const GAP = 2;

/** Names and texts come from the project's files: nothing in them may steer the terminal. */
export function clean(text: string): string {
  return text.replace(/[\n\t]/g, ' ').replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '?');
}

function pad(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - stringWidth(text)));
}

/** Breaks at blanks; a word that is wider than the room stands alone. */
export function wrap(text: string, room: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && stringWidth(line) + 1 + stringWidth(word) > room) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}

function showRow(row: Row, labelWidth: number, style: Style): readonly string[] {
  const room = Math.max(16, style.width - INDENT - labelWidth - GAP);
  const value = wrap(clean(row.value), room);
  const colour =
    row.mood === undefined ? (text: string) => text : (text: string) => style[row.mood ?? 'bold'](text);
  const shown = value.map(colour);
  if (row.evidence !== undefined) {
    const place = `(${clean(row.evidence)})`;
    const last = value.at(-1) ?? '';
    if (stringWidth(last) + 1 + stringWidth(place) <= room)
      shown.push(`${shown.pop() ?? ''} ${style.dim(place)}`);
    else shown.push(...wrap(place, room).map((line) => style.dim(line)));
  }
  const lead = ' '.repeat(INDENT);
  return shown.map(
    (line, index) => `${lead}${pad(index === 0 ? row.label : '', labelWidth)}${' '.repeat(GAP)}${line}`,
  );
}

/** Sections as aligned lines with a blank one between them; empty sections are left out. */
export function showSections(sections: readonly Section[], style: Style): readonly string[] {
  const filled = sections.filter((section) => section.rows.length > 0);
  const labels = filled.flatMap((section) => section.rows.map((row) => stringWidth(row.label)));
  const labelWidth = Math.max(0, ...labels);
  return filled.flatMap((section, index) => [
    ...(index === 0 ? [] : ['']),
    style.bold(section.title),
    ...section.rows.flatMap((row) => showRow(row, labelWidth, style)),
  ]);
}
