/**
 * Where a fact was read: a file relative to the project root (with `/`, may start with `../` in a monorepo),
 * and the line counted from 1.
 */
export interface Evidence {
  readonly file: string;
  readonly line?: number | undefined;
}

/** Something known about the project, and how strop knows it. */
export interface Fact<T> {
  readonly value: T;
  readonly evidence: Evidence;
}

/** `setup.cfg:12`, the form in which editors open a place. */
export function formatEvidence(evidence: Evidence): string {
  return evidence.line === undefined ? evidence.file : `${evidence.file}:${evidence.line}`;
}
