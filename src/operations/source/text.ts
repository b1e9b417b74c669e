import { formatBytes, formatCount } from '#base';
import { sayAsked } from '../asked-question.ts';
import type { Style } from '../operation.ts';
import { clean, pad, percent, shorten, withInterval, wrap } from '../profile-words.ts';
import type { SourceResult } from './schema.ts';

type Line = SourceResult['lines'][number];

interface Column {
  readonly title: string;
  readonly cell: (line: Line) => string;
}

/** Columns of other tools: more than these leave no room for the code. */
const MOST_OTHERS = 3;

/** An annotated file as a table, at most 100 columns wide. */
export function sourceText(result: SourceResult, style: Style): readonly string[] {
  const width = Math.max(40, Math.min(style.width, 100));
  const columns = listColumns(result);
  const table = result.lines.map((line) => columns.map(({ cell }) => cell(line)));
  const widths = columns.map(({ title }, index) =>
    Math.max(title.length, ...table.map((cells) => cells[index]?.length ?? 0)),
  );
  const row = (cells: readonly string[]): string =>
    cells.map((cell, index) => cell.padStart(widths[index] ?? 0)).join('  ');
  const code = result.lines.map((line) => line.code);
  const indent = Math.min(
    ...code.filter((text) => text.trim() !== '').map((text) => text.length - text.trimStart().length),
  );
  const strong = Math.max(...result.lines.map((line) => line.share ?? 0));
  const lines: string[] = [];
  let last: number | undefined;
  for (const [index, line] of result.lines.entries()) {
    if (last !== undefined && line.line > last + 1) lines.push(style.dim('  …'));
    last = line.line;
    const mark = line.doubts.length > 0 ? '!' : ' ';
    const text = shorten(
      `${row(table[index] ?? [])} ${mark} ${clean(line.code.replaceAll('\t', '    ').slice(indent))}`.trimEnd(),
      width,
    );
    lines.push(line.share !== null && line.share === strong && strong > 0 ? style.bold(text) : text);
  }
  const { left, asked = [] } = result;
  const meant = asked.flatMap((one) => sayAsked(one) ?? []);
  const doubted = result.lines.find((line) => line.doubts.length > 0);
  return [
    shorten(
      `${clean(result.file)}${result.function === null ? '' : `:${clean(result.function)}`}  by ${result.tools.map(clean).join(', ')}${meant.length === 0 ? '' : ` (${meant.join(', ')})`}`,
      width,
    ),
    style.dim(shorten(row(columns.map(({ title }) => title)), width)),
    ...lines,
    ...(left.lines > 0
      ? [
          style.dim(
            `… ${String(left.lines)} more lines, ${percent(left.share)} together: --lines ${String(left.lines + result.lines.length)}`,
          ),
        ]
      : []),
    ...(doubted === undefined
      ? []
      : wrap(`! line ${String(doubted.line)}: ${clean(doubted.doubts[0]?.text ?? '')}`, width, 2)),
    ...result.doubts
      .slice(0, 2)
      .flatMap(({ text }) => wrap(`! ${clean(text)}`, width, 2).map((one) => style.warn(one))),
  ];
}

function listColumns({ lines, tools }: SourceResult): readonly Column[] {
  const some = (has: (line: Line) => boolean): boolean => lines.some(has);
  const share = (value: number | null): string => (value === null ? '' : percent(value));
  const ranking = lines.flatMap(({ sources }) => sources[0]?.tool ?? [])[0];
  const others = tools.filter(
    (tool) => tool !== ranking && some(({ sources }) => sources.some((one) => one.tool === tool)),
  );
  return [
    { title: 'line', cell: ({ line }) => String(line) },
    {
      title: 'pays',
      cell: (line) => (line.share === null ? '' : pad(withInterval(line.share, line.low, line.high), 0)),
    },
    ...(some(({ self }) => self !== null) ? [{ title: 'self', cell: ({ self }: Line) => share(self) }] : []),
    { title: 'callees', cell: ({ withCallees }) => share(withCallees) },
    ...others.slice(0, MOST_OTHERS).map((tool) => ({
      title: clean(tool).slice(0, 13),
      cell: ({ sources }: Line) => share(sources.find((one) => one.tool === tool)?.share ?? null),
    })),
    ...(some(({ hits }) => hits !== null)
      ? [{ title: 'hits', cell: ({ hits }: Line) => (hits === null ? '' : formatCount(hits)) }]
      : []),
    ...(some(({ allocated }) => allocated !== null)
      ? [
          {
            title: 'alloc',
            cell: ({ allocated }: Line) => (allocated === null ? '' : formatBytes(allocated)),
          },
        ]
      : []),
  ];
}
