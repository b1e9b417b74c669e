import { formatBytes, formatCount, formatShare } from '#base';
import type { Style } from '../operation.ts';
import type { ViewResult } from './schema.ts';
import { writtenFormat } from './written-formats.ts';
import type { WrittenFormat } from './written-formats.ts';

const PAGES: Readonly<Record<ViewResult['page'], string>> = {
  'flame-graph': 'a flame graph',
  table: 'a table',
  memray: "memray's own page",
  scalene: "scalene's own page",
};

const FORMATS: Readonly<Record<WrittenFormat, string>> = {
  speedscope: 'the format of speedscope',
  pprof: 'the format of pprof',
  collapsed: 'the format of collapsed stacks',
};

function isDrawn(path: string): boolean {
  const format = writtenFormat(path);
  return format === undefined || format === 'speedscope';
}

const ENDS: Readonly<Record<NonNullable<ViewResult['served']>['ended'], string>> = {
  'page-closed': 'the page was closed',
  idle: 'nobody asked for anything any more',
  stopped: 'stopped',
};

/** One of the viewer's tabs promises more than there is. */
export const NO_TIME_ORDER =
  'equal stacks are joined: Left Heavy and Sandwich hold, the order in Time Order means nothing';

/** What was done, in a few lines. */
export function viewText(result: ViewResult, style: Style): readonly string[] {
  const { served, written, why, folded, doubts } = result;
  const page = PAGES[result.page];
  const lines: string[] = [];
  if (written !== null) {
    const format = writtenFormat(written.path);
    const what = format === undefined ? `${page} in one file, needs no network` : FORMATS[format];
    lines.push(
      `wrote ${style.bold(written.path)} (${formatBytes(written.bytes)}): ${result.file} as ${what}`,
    );
  }
  if (written !== null && result.page === 'flame-graph' && isDrawn(written.path))
    lines.push(style.dim(NO_TIME_ORDER));
  if (served !== null) lines.push(`showed ${result.file} as ${page}; ended: ${ENDS[served.ended]}`);
  if (why !== null) lines.push(why);
  if (folded !== null) lines.push(`${foldedWords(folded)}.`);
  return [...lines, ...doubts.map((doubt) => style.warn(`! ${doubt.text}`))];
}

/** How much is drawn as one. */
export function foldedWords({ share, below, deeper, recursions }: NonNullable<ViewResult['folded']>): string {
  const parts = [
    ...(below > 0 ? [`parts below ${(below * 100).toPrecision(1)} %`] : []),
    ...(deeper === null ? [] : [`what lies deeper than ${String(deeper)} calls`]),
  ];
  const cut = parts.length === 0 ? [] : [`${parts.join(' and ')} folded: ${formatShare(share)} of the whole`];
  const joined = recursions === 0 ? [] : [`${formatCount(recursions)} recursive calls are drawn as one`];
  return [...joined, ...cut].join('; ').replace(/^p/, 'P').replace(/^w/, 'W');
}
