import { formatBytes, formatCount, formatDuration, formatShare } from '#base';
import { plainName } from '#profiles';
import type { CallEdge, CallGraphProfile, Frame, LineProfile, Metric } from '#profiles';

/** One number or text of a row, with what it is ordered by. */
export interface Cell {
  readonly text: string;
  readonly order: number | string;
}

/** What a function was called by and what it called, each as a sentence. */
export interface Neighbours {
  readonly callers: readonly string[];
  readonly callees: readonly string[];
}

/** The rows of a profile without stacks. */
export interface FlatTable {
  readonly columns: readonly { readonly title: string; readonly isNumber: boolean }[];
  readonly rows: readonly { readonly cells: readonly Cell[]; readonly neighbours?: Neighbours }[];
  /** Rows that were left out at the end, the cheapest. */
  readonly left: number;
}

const MOST_ROWS = 1000;
const MOST_NEIGHBOURS = 8;

/** The functions or lines of a profile, the dearest by itself first. Nothing is drawn from them that they do not say. */
export function tabulate(profile: CallGraphProfile | LineProfile): FlatTable {
  return profile.shape === 'call-graph' ? tabulateGraph(profile) : tabulateLines(profile);
}

function tabulateGraph(profile: CallGraphProfile): FlatTable {
  const { metrics, frames } = profile;
  const rows = [...profile.rows].sort((a, b) => (b.self[0] ?? 0) - (a.self[0] ?? 0));
  const totals = metrics.map((_, slot) => sum(profile.rows.map(({ self }) => self[slot] ?? 0)));
  const into = groupEdges(profile.edges, 'callee');
  const outOf = groupEdges(profile.edges, 'caller');
  return {
    columns: [
      { title: 'function', isNumber: false },
      { title: 'where', isNumber: false },
      { title: 'calls', isNumber: true },
      ...metrics.flatMap(({ name }) => [
        { title: `${name}, itself`, isNumber: true },
        { title: 'share', isNumber: true },
        { title: `${name}, with callees`, isNumber: true },
      ]),
    ],
    rows: rows.slice(0, MOST_ROWS).map((row) => ({
      cells: [
        textCell(nameOf(frames[row.frame])),
        placeCell(frames[row.frame], frames[row.frame]?.line),
        { text: formatCount(row.calls), order: row.calls },
        ...metrics.flatMap((metric, slot) => [
          amountCell(metric, row.self[slot]),
          shareCell(row.self[slot] ?? 0, totals[slot] ?? 0),
          amountCell(metric, row.inclusive[slot]),
        ]),
      ],
      neighbours: {
        callers: tell(into.get(row.frame) ?? [], 'caller', profile),
        callees: tell(outOf.get(row.frame) ?? [], 'callee', profile),
      },
    })),
    left: Math.max(0, rows.length - MOST_ROWS),
  };
}

function tabulateLines(profile: LineProfile): FlatTable {
  const { metrics, frames, charged } = profile;
  const rows = [...profile.rows].sort((a, b) => (b.self[0] ?? 0) - (a.self[0] ?? 0));
  const totals = metrics.map((_, slot) => sum(profile.rows.map(({ self }) => self[slot] ?? 0)));
  const hasHits = rows.some(({ hits }) => hits !== undefined);
  // Where callees are in the cost it is there again in their own lines: a share of the sum would mean nothing.
  const isSelf = charged === 'self';
  return {
    columns: [
      { title: 'function', isNumber: false },
      { title: 'line', isNumber: false },
      ...(hasHits ? [{ title: 'hits', isNumber: true }] : []),
      ...metrics.flatMap(({ name }) =>
        isSelf
          ? [
              { title: name, isNumber: true },
              { title: 'share', isNumber: true },
            ]
          : [{ title: `${name}, with callees`, isNumber: true }],
      ),
    ],
    rows: rows.slice(0, MOST_ROWS).map((row) => ({
      cells: [
        textCell(nameOf(frames[row.frame])),
        placeCell(frames[row.frame], row.line),
        ...(hasHits
          ? [{ text: row.hits === undefined ? '' : formatCount(row.hits), order: row.hits ?? -1 }]
          : []),
        ...metrics.flatMap((metric, slot) => [
          amountCell(metric, row.self[slot]),
          ...(isSelf ? [shareCell(row.self[slot] ?? 0, totals[slot] ?? 0)] : []),
        ]),
      ],
    })),
    left: Math.max(0, rows.length - MOST_ROWS),
  };
}

function groupEdges(
  edges: readonly CallEdge[],
  by: 'caller' | 'callee',
): ReadonlyMap<number, readonly CallEdge[]> {
  const groups = new Map<number, CallEdge[]>();
  for (const edge of edges) {
    const group = groups.get(edge[by]);
    if (group === undefined) groups.set(edge[by], [edge]);
    else group.push(edge);
  }
  return groups;
}

function tell(
  edges: readonly CallEdge[],
  who: 'caller' | 'callee',
  { frames, metrics }: CallGraphProfile,
): readonly string[] {
  const cost = (edge: CallEdge): number => edge.inclusive?.[0] ?? edge.calls;
  const ranked = [...edges].sort((a, b) => cost(b) - cost(a));
  const [metric] = metrics;
  const told = ranked.slice(0, MOST_NEIGHBOURS).map((edge) => {
    const frame = frames[edge[who]];
    const where = placeOf(frame, frame?.line);
    const amount = edge.inclusive?.[0];
    const numbers = [
      `${formatCount(edge.calls)} ${edge.calls === 1 ? 'call' : 'calls'}`,
      ...(metric === undefined || amount === undefined ? [] : [formatAmount(metric, amount)]),
    ];
    return `${nameOf(frame)}${where === '' ? '' : ` (${where})`}: ${numbers.join(', ')}`;
  });
  const left = ranked.length - told.length;
  return left > 0 ? [...told, `and ${String(left)} more`] : told;
}

function nameOf(frame: Frame | undefined): string {
  return plainName(frame?.name ?? '?');
}

function placeOf(frame: Frame | undefined, line: number | undefined): string {
  return frame?.file === undefined ? '' : `${frame.file}${line === undefined ? '' : `:${String(line)}`}`;
}

function textCell(text: string): Cell {
  return { text, order: text };
}

function placeCell(frame: Frame | undefined, line: number | undefined): Cell {
  // Padded, so that line 9 stands before line 10.
  return { text: placeOf(frame, line), order: `${frame?.file ?? ''}:${String(line ?? 0).padStart(9, '0')}` };
}

function amountCell(metric: Metric, amount: number | undefined): Cell {
  return { text: amount === undefined ? '' : formatAmount(metric, amount), order: amount ?? -1 };
}

function shareCell(part: number, total: number): Cell {
  return { text: total > 0 ? formatShare(part / total) : '', order: part };
}

function formatAmount({ unit }: Metric, amount: number): string {
  if (unit === 'ns') return formatDuration(amount);
  return unit === 'bytes' ? formatBytes(amount) : formatCount(amount);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
