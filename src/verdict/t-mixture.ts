/*
 * The t-mixture e-process: the anytime-valid t-test.
 *
 * Null hypothesis: Gaussian values with mean 0 and any variance. The marginal likelihood under effects
 * delta = mean / sd ~ N(0, g), divided by that under delta = 0, both with the right Haar prior 1/sigma, depends on the
 * values only through their t-statistic and is a test martingale for the scale-invariant data (Lai 1976, "On
 * confidence sequences"; Hendriksen, de Heide, Gruenwald 2021, "Optional stopping with Bayes factors";
 * Wang and Ramdas 2023, "Anytime-valid t-tests and confidence sequences for Gaussian means with unknown variance").
 * With U = (sum y)^2 / (n sum y^2), the squared cosine between the values and a constant,
 *
 *   E = (1 + n g)^(-1/2) (1 - U n g / (1 + n g))^(-n/2).
 */

/** Variances of the effect under the alternative, averaged: about 0.7, 2 and 7 standard deviations of a pair. */
const EFFECT_VARIANCES = [0.5, 4, 50] as const;

/** Fewer pairs are never judged by this method: with two or three the bell curve is all there is. */
const FEWEST_PAIRS = 4;

/**
 * The largest e-value that so many pairs can have by this method. A machine with two speeds gives every pair of a short
 * run the same size, and Gaussian noise never looks like that: without a ceiling, four such pairs with one sign, which
 * come by chance in every eighth run, are evidence of a thousand. What n signs may say under any symmetric noise is of
 * the order of 2^n, so no more is believed, and a stricter rate asks for more pairs.
 */
function ceilingOf(pairs: number): number {
  return pairs < FEWEST_PAIRS ? 1 : 2 ** pairs;
}

/** The e-value for `pairs` values with the given squared cosine (0 to 1), rising in it. */
export function tMixtureValue(squaredCosine: number, pairs: number): number {
  let sum = 0;
  for (const g of EFFECT_VARIANCES) {
    const ng = pairs * g;
    sum += (1 + ng) ** -0.5 * (1 - (squaredCosine * ng) / (1 + ng)) ** (-pairs / 2);
  }
  return Math.min(sum / EFFECT_VARIANCES.length, Number.MAX_VALUE);
}

/** The e-value of these values against "Gaussian about 0", were their noise known to be Gaussian. */
export function uncappedEvidence(values: readonly number[]): number {
  const pairs = values.length;
  let sum = 0;
  let squares = 0;
  for (const value of values) {
    sum += value;
    squares += value * value;
  }
  return tMixtureValue(squares === 0 ? 0 : Math.min((sum * sum) / (pairs * squares), 1), pairs);
}

/** E-value against "Gaussian about 0", up to {@link ceilingOf}: a smaller e-value is always allowed. */
export function tMixtureEvidence(values: readonly number[]): number {
  return Math.min(uncappedEvidence(values), ceilingOf(values.length));
}

/** The evidence of so many equal values, the strongest that they can give. */
export function unanimousTMixture(pairs: number): number {
  return Math.min(tMixtureValue(1, pairs), ceilingOf(pairs));
}

/**
 * Half the width of the confidence sequence around the mean, in standard deviations of the values (divisor n);
 * Infinity while no number of standard deviations is excluded.
 */
export function tMixtureReach(pairs: number, alpha: number): number {
  if (unanimousTMixture(pairs) < 1 / alpha) return Number.POSITIVE_INFINITY;
  let accepted = 0;
  let refuted = 1;
  for (let step = 0; step < 50; step += 1) {
    const middle = (accepted + refuted) / 2;
    if (tMixtureValue(middle, pairs) < 1 / alpha) accepted = middle;
    else refuted = middle;
  }
  // U = d^2 / (variance + d^2), with d the distance of the centre from the mean.
  return Math.sqrt(refuted / (1 - refuted));
}
