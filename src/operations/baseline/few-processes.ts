import type { BaselineDocument } from '#store';

type Workload = BaselineDocument['workloads'][number];

/** Medians of so many processes have an interval of 99 %: both ends of all draws miss it in 2 of 2 to this power. */
const LEAST_PROCESSES = 8;

/** The workload of a baseline, with a doubt where its interval is not one of 99 %. */
export function doubtFew(workload: Workload): Workload {
  const { processes } = workload;
  if (processes >= LEAST_PROCESSES) return workload;
  const text = `The time was up after ${String(processes)} processes: the interval is their range, and less than one of 99 % (--budget).`;
  return { ...workload, doubts: [...workload.doubts, { code: 'few-pairs', text }] };
}
