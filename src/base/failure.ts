import { StropError } from './errors.ts';
import type { Problem } from './errors.ts';

/** What went wrong, as facts for people and programs; `bug` is what strop itself did wrong. */
export interface Failure extends Omit<Problem, 'code'> {
  readonly code: Problem['code'] | 'bug';
}

/** The facts of anything that was thrown: what is no {@link StropError} is a bug of strop, and asks to be reported. */
export function failureOf(thrown: unknown): Failure {
  if (thrown instanceof StropError) return thrown.facts;
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  return {
    code: 'bug',
    problem: `strop itself failed: ${error.message}`,
    remedy: 'this is a bug in strop: please report it with the lines below and the command that you gave',
    ...(error.stack === undefined ? {} : { detail: error.stack }),
  };
}
