/** What a change must pass besides being faster. */
export type GateName = 'yardstick' | 'api' | 'one change' | 'tests' | 'guards';

/**
 * How one gate answered. `excused`: it would have failed, and the user gave a reason that is kept in the log.
 */
export interface GateReport {
  readonly gate: GateName;
  readonly outcome: 'passed' | 'failed' | 'excused';
  /** One sentence with the figures: `212 of 212 tests of A pass on both sides`. */
  readonly summary: string;
  /** One line for each finding, the gravest first: `tests/test_a.py::test_b: passed on A, failed on B`. */
  readonly details: readonly string[];
  /** The user's reason where the gate is excused. */
  readonly reason: string | null;
}
