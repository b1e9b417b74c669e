import { formatDuration } from '#base';
import type { ComparedWorkload } from '#store';

/** What would end in a decision on a workload that is undecided, as a clause. */
export function whatWouldDecide({
  pairs,
  secondsNeeded,
  detectable,
}: Pick<ComparedWorkload, 'pairs' | 'secondsNeeded' | 'detectable'>): string {
  if (secondsNeeded !== null)
    return `about ${formatDuration(secondsNeeded * 1e9)} more would decide (--budget)`;
  if (detectable === null) return `${String(pairs)} pairs say too little: give it more time (--budget)`;
  return 'more time may not help: the change lies near the margin or the noise is too large';
}
