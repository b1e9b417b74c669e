import { formatChange, formatNumberOf } from '#base';
import { formatInterval, shortHash } from './amounts.ts';
import { nextAttempt } from './attempts.ts';
import { acceptedSteps, orderSteps } from './campaign.ts';
import { quote } from './check-line.ts';
import type { CampaignFacts } from './check-line.ts';
import type { GateName } from './gate.ts';
import { gateOf } from './gate-words.ts';
import type { Step, StepWorkload } from './step.ts';

/** The sentences of those items that have one. */
export function sentencesOf<T>(items: readonly T[], say: (item: T) => string | undefined): readonly string[] {
  return items.flatMap((item) => say(item) ?? []);
}

const BETTER: ReadonlySet<string> = new Set(['faster', 'leaner']);
const WORSE: ReadonlySet<string> = new Set(['slower', 'heavier']);

export function isWorse(workload: StepWorkload): boolean {
  return WORSE.has(workload.verdict);
}

/** Whether a workload is better by its word and by its figures: the interval has to exclude "no change". */
export function isProvenBetter(workload: StepWorkload, fewestPairs: number): boolean {
  return (
    BETTER.has(workload.verdict) &&
    workload.high !== null &&
    workload.high < 1 &&
    workload.low <= workload.ratio &&
    workload.ratio <= workload.high &&
    workload.pairs >= fewestPairs
  );
}

/** Accepted steps whose gate answered other than asked. */
export function gateFindings(
  accepted: readonly Step[],
  name: GateName,
  excusedIsFine: boolean,
): { readonly against: readonly string[]; readonly missing: readonly string[] } {
  return {
    against: sentencesOf(accepted, (step) => {
      const gate = gateOf(step, name);
      if (gate?.outcome === 'failed') return `${quote(step.title)} was accepted though ${gate.summary}.`;
      if (gate?.outcome !== 'excused') return undefined;
      const reason = gate.reason?.trim() ?? '';
      if (excusedIsFine && reason !== '') return undefined;
      return `${quote(step.title)}: ${gate.summary}; excused with ${reason === '' ? 'no reason' : quote(reason)}.`;
    }),
    missing: sentencesOf(accepted, (step) =>
      gateOf(step, name) === undefined ? `${quote(step.title)} was not checked for it.` : undefined,
    ),
  };
}

/** What happened to the code outside of the steps: nobody measured it, tested it or compared its API. */
export function unmeasuredChanges(facts: CampaignFacts): {
  readonly against: readonly string[];
  readonly missing: readonly string[];
  readonly remedy: string;
} {
  const accepted = acceptedSteps(facts.steps);
  const known = new Set(accepted.map((step) => step.commit));
  const strange = (facts.commits ?? []).filter((commit) => !commit.isStep || !known.has(commit.commit));
  const missing: string[] = [];
  if (facts.commits === null)
    missing.push(
      'The commits since the baseline cannot be seen, so changes beside the steps may be among them.',
    );
  if (facts.codeSinceLastStep === null)
    missing.push('Whether the code is still that of the last step could not be told.');
  if (facts.uncommitted === null) missing.push('Whether there are changes not committed could not be told.');
  const against = strange.map(
    ({ commit, title }) => `Commit ${shortHash(commit)} ${quote(title)} was never measured as a step.`,
  );
  // A commit since the last step explains why the content differs; without one the difference is news of its own.
  const open = facts.uncommitted ?? [];
  const since = (facts.codeSinceLastStep ?? []).filter((file) => !open.includes(file));
  if (since.length > 0 && against.length === 0)
    against.push(`The code is not that of the last step: ${nameFiles(since)} differ.`);
  if (open.length > 0) against.push(`Not committed: ${nameFiles(open)}.`);
  const remedy =
    strange.length > 0
      ? 'Have commits that are there already measured (strop step --at REV). One that only changes tests, benchmarks or settings gives nothing to measure: begin the next campaign from there (strop baseline); the log keeps what came before.'
      : 'Give every change its own step and commit (strop step --commit), or take it back.';
  return { against, missing, remedy };
}

/** The first three files by name. */
export function nameFiles(files: readonly string[]): string {
  const rest = files.length - 3;
  return `${files.slice(0, 3).join(', ')}${rest > 0 ? ` and ${String(rest)} more` : ''}`;
}

/** Accepted steps that are not exactly one commit of the present history. */
export function commitFindings(facts: CampaignFacts): readonly string[] {
  const accepted = acceptedSteps(facts.steps);
  const present = facts.commits === null ? undefined : new Set(facts.commits.map(({ commit }) => commit));
  return sentencesOf(accepted, (step) => {
    if (step.commit === null) return `${quote(step.title)} has no commit of its own yet.`;
    const twin = accepted.find((other) => other.id < step.id && other.commit === step.commit);
    if (twin !== undefined)
      return `${quote(twin.title)} and ${quote(step.title)} share commit ${shortHash(step.commit)}.`;
    if (present !== undefined && !present.has(step.commit))
      return `Commit ${shortHash(step.commit)} of ${quote(step.title)} is not between the baseline and the present.`;
    return undefined;
  });
}

/** Accepted steps that claim to be an earlier attempt than the history shows. */
export function retryFindings(facts: CampaignFacts): readonly string[] {
  const ordered = orderSteps(facts.steps);
  return sentencesOf(acceptedSteps(facts.steps), (step) => {
    const before = ordered.slice(0, ordered.indexOf(step));
    const { attempt } = nextAttempt(before, step.a, step.b, 0.5);
    if (step.attempt >= attempt) return undefined;
    return `${quote(step.title)} was judged as attempt ${String(step.attempt)}, but it was attempt ${String(attempt)} from its state.`;
  });
}

/** One sentence about what an accepted step proves, undefined when it proves an improvement. */
export function unprovenStep(step: Step, fewestPairs: number): string | undefined {
  const targets = step.workloads.filter((workload) => workload.role === 'target');
  const worse = targets.find(isWorse);
  if (worse !== undefined)
    return `${quote(step.title)} makes ${worse.id} ${worse.verdict} (${formatChange(worse.ratio)}).`;
  if (targets.some((workload) => isProvenBetter(workload, fewestPairs))) return undefined;
  const [first] = targets;
  if (first === undefined) return `${quote(step.title)} was accepted without a measurement.`;
  return `${quote(step.title)} proves nothing: ${first.id} ${first.verdict}, ${formatChange(first.ratio)} ${formatInterval(first)}, ${formatNumberOf(first.pairs, 'pair')}.`;
}
