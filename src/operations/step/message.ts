import { formatChange } from '#base';
import { formatAmount, formatRate } from '#campaign';
import type { StepDocument } from '#store';

/** The commit message of an accepted step: the title, the user's words, and the numbers that prove it. */
export function messageOf(step: StepDocument, description: string | null): string {
  const better = step.workloads.filter(({ verdict }) => verdict === 'faster' || verdict === 'leaner');
  const lines = better.map((workload) => {
    const interval =
      workload.high === null ? '' : ` [${formatChange(workload.low)}, ${formatChange(workload.high)}]`;
    return `${workload.id}: ${formatAmount(workload.before, workload.unit)} -> ${formatAmount(workload.after, workload.unit)}, ${workload.verdict} ${formatChange(workload.ratio)}${interval}`;
  });
  const pairs = Math.max(0, ...better.map((workload) => workload.pairs));
  const passed = step.tests?.passed ?? 0;
  const tests = passed === 0 ? 'no tests' : passed === 1 ? '1 test passes' : `${String(passed)} tests pass`;
  const assumed = step.doubts.some(({ code }) => code === 'near-normal-noise-assumed')
    ? ' if noise is nearly Gaussian'
    : '';
  const measured = `Measured by strop: up to ${String(pairs)} pairs, error rate ${formatRate(step.alpha)}${assumed}; ${tests}.`;
  return [step.title, ...(description === null ? [] : [description]), lines.join('\n'), measured]
    .filter((part) => part !== '')
    .join('\n\n')
    .concat('\n');
}
