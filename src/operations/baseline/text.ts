import { formatDuration, formatShare } from '#base';
import { formatAmount } from '#campaign';
import type { BaselineDocument } from '#store';
import { isKept } from '../keep-measured.ts';
import type { Style } from '../operation.ts';
import { profilable } from '../profilable.ts';

type Workload = BaselineDocument['workloads'][number];

function workloadLines(workload: Workload, style: Style): readonly string[] {
  const { unit, meters } = workload;
  const memory = (['peak', 'allocations'] as const).flatMap((name) => {
    const figure = meters[name];
    return figure === undefined
      ? []
      : [
          `${formatAmount(figure.value, figure.unit)} ${name === 'peak' ? 'peak of allocations' : 'allocations'}`,
        ];
  });
  // One pair does not scatter.
  const noise =
    workload.processes <= 2
      ? 'noise not known from one pair'
      : `noise of a pair ${formatShare(workload.pairSd)}`;
  const sees = workload.detectable === null ? '' : `; steps will see ${formatShare(workload.detectable)}`;
  return [
    style.bold(workload.id),
    `  ${formatAmount(workload.value, unit)} [${formatAmount(workload.low, unit)}, ${formatAmount(workload.high, unit)}]${memory.length === 0 ? '' : `, ${memory.join(', ')}`}`,
    style.dim(`  ${String(workload.processes)} processes, ${noise}${sees}`),
    ...workload.doubts.map((doubt) => style.warn(`  doubt: ${doubt.text}`)),
  ];
}

/** The baseline for people. */
export function text(document: BaselineDocument, style: Style): readonly string[] {
  return [
    style.dim(
      `${document.name}: ${document.revision.commit.slice(0, 9)}, Python ${document.python.version}, ${document.machine.cpu}`,
    ),
    '',
    ...document.workloads.flatMap((workload) => [...workloadLines(workload, style), '']),
    ...(document.snapshot === null ? [] : [`snapshot for pytest-benchmark: ${document.snapshot}`]),
    ...document.doubts.map((doubt) => style.warn(`doubt: ${doubt.text}`)),
    isKept(document)
      ? `kept in ${formatDuration(document.seconds * 1e9)}; next: \`strop profile ${profilable(document.workloads[0]) ?? 'module:function'}\`, change one thing, \`strop step "what you changed" --commit\``
      : 'not kept: there is no baseline to go on from; next: make room for it, then `strop baseline` again',
  ];
}
