import type { Baseline, Step } from './step.ts';

/** One effort to make a project faster: where it started, and every attempt since, whatever became of it. */
export interface Campaign {
  readonly baseline: Baseline | undefined;
  /** In any order; ids sort by time. */
  readonly steps: readonly Step[];
}

/** All attempts, the oldest first. */
export function orderSteps(steps: readonly Step[]): readonly Step[] {
  return [...steps].sort((one, other) => (one.id < other.id ? -1 : one.id > other.id ? 1 : 0));
}

/** The accepted steps, the oldest first. */
export function acceptedSteps(steps: readonly Step[]): readonly Step[] {
  return orderSteps(steps).filter((step) => step.outcome === 'accepted');
}
