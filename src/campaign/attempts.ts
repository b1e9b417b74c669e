import { orderSteps } from './campaign.ts';
import type { Step } from './step.ts';

/** Which attempt comes next, with what is left of the error rate and what was measured for it before. */
export interface NextAttempt {
  /** From 1; the same contents again are the same attempt. */
  readonly attempt: number;
  /** Error rate of this attempt: `alpha / (attempt (attempt + 1))`. */
  readonly alpha: number;
  /** Earlier attempts with the same pair of contents, the oldest first: their pairs are carried on. */
  readonly former: readonly Step[];
}

/** The share of the error rate that attempt k gets; over all k the shares sum to 1. */
function shareOf(attempt: number): number {
  return 1 / (attempt * (attempt + 1));
}

/**
 * The error rate of the whole series of attempts that an attempt belongs to. Which attempt is accepted was found out
 * by looking, so a claim about the accepted one has to pay for all that might have been.
 */
export function seriesRate(step: Pick<Step, 'attempt' | 'alpha'>): number {
  return Math.min(1, step.alpha / shareOf(step.attempt));
}

/** What was compared, as one word. */
function contentsOf({
  a,
  b,
}: {
  readonly a: { readonly content: string };
  readonly b: { readonly content: string };
}) {
  return `${a.content} ${b.content}`;
}

/**
 * The attempts that share an error rate: those since the last accepted step, whatever side A was, so that a commit in
 * between buys no fresh rate. An accepted step ends the series: what comes after is another question. An attempt that was
 * turned away before anything was measured looked at no evidence, so it uses up nothing.
 */
function seriesOf(steps: readonly Step[]): readonly Step[] {
  const ordered = orderSteps(steps);
  const lastAccepted = ordered.findLastIndex(
    ({ outcome }) => outcome === 'accepted' || outcome === 'withdrawn',
  );
  return ordered.slice(lastAccepted + 1).filter((step) => step.workloads.length > 0);
}

/**
 * The evidence ledger's rule: how strict the next attempt has to be.
 *
 * Whoever tries a worthless change often enough is told "faster" once by luck: of 70 attempts at 1 % each, every second
 * series holds such an answer. So all attempts since the last accepted step share one error rate. The k-th distinct pair of contents
 * is judged at alpha_k = alpha / (k (k + 1)). These sum to alpha over all k (1/(k (k + 1)) = 1/k - 1/(k + 1)), and by
 * the union bound the chance that ANY attempt of the series is falsely called different is at most alpha, however many
 * there will be, and although each attempt depends on how the former ones went. Harmonic shares need no number of
 * attempts fixed beforehand, and the price grows slowly: the evidence is exponential in pairs, so attempt 10 needs
 * ln(55) = 4.0 more of log evidence than attempt 1, which is some more pairs and not ten times as many.
 *
 * The same content again is the same attempt k at the same alpha_k: its pairs are carried on, which the e-processes of
 * `#verdict` allow at any time. Starting afresh would be a second draw from the same urn.
 *
 * Throws a RangeError when alpha is not between 0 and 1.
 */
export function nextAttempt(
  steps: readonly Step[],
  a: { readonly content: string },
  b: { readonly content: string },
  alpha: number,
): NextAttempt {
  if (!(alpha > 0 && alpha < 1)) throw new RangeError(`alpha is ${String(alpha)}, not between 0 and 1`);
  const series = seriesOf(steps);
  const contents = [...new Set(series.map(contentsOf))];
  const known = contents.indexOf(contentsOf({ a, b }));
  const attempt = known >= 0 ? known + 1 : contents.length + 1;
  return {
    attempt,
    alpha: alpha * shareOf(attempt),
    former: series.filter((step) => contentsOf(step) === contentsOf({ a, b })),
  };
}
