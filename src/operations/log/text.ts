import { formatChange } from '#base';
import { formatAmount, formatInterval } from '#campaign';
import type { Style } from '../operation.ts';
import type { LogResult } from './schema.ts';

type Row = LogResult['rows'][number];
type Effect = LogResult['effects'][number];

const MOST_EFFECTS = 5;

function effectText({
  verdict,
  ratio,
  low,
  high,
}: Pick<Effect, 'verdict' | 'ratio' | 'low' | 'high'>): string {
  return verdict === 'undecided' || verdict === 'no difference'
    ? verdict
    : `${formatChange(ratio)} ${formatInterval({ low, high })}`;
}

function rowLine(row: Row, usual: string | undefined, style: Style): string {
  const { lead } = row;
  const effect = lead === null ? 'not measured' : effectText(lead);
  const after = lead === null ? '' : formatAmount(lead.after, lead.unit);
  const pairs = lead === null ? '' : `${String(lead.pairs)} pairs`;
  const commit = row.commit === null ? '–' : row.commit.slice(0, 7);
  const line = `${String(row.number).padStart(3)}  ${row.title.slice(0, 36).padEnd(36)}  ${effect.padEnd(30)}  ${after.padStart(8)}  ${pairs.padStart(9)}  ${commit.padEnd(7)}  ${row.outcome}${lead === null || lead.id === usual ? '' : `  ${lead.id}`}`;
  return row.outcome === 'kept' ? line : style.dim(line);
}

function effectLine(effect: Effect, style: Style): string {
  const how =
    effect.how === 'direct'
      ? `measured directly, ${String(effect.pairs ?? 0)} pairs`
      : 'product of the steps';
  const change = `${formatChange(effect.ratio)} ${formatInterval(effect)}`;
  return `${formatAmount(effect.start, effect.unit)} → ${formatAmount(effect.now, effect.unit)}  ${style.bold(change)}  ${effect.id} (${how})`;
}

/** The campaign for people. */
export function text(log: LogResult, style: Style): readonly string[] {
  const { baseline } = log;
  if (baseline === null) return ['no campaign yet; next: `strop baseline`'];
  const withdrawn = log.withdrawn === 0 ? '' : `, ${String(log.withdrawn)} withdrawn`;
  const counts = `${String(log.kept)} kept, ${String(log.dropped)} dropped, ${String(log.undecided)} undecided${withdrawn}`;
  const effects = log.effects.slice(0, MOST_EFFECTS);
  const more = log.effects.length - effects.length;
  return [
    `${style.bold(baseline.name)} ${baseline.commit.slice(0, 9)} of ${baseline.date.slice(0, 10)}: ${counts}`,
    '',
    ...log.rows.map((row) => rowLine(row, log.effects[0]?.id, style)),
    ...(log.rows.length === 0 ? ['no step yet'] : ['']),
    ...effects.flatMap((effect) => [
      effectLine(effect, style),
      ...(effect.agreement === null ? [] : [style.dim(`  ${effect.agreement}`)]),
    ]),
    ...(more > 0 ? [style.dim(`and ${String(more)} more workloads (--json)`)] : []),
    ...directLines(log, style),
    ...(log.written === null ? [] : [`${log.written} is written`]),
  ];
}

function directLines({ direct, kept }: LogResult, style: Style): readonly string[] {
  if (kept === 0 || direct === 'current') return [];
  const why =
    direct === 'stale'
      ? 'the direct measurement is of another state'
      : 'the start was not measured against now directly';
  return [style.warn(`${why}: products of steps can lie; \`strop log --direct\``)];
}
