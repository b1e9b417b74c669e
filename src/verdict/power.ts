import type { Rule } from './evidence.ts';
import { unanimousEvidence } from './sign-bets.ts';
import { tMixtureReach, unanimousTMixture } from './t-mixture.ts';

/*
 * "Found in 8 of 10 runs" for Gaussian pair noise. The effect has to exceed the half-width of the interval, which
 * itself scatters with the estimated standard deviation, by 0.84 standard errors. The half-width is the t-mixture's:
 * simulated runs of both methods agree with the result within 12 % at 9 to 150 pairs (power.test.ts).
 */

/** 80 % point of the standard normal distribution. */
const EIGHT_OF_TEN = 0.8416;

/** Standard error of a median over that of a mean, for Gaussian values. */
const MEDIAN_PENALTY = 1.2533;

/** With fewer pairs the spread is not known. */
const FEWEST_FOR_SPREAD = 4;

/** More pairs than anyone will ever wait for. */
const TOO_MANY_PAIRS = 1e6;

/** The fewest pairs with which the rule can decide at all: at 1 % 9 for `signs`, 7 for `near-normal`. */
export function fewestPairs(rule: Rule): number {
  const best = rule.method === 'signs' ? unanimousEvidence : unanimousTMixture;
  let pairs = 1;
  while (best(pairs) < 1 / rule.alpha) pairs += 1;
  return pairs;
}

/** The effect, in standard deviations of a pair, whose evidence reaches 1/alpha within so many pairs in 8 of 10 runs. */
function provableEffect(pairs: number, rule: Rule): number {
  const reach = tMixtureReach(pairs, rule.alpha);
  if (!Number.isFinite(reach)) return Number.POSITIVE_INFINITY;
  // Mean and relative variance of the standard deviation (divisor n) of Gaussian values.
  const meanSd = Math.sqrt((pairs - 1) / pairs) * (1 - 1 / (4 * (pairs - 1)));
  return reach * meanSd + EIGHT_OF_TEN * Math.sqrt((1 + (reach * reach) / 2) / pairs);
}

/** Smallest log effect that is proven against zero and estimated beyond the margin in 8 of 10 runs. */
function smallestLogEffect(pairSd: number, pairs: number, rule: Rule): number {
  if (pairs < fewestPairs(rule)) return Number.POSITIVE_INFINITY;
  if (pairSd === 0) return Math.log1p(rule.margin);
  const beyondMargin = Math.log1p(rule.margin) + (EIGHT_OF_TEN * MEDIAN_PENALTY * pairSd) / Math.sqrt(pairs);
  return Math.max(provableEffect(pairs, rule) * pairSd, beyondMargin);
}

/** The smallest number of pairs from `fewest` on that is enough, given that more pairs are never worse; Infinity above a million. */
function findPairs(fewest: number, isEnough: (pairs: number) => boolean): number {
  let enough = fewest;
  let tooFew = fewest - 1;
  while (!isEnough(enough)) {
    if (enough > TOO_MANY_PAIRS) return Number.POSITIVE_INFINITY;
    tooFew = enough;
    enough *= 2;
  }
  while (enough - tooFew > 1) {
    const middle = (enough + tooFew) >>> 1;
    if (isEnough(middle)) enough = middle;
    else tooFew = middle;
  }
  return enough;
}

/**
 * Smallest relative change (0.02 is 2 %, as a slowdown) that so many pairs find in 8 of 10 runs, looking after every
 * pair. `pairSd` is the standard deviation of the log ratios of pairs. Infinity before the earliest possible decision.
 */
export function smallestEffect(pairSd: number, pairs: number, rule: Rule): number {
  return Math.expm1(smallestLogEffect(pairSd, pairs, rule));
}

/**
 * How many pairs find a relative change (0.02 or -0.02 is 2 %) in 8 of 10 runs: the inverse of
 * {@link smallestEffect}. Infinity for a change that lies within the margin.
 */
export function pairsFor(effect: number, pairSd: number, rule: Rule): number {
  const wanted = Math.abs(Math.log1p(effect));
  if (wanted <= Math.log1p(rule.margin) && pairSd > 0) return Number.POSITIVE_INFINITY;
  return findPairs(fewestPairs(rule), (pairs) => smallestLogEffect(pairSd, pairs, rule) <= wanted);
}

/** Standard deviations of the log ratios of pairs. */
export interface Spread {
  /** As evidence against zero feels it: single wild pairs count little. */
  readonly proof: number;
  /** As the width of the interval feels it: every pair counts. */
  readonly interval: number;
}

/**
 * How many pairs in all an undecided question would probably need if its estimate stayed where it is: until the
 * evidence is proof (estimate beyond the margin) or until the interval fits into the margin (estimate within it).
 * Undefined while the spread is not known (fewer than four pairs) and when the estimate lies so near to the margin
 * that it may belong to either side.
 */
export function pairsToDecision(
  estimate: number,
  { proof, interval }: Spread,
  pairs: number,
  rule: Rule,
): number | undefined {
  if (pairs < FEWEST_FOR_SPREAD) return undefined;
  const margin = Math.log1p(rule.margin);
  const beyond = Math.abs(estimate) > margin;
  const distance = beyond ? Math.abs(estimate) : margin - Math.abs(estimate);
  if (!beyond && distance < (MEDIAN_PENALTY * proof) / Math.sqrt(pairs)) return undefined;
  const pairSd = beyond ? proof : interval;
  const needed = findPairs(
    fewestPairs(rule),
    (count) => pairSd === 0 || provableEffect(count, rule) * pairSd <= distance,
  );
  return Number.isFinite(needed) ? Math.max(needed, pairs + 1) : undefined;
}
