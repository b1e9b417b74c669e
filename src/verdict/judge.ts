import type { Doubt } from '#base';
import type { Evidence, Judgement, Outcome, Rule } from './evidence.ts';
import { confidenceInterval } from './interval.ts';
import type { DrawnInterval } from './interval.ts';
import { pairsToDecision, smallestEffect } from './power.ts';
import { median, plainSd, robustSd } from './quantile.ts';
import { signEvidence } from './sign-bets.ts';
import { tMixtureEvidence } from './t-mixture.ts';

/** Throws a RangeError for what can only be a bug of the caller: the numbers were checked where they came in. */
function check(logRatios: readonly number[], rule: Rule): void {
  if (!(rule.alpha > 0 && rule.alpha < 1))
    throw new RangeError(`alpha is ${String(rule.alpha)}, not between 0 and 1`);
  if (!(rule.margin >= 0))
    throw new RangeError(`margin is ${String(rule.margin)}, not a share of at least 0`);
  const wrong = logRatios.findIndex((value) => !Number.isFinite(value));
  if (wrong >= 0) throw new RangeError(`log ratio ${String(wrong)} is ${String(logRatios[wrong])}`);
}

function decide(estimate: number, evidence: Evidence, rule: Rule): Outcome {
  const margin = Math.log1p(rule.margin);
  if (Math.log(evidence.low) >= -margin && Math.log(evidence.high) <= margin) return 'no difference';
  if (evidence.eValue < 1 / rule.alpha) return 'undecided';
  if (estimate > margin && evidence.low >= 1) return 'slower';
  if (estimate < -margin && evidence.high <= 1) return 'faster';
  return 'undecided';
}

/** Evidence against "no effect", as an e-value; 1 without pairs. */
function evidenceOf(logRatios: readonly number[], { method }: Rule): number {
  if (logRatios.length === 0) return 1;
  return method === 'signs' ? signEvidence(logRatios, 0) : tMixtureEvidence(logRatios);
}

/** Whether these values are proven to be no noise about 0, and lie beyond the margin. */
export function isBeyondMargin(logRatios: readonly number[], rule: Rule): boolean {
  const beyond = Math.abs(median(logRatios)) > Math.log1p(rule.margin);
  return beyond && evidenceOf(logRatios, rule) >= 1 / rule.alpha;
}

function listDoubts(rule: Rule): readonly Doubt[] {
  if (rule.method === 'signs') return [];
  const text =
    'Pairs are dear here, so nearly Gaussian noise was assumed, which few pairs cannot show: on a machine that changes its speed between the sides, the error rate is up to three times the stated one.';
  return [{ code: 'near-normal-noise-assumed', text }];
}

/** Half the interval may be this part of the change, and this much at least, before its size is called vague. */
const VAGUE_SHARE = 0.75;
const VAGUE_LEAST = 0.05;

/** A change can be proven long before its size is. */
function doubtSize(
  outcome: Outcome,
  estimate: number,
  { low, high, drawn }: DrawnInterval,
): readonly Doubt[] {
  if (outcome !== 'faster' && outcome !== 'slower') return [];
  const half = (high - low) / 2;
  if (!drawn && half <= Math.max(VAGUE_LEAST, VAGUE_SHARE * Math.abs(estimate))) return [];
  return [
    {
      code: 'size-vague',
      text: 'That it changes is proven, by how much is not: the pairs scatter too widely for that. Take the interval for the answer.',
    },
  ];
}

/**
 * What the pairs measured so far say, and whether that is an answer.
 *
 * `logRatios` are ln(B/A), one per pair in the order of measuring, all of them: no pair is ever dropped. May be
 * called after every pair; the chance that identical code is ever called faster or slower is at most `rule.alpha`.
 *
 * - `slower`, `faster`: the evidence against "no effect" reaches 1/alpha AND the estimate lies beyond the margin.
 * - `no difference`: the interval lies within the margin, even when it excludes 1.
 * - `undecided`: neither yet. Measure on with the same pairs; never start afresh.
 *
 * Throws a RangeError for a rule or a log ratio that makes no sense.
 */
export function judge(logRatios: readonly number[], rule: Rule): Judgement {
  check(logRatios, rule);
  const pairs = logRatios.length;
  const estimate = pairs === 0 ? 0 : median(logRatios);
  const pairSd = robustSd(logRatios);
  const spread = { proof: pairSd, interval: Math.max(pairSd, plainSd(logRatios)) };
  const eValue = evidenceOf(logRatios, rule);
  const interval = confidenceInterval(logRatios, eValue, rule);
  const evidence: Evidence = {
    pairs,
    ratio: Math.exp(estimate),
    low: Math.exp(interval.low),
    high: Math.exp(interval.high),
    eValue,
    pairSd,
    detectable: smallestEffect(pairSd, pairs, rule),
  };
  const outcome = decide(estimate, evidence, rule);
  const isChanged = outcome === 'faster' || outcome === 'slower';
  return {
    ...evidence,
    // Whoever sees the interval believes in no smaller change than half of it, but for one that was found.
    detectable: isChanged
      ? Math.min(evidence.detectable, Math.expm1(Math.abs(estimate)))
      : Math.max(evidence.detectable, Math.expm1((interval.high - interval.low) / 2)),
    outcome,
    pairsNeeded: outcome === 'undecided' ? pairsToDecision(estimate, spread, pairs, rule) : undefined,
    doubts: [...listDoubts(rule), ...doubtSize(outcome, estimate, interval)],
  };
}
