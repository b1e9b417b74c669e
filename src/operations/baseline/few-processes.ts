import type { BaselineDocument } from '#store';

type Workload = BaselineDocument['workloads'][number];

/** From so many processes on the range of all medians misses the true one in fewer than 1 of 100 cases: 2 in 2 to this power. */
const LEAST_PROCESSES = 8;

/** The workload of a baseline, with a doubt where its interval is not one of 99 %. */
export function doubtFew(workload: Workload): Workload {
  const { processes } = workload;
  if (processes >= LEAST_PROCESSES) return workload;
  const text = `The time was up after ${String(processes)} processes: the interval is their range, and less than one of 99 % (--budget).`;
  return { ...workload, doubts: [...workload.doubts, { code: 'few-pairs', text }] };
}
