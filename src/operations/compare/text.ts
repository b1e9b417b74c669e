import { formatChange, formatDuration, formatShare } from '#base';
import { formatAmount, formatRate, nameMeter } from '#campaign';
import type { ComparedMeter, ComparedWorkload, ComparisonDocument } from '#store';
import type { Style } from '../operation.ts';
import { whatWouldDecide } from '../what-would-decide.ts';

function amount(value: number, meter: string): string {
  if (meter === 'allocations') return formatAmount(value, 'count');
  return formatAmount(value, meter === 'peak' || meter === 'rss' ? 'bytes' : 'ns');
}

function colour(verdict: string, style: Style): string {
  const word = verdict.toUpperCase();
  switch (verdict) {
    case 'faster':
    case 'leaner':
      return style.bold(style.good(word));
    case 'slower':
    case 'heavier':
      return style.bold(style.bad(word));
    case 'undecided':
      return style.bold(style.warn(word));
    default:
      return style.bold(word);
  }
}

function interval(judged: { readonly low: number; readonly high: number | null }): string {
  if (judged.high === null || judged.low === 0) return '[nothing excluded yet]';
  return `[${formatChange(judged.low)}, ${formatChange(judged.high)}]`;
}

function memoryLine(workload: ComparedWorkload): string | undefined {
  const shown = (['peak', 'allocations', 'rss'] as const).flatMap((name) => {
    const meter: ComparedMeter | undefined = workload.meters[name];
    if (meter === undefined || name === workload.meter) return [];
    const change = meter.verdict === 'no difference' ? '' : ` ${formatChange(meter.ratio)}`;
    return [
      `${nameMeter(name)} ${amount(meter.before, name)} → ${amount(meter.after, name)}: ${meter.verdict}${change}`,
    ];
  });
  return shown.length === 0 ? undefined : shown.join('; ');
}

/** The workload's numbers come from snapshots: no pair was measured, and no time would help. */
function isUnpaired(workload: ComparedWorkload): boolean {
  return workload.doubts.some((doubt) => doubt.code === 'unpaired-snapshot');
}

function needed(workload: ComparedWorkload): string {
  if (isUnpaired(workload)) return 'strop compare REVISION measures pairs and sees smaller changes';
  return whatWouldDecide(workload);
}

function extentOf(workload: ComparedWorkload): string {
  if (isUnpaired(workload)) return 'median of one process a side';
  return `${String(workload.pairs)} pairs, ${formatDuration(workload.seconds * 1e9)}`;
}

function workloadLines(workload: ComparedWorkload, style: Style): readonly string[] {
  const { meter } = workload;
  const lines = [
    style.bold(workload.id),
    `  ${colour(workload.verdict, style)}  ${formatChange(workload.ratio)} ${interval(workload)}  ${amount(workload.before, meter)} → ${amount(workload.after, meter)}`,
    style.dim(
      `  ${nameMeter(meter)}, ${extentOf(workload)}; ${
        workload.detectable === null
          ? isUnpaired(workload)
            ? 'no change could have been seen'
            : 'too few pairs to have seen any change'
          : `a change of ${formatShare(workload.detectable)} would have been seen`
      }`,
    ),
  ];
  if (workload.verdict === 'undecided') lines.push(`  ${needed(workload)}`);
  const memory = memoryLine(workload);
  if (memory !== undefined) lines.push(style.dim(`  ${memory}`));
  const doubts = workload.doubts.filter((doubt) => doubt.code !== 'unpaired-snapshot');
  lines.push(...doubts.map((doubt) => style.warn(`  doubt: ${doubt.text}`)));
  return lines;
}

function summary(document: ComparisonDocument): string {
  const counts = new Map<string, number>();
  for (const { verdict } of document.workloads) counts.set(verdict, (counts.get(verdict) ?? 0) + 1);
  const parts = [...counts].map(([verdict, count]) => `${String(count)} ${verdict}`);
  const { alpha, margin } = document.rule;
  return `${parts.join(', ')} in ${formatDuration(document.seconds * 1e9)} (error rate ${formatRate(alpha)}, estimates within ±${formatRate(margin)} are not called changes)`;
}

/** The comparison for people. */
export function text(document: ComparisonDocument, style: Style): readonly string[] {
  const side = (label: string, revision: ComparisonDocument['a']) =>
    `${label} ${revision.revision} (${revision.commit.slice(0, 9)})`;
  return [
    style.dim(`${side('A', document.a)}  →  ${side('B', document.b)}, Python ${document.python.version}`),
    '',
    ...document.workloads.flatMap((workload) => [...workloadLines(workload, style), '']),
    ...document.doubts.map((doubt) => style.warn(`doubt: ${doubt.text}`)),
    summary(document),
  ];
}
