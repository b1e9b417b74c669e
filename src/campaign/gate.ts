/** What a change must pass besides being faster. */
export type GateName = 'yardstick' | 'api' | 'one change' | 'tests' | 'guards';

const CUT = /^and (\d+) more$/;

/** The first of the findings, and in the last line how many there are beside them. */
export function cutFindings(findings: readonly string[], most: number): readonly string[] {
  if (findings.length <= most) return findings;
  const last = CUT.exec(findings.at(-1) ?? '');
  const lines = last === null ? findings : findings.slice(0, -1);
  // What was cut once may be cut shorter: the number stays that of all.
  const rest = Math.max(lines.length - most, 0) + Number(last?.[1] ?? 0);
  return [...lines.slice(0, most), `and ${String(rest)} more`];
}

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
