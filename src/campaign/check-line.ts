import type { Campaign } from './campaign.ts';
import type { DirectComparison } from './totals.ts';

/** A commit between the baseline and the present that touches code. */
export interface CampaignCommit {
  /** Full hash. */
  readonly commit: string;
  readonly title: string;
  /** Whether it is the commit of an accepted step. */
  readonly isStep: boolean;
}

/**
 * Everything that the checks look at, gathered beforehand. "Code" is every file but the records of the campaign (log,
 * snapshots) and prose; a file in doubt is code. What could not be found out is null, never a guess: a check that
 * lacks a fact answers `unknown`.
 */
export interface CampaignFacts extends Campaign {
  /** ISO 8601, UTC: when the earliest profile that is kept was taken, after the last step of an earlier campaign; null without one. */
  readonly firstProfileDate: string | null;
  /**
   * For each accepted step, by id: the share (0 to 1) of the newest profile before the step that its changed definitions
   * had, callees included; null where no profile shows them.
   */
  readonly shares: Readonly<Record<string, number | null>>;
  /** Null where the history does not reach from the present to the baseline (shallow clone, another branch). */
  readonly commits: readonly CampaignCommit[] | null;
  /** Hash of the content of HEAD. */
  readonly headContent: string | null;
  /**
   * Files of code in which the project as it is now, what is not committed included, differs from side B of the last
   * accepted step, or from the baseline before there is one; null where that could not be told.
   */
  readonly codeSinceLastStep: readonly string[] | null;
  /** Files of code with changes that are not committed, new files included; null where that could not be told. */
  readonly uncommitted: readonly string[] | null;
  /** Text of the log; undefined without one. */
  readonly log: string | undefined;
  readonly lastDirect: DirectComparison | undefined;
  /** Ids of workloads that run a whole program, not a part of one. */
  readonly wholePrograms: readonly string[];
  /** Fewest pairs that can prove anything at the error rate in use. */
  readonly fewestPairs: number;
}

/** One line of the checklist, or one thing not to do, with what shows it. */
export interface CheckLine {
  /** Stable, for programs. */
  readonly id: string;
  readonly kind: 'checklist' | 'anti-pattern';
  /** What has to be true; for an anti-pattern, that it was avoided. */
  readonly text: string;
  /** `unknown` counts as no: what is not shown is not held. */
  readonly holds: 'yes' | 'no' | 'unknown';
  /** What was found, with the figures. */
  readonly evidence: string;
  /** What to do; null where the line holds. */
  readonly remedy: string | null;
}

/** What one check found; `against` decides before `missing`, and both before `evidence`. */
export interface Findings extends Pick<CheckLine, 'id' | 'kind' | 'text'> {
  /** Sentences that show that the line does not hold. */
  readonly against: readonly string[];
  /** Sentences about facts that are not there. */
  readonly missing: readonly string[];
  /** What shows that the line holds, when nothing speaks against it. */
  readonly evidence: string;
  readonly remedy: string;
}

const SHOWN = 3;

/** The first few sentences, and how many more there are. */
function listSome(sentences: readonly string[]): string {
  const rest = sentences.length - SHOWN;
  return [...sentences.slice(0, SHOWN), ...(rest > 0 ? [`And ${String(rest)} more.`] : [])].join(' ');
}

/** Makes the answer of a check from what it found. */
export function answer(findings: Findings): CheckLine {
  const { id, kind, text, against, missing, evidence, remedy } = findings;
  if (against.length > 0)
    return { id, kind, text, holds: 'no', evidence: listSome([...against, ...missing]), remedy };
  if (missing.length > 0) return { id, kind, text, holds: 'unknown', evidence: listSome(missing), remedy };
  return { id, kind, text, holds: 'yes', evidence, remedy: null };
}

/** Words in quotation marks on one line, for a sentence. */
export function quote(words: string): string {
  return `"${words}"`;
}
