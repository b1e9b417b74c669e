import type { Status } from './schema.ts';

/** What the next step depends on. */
export interface Situation {
  readonly hasGit: boolean;
  readonly hasCommit: boolean;
  readonly changed: number;
  readonly commit: string | undefined;
  readonly benchmarkFiles: readonly string[];
  readonly workloads: readonly string[];
  /** Targets that a kept profile proposes for a first benchmark, best first. */
  readonly candidates: readonly string[];
  /** The newest comparison: the commit below its side B, whether that was the working tree, and its verdict. */
  readonly last:
    { readonly commit: string; readonly workingTree: boolean; readonly verdict: string } | undefined;
}

/** The phase of the loop and the one next command. Pure. */
export function chooseNext(situation: Situation): Pick<Status, 'phase' | 'next'> {
  const { last } = situation;
  if (!situation.hasGit || !situation.hasCommit) {
    return say(
      'understand',
      situation.hasGit ? 'git add -A && git commit' : 'git init && git add -A && git commit',
      'strop compares revisions: without a commit there is nothing to compare with.',
    );
  }
  const measurable = situation.benchmarkFiles.length > 0 || situation.workloads.length > 0;
  const [best] = situation.candidates;
  if (!measurable && last === undefined) {
    if (situation.changed === 0 && best !== undefined) {
      return say(
        'baseline',
        'strop scaffold --pick 1',
        `There is no benchmark yet: write one for ${best}, or pick another number.`,
      );
    }
    return situation.changed > 0
      ? say(
          'change',
          'strop compare --workload module:function',
          'The working tree has changed and there is no benchmark: name the function that should be faster.',
        )
      : say(
          'baseline',
          'strop scaffold module:function',
          'There is no benchmark yet: write one for the code that should be faster.',
        );
  }
  const isOfNow = last !== undefined && last.commit === situation.commit;
  if (situation.changed > 0) {
    if (!isOfNow || !last.workingTree) {
      return say(
        'change',
        'strop compare',
        'The working tree differs from HEAD and has not been compared yet.',
      );
    }
    switch (last.verdict) {
      case 'faster':
      case 'leaner':
        return say(
          'change',
          'git commit',
          `The last comparison says ${last.verdict}: run the tests, then keep this one change in a commit of its own.`,
        );
      case 'slower':
      case 'heavier':
        return say(
          'change',
          'strop compare',
          `The last comparison says ${last.verdict}: take the change back or mend it, then compare again.`,
        );
      case 'no difference':
        return say(
          'change',
          'git restore .',
          'The last comparison says no difference: take the change back, it only makes the code different.',
        );
      default:
        return say(
          'change',
          'strop compare --budget 5m',
          'The last comparison is undecided: give it more time.',
        );
    }
  }
  const [file] = situation.benchmarkFiles;
  return say(
    'find',
    file === undefined
      ? `strop profile ${situation.workloads[0] ?? 'module:function'}`
      : `strop profile ${file}`,
    last === undefined
      ? 'Nothing is measured yet: look where the time goes before you change anything.'
      : 'The tree is clean: look where the time goes now.',
  );
}

function say(phase: Status['phase'], command: string, why: string): Pick<Status, 'phase' | 'next'> {
  return { phase, next: { command, why } };
}
