import type { Step, StepWorkload } from './step.ts';

/**
 * The ending of one workload in a step: its verdict, or `harmless` for a guard that is proven to be no worse than its margin. A
 * guard is measured until that is shown, and no further: its verdict on a change stays undecided, which is its good
 * ending. Where it was not shown, the step has a doubt that says so.
 */
export function endingOf(
  { role, verdict, id, unit, low }: Pick<StepWorkload, 'role' | 'verdict' | 'id' | 'unit' | 'low'>,
  doubts: Step['doubts'],
): StepWorkload['verdict'] | 'harmless' {
  const isDoubted = doubts.some(
    ({ code, text }) =>
      code === 'guard-unproven' &&
      (text.includes(id) || (id.startsWith('import ') && text.includes('importing the project'))),
  );
  // Only for time there is such a doubt; and one that is surely slower failed its gate, whatever its verdict.
  const isShown = role === 'guard' && unit === 'ns' && low <= 1 && !isDoubted;
  return isShown && verdict === 'undecided' ? 'harmless' : verdict;
}
