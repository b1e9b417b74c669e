import { quoteWord } from '../shell-words.ts';
import type { Status } from './schema.ts';

/** Where the campaign stands. */
export interface CampaignSituation {
  /** A profile was taken since the baseline and the last accepted step. */
  readonly profiled: boolean;
  /** What was measured for the baseline can be profiled by these words; undefined without a baseline that tells. */
  readonly workload: string | undefined;
  /** Steps that were accepted. */
  readonly kept: number;
  /** The start was measured against the present directly. */
  readonly direct: boolean;
  /** Every line of the checklist holds. */
  readonly complete: boolean;
  /** The newest attempt: the commit below its change, and what became of it. */
  readonly last:
    | {
        readonly commit: string;
        readonly workingTree: boolean;
        readonly outcome: 'accepted' | 'rejected' | 'undecided' | 'withdrawn';
        /** The command that judges the same again, as words for a shell. */
        readonly command: string;
        readonly title: string;
        /** Changed files as git takes them in the folder of the project. */
        readonly files: readonly string[];
      }
    | undefined;
}

/** What the next step depends on. */
export interface Situation {
  readonly hasGit: boolean;
  readonly hasCommit: boolean;
  /** What git said when it refused to answer. */
  readonly trouble?: string | undefined;
  readonly changed: number;
  readonly commit: string | undefined;
  readonly benchmarkFiles: readonly string[];
  /** Those of the benchmark files that HEAD does not have. */
  readonly newBenchmarkFiles: readonly string[];
  /** Files that configure pytest and differ from HEAD, or are new. */
  readonly changedSupportFiles: readonly string[];
  /** Benchmark files of HEAD that were changed since, and those of them in which a TODO of a scaffold is open. */
  readonly changedBenchmarkFiles: readonly string[];
  readonly placeholders: readonly string[];
  readonly workloads: readonly string[];
  /** Targets that a kept profile proposes for a first benchmark, best first. */
  readonly candidates: readonly string[];
  /** What was measured and tried since the baseline; undefined without one. */
  readonly campaign: CampaignSituation | undefined;
}

/** The phase of the loop and the one next command. Pure. */
export function chooseNext(situation: Situation): Pick<Status, 'phase' | 'next'> {
  if (situation.trouble !== undefined)
    return say('understand', 'git status', `git refuses to answer: ${situation.trouble}.`);
  if (!situation.hasGit || !situation.hasCommit) {
    return say(
      'understand',
      situation.hasGit
        ? 'git add -A && git commit -m "Start"'
        : 'git init && git add -A && git commit -m "Start"',
      'strop compares revisions: without a commit there is nothing to compare with.',
    );
  }
  const measurable = situation.benchmarkFiles.length > 0 || situation.workloads.length > 0;
  const [best] = situation.candidates;
  if (!measurable && situation.campaign === undefined) {
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
  if (situation.campaign === undefined) {
    const { newBenchmarkFiles: fresh, changedBenchmarkFiles, changedSupportFiles } = situation;
    const { benchmarkFiles, workloads, placeholders } = situation;
    const [open] = placeholders;
    const first = workloads.length === 0 && fresh.length > 0 && fresh.length === benchmarkFiles.length;
    if ((first || changedBenchmarkFiles.length > 0) && open !== undefined)
      return say(
        'baseline',
        `$EDITOR ${quoteWord(open)}`,
        'A TODO of strop scaffold is open there: put real data in, then commit it.',
      );
    if (first || changedBenchmarkFiles.length > 0) {
      const files = [...(first ? fresh : []), ...changedBenchmarkFiles, ...changedSupportFiles];
      return say(
        'baseline',
        `git add ${files.map(quoteWord).join(' ')} && git commit -m ${first ? '"Add a benchmark"' : '"Change a benchmark"'}`,
        first
          ? 'The baseline measures HEAD, which has no benchmark yet: commit the new one first.'
          : 'The baseline measures HEAD, where the benchmark is another one: commit it first.',
      );
    }
    return say(
      'baseline',
      'strop baseline',
      situation.changed > 0
        ? 'Nothing is saved to compare with: measure HEAD (your uncommitted changes may stay, they are no part of it).'
        : 'Nothing is saved to compare with: measure HEAD before it changes.',
    );
  }
  return situation.changed > 0
    ? judgeChange(situation, situation.campaign)
    : lookFurther(situation, situation.campaign);
}

const STEP = 'strop step "what you changed" --commit';

function judgeChange({ commit }: Situation, { last }: CampaignSituation): Pick<Status, 'phase' | 'next'> {
  if (last === undefined || last.outcome === 'withdrawn' || !last.workingTree || last.commit !== commit)
    return say('change', STEP, 'The working tree differs from HEAD: have this one change judged.');
  switch (last.outcome) {
    case 'accepted':
      return say(
        'change',
        `git add ${last.files.map(quoteWord).join(' ')} && git commit -m ${quoteWord(last.title)}`,
        'The last step was accepted: keep it in a commit of its own.',
      );
    case 'rejected':
      return say(
        'change',
        STEP,
        'The last attempt was rejected: take the change back (git restore) or mend it, then try again.',
      );
    case 'undecided':
      return say(
        'change',
        `${last.command} --budget 5m`,
        'The last attempt is undecided: with more time its evidence goes on from there.',
      );
  }
}

function lookFurther(situation: Situation, campaign: CampaignSituation): Pick<Status, 'phase' | 'next'> {
  if (campaign.profiled)
    return say(
      'change',
      STEP,
      'The profile shows where the time goes: change ONE thing, then have it judged.',
    );
  if (campaign.kept > 0) {
    const steps = campaign.kept === 1 ? '1 step is' : `${String(campaign.kept)} steps are`;
    if (campaign.complete && !campaign.direct)
      return say(
        'close',
        'strop log --direct --write',
        `${steps} kept, and the checklist holds: measure the start against now, or profile on.`,
      );
    if (campaign.complete)
      return say('close', 'strop report', `${steps} kept, and the checklist holds: show it, or profile on.`);
    return say(
      'close',
      'strop check',
      `${steps} kept: hold the campaign against the checklist, or profile on.`,
    );
  }
  const words = campaign.workload ?? situation.workloads[0] ?? situation.benchmarkFiles[0];
  return say(
    'find',
    `strop profile ${words ?? 'module:function'}`,
    'The baseline is saved: look where the time goes before you change anything.',
  );
}

function say(phase: Status['phase'], command: string, why: string): Pick<Status, 'phase' | 'next'> {
  return { phase, next: { command, why } };
}
