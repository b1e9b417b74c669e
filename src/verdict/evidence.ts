import type { Doubt } from '#base';

/** What is fixed once before the first pair and never changed while looking. */
export interface Rule {
  /** Error rate per question: the chance that identical code is ever called different, however often one looks. Default 0.01. */
  readonly alpha: number;
  /** Differences up to this share are not news: 0.01 is ±1 %, symmetric in the logarithm. */
  readonly margin: number;
  /** `signs`: the sign-symmetric betting e-process. `near-normal`: the t-mixture, for pairs that are dear to start. */
  readonly method: 'signs' | 'near-normal';
}

/** The four answers about time. For memory the same four are shown as leaner, heavier, no difference, undecided. */
export type Outcome = 'faster' | 'slower' | 'no difference' | 'undecided';

/** What the pairs so far say about the ratio B/A. */
export interface Evidence {
  /** Number of pairs. */
  readonly pairs: number;
  /** Median of the pairs' ratios B/A; 1 without pairs. */
  readonly ratio: number;
  /** Confidence sequence for the ratio at 1 - alpha, valid at every look: 0 and Infinity while nothing is excluded. */
  readonly low: number;
  readonly high: number;
  /** Evidence against "no effect": an e-value, at least 1/alpha decides a single question. */
  readonly eValue: number;
  /** Standard deviation of the log ratios of the pairs, robust (1.4826 x median absolute deviation). */
  readonly pairSd: number;
  /** Smallest relative change that this many pairs would find in 8 of 10 runs (0.02 is 2 %); Infinity before the earliest possible decision. */
  readonly detectable: number;
}

/** Evidence with its answer. */
export interface Judgement extends Evidence {
  readonly outcome: Outcome;
  /** For `undecided`: how many pairs in all a decision would probably need; undefined when it cannot be told. */
  readonly pairsNeeded: number | undefined;
  readonly doubts: readonly Doubt[];
}
