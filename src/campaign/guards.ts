import type { Step, StepWorkload } from './step.ts';

/**
 * The ending of one workload in a step: its verdict, or `harmless` for a guard that is proven to be no worse than its margin. A
 * guard is measured until that is shown, and no further: its verdict on a change stays undecided, which is its good
 * ending. Where it was not shown, the step has a doubt that says so.
 */
export function endingOf(
  { role, verdict, id }: Pick<StepWorkload, 'role' | 'verdict' | 'id'>,
  doubts: Step['doubts'],
): StepWorkload['verdict'] | 'harmless' {
  const isDoubted = doubts.some(
    ({ code, text }) =>
      code === 'guard-unproven' &&
      (text.includes(id) || (id.startsWith('import ') && text.includes('importing the project'))),
  );
  return role === 'guard' && verdict === 'undecided' && !isDoubted ? 'harmless' : verdict;
}
