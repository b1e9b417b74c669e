/**
 * What kind of trouble a {@link StropError} is. The exit code follows from it: `interrupted` ends with 130,
 * everything else with 2 (the request or the project is wrong).
 */
export type ProblemCode =
  | 'bad-request'
  | 'bad-config'
  | 'no-project'
  | 'no-python'
  | 'no-git'
  | 'bad-revision'
  | 'bad-tree'
  | 'commit-refused'
  | 'wrong-code'
  | 'workload-missing'
  | 'workload-failed'
  | 'workload-skipped'
  | 'workload-timeout'
  | 'worker-lost'
  | 'forged-result'
  | 'environment-failed'
  | 'tool-missing'
  /** A tool ran and recorded nothing that can be used. */
  | 'tool-failed'
  /** A sampler failed to read so many stacks that the others mislead. */
  | 'stacks-unreadable'
  /** The system does not let one process look into another. */
  | 'no-permission'
  | 'process-missing'
  | 'bad-profile'
  | 'bad-snapshot'
  | 'store'
  | 'disk'
  | 'interrupted';

/** The facts of a problem: what is wrong, where, and what to do about it. */
export interface Problem {
  /** Stable code for programs. */
  readonly code: ProblemCode;
  /** What is wrong, one sentence without a full stop at the end. */
  readonly problem: string;
  /** Where: a file with line, a revision, a workload id. */
  readonly where?: string;
  /** What the user can do, one sentence. */
  readonly remedy: string;
  /** Output of the failed child or another long evidence, shown below the message. */
  readonly detail?: string;
}

/**
 * A problem of the request, the project or the machine: expected, explained, shown without a stack.
 * Anything else that is thrown is a bug of strop.
 */
export class StropError extends Error {
  readonly code: ProblemCode;
  readonly facts: Problem;

  constructor(facts: Problem) {
    super(facts.where === undefined ? facts.problem : `${facts.where}: ${facts.problem}`);
    this.name = 'StropError';
    this.code = facts.code;
    this.facts = facts;
  }
}
