/*
 * The sign-symmetric betting e-process.
 *
 * Null hypothesis: whatever happened before, and however large |Y_i| is, its sign is a fair coin. Random labels and
 * random order inside a pair make that true for identical code under any noise: heavy tails, drift and changing
 * variance included. A bet on the sign that knows |Y_i| multiplies the wealth by 1 + b with |b| <= 1 when it is
 * won and by 1 - b when it is lost, so it has mean 1; the product of such factors is a test martingale, and by
 * Ville's inequality it ever reaches 1/alpha with probability at most alpha. Looking after every pair is free.
 *
 * Every admissible test of symmetry that may be stopped at any time has this form (Ramdas, Ruf, Larsson, Koolen
 * 2020, "Admissible anytime-valid sequential inference must rely on nonnegative martingales"; Vovk and Wang 2024,
 * "Nonparametric e-tests of symmetry"). The bet tanh(lambda z) is the one that grows fastest for Gaussian noise with
 * an effect of lambda standard deviations; because the effect is unknown, the wealth is spread over four of them.
 */

/** Bets tanh(lambda z): effects from about 0.15 to 3 and more standard deviations of a pair. */
const LAMBDAS = [0.1, 0.3, 1, 3] as const;

/**
 * Share of the wealth on each lambda. 0.4 on the boldest is the least that lets nine pairs of one sign decide at 1 %:
 * with eight, 2^8 / 2 = 128 leaves no room for any other bet.
 */
const WEIGHTS = [0.1, 0.2, 0.3, 0.4] as const;

/** A value counts as at most this many typical ones, so that one wild pair cannot stake all the wealth. */
const CLIP = 2.5;

/** Wealth of a gambler who bets on the signs, fed one pair value at a time. */
export interface SignBets {
  add(value: number): void;
  /** E-value of all values so far, 1 before the first. */
  eValue(): number;
}

/** Inserts into the ascending prefix of `sorted` of the given length and returns the median of the result. */
function insertForMedian(sorted: Float64Array, length: number, value: number): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] ?? 0) < value) low = middle + 1;
    else high = middle;
  }
  sorted.copyWithin(low + 1, low, length);
  sorted[low] = value;
  const half = (length + 1) >>> 1;
  if (length % 2 === 0) return sorted[length >>> 1] ?? 0;
  return ((sorted[half - 1] ?? 0) + (sorted[half] ?? 0)) / 2;
}

/** Starts the e-process against "the values are symmetric about 0". */
export function startSignBets(): SignBets {
  let magnitudes = new Float64Array(64);
  let count = 0;
  const ups: number[] = LAMBDAS.map(() => 1);
  const downs: number[] = LAMBDAS.map(() => 1);
  return {
    add(value) {
      if (count === magnitudes.length) {
        const larger = new Float64Array(count * 2);
        larger.set(magnitudes);
        magnitudes = larger;
      }
      // The own magnitude is part of the scale: known before the sign, as the null demands.
      const scale = insertForMedian(magnitudes, count, Math.abs(value));
      count += 1;
      // A zero has no sign to bet on.
      if (value === 0) return;
      const z = scale === 0 ? CLIP : Math.min(Math.abs(value) / scale, CLIP);
      const [winners, losers] = value > 0 ? [ups, downs] : [downs, ups];
      for (let k = 0; k < LAMBDAS.length; k += 1) {
        const bet = Math.tanh((LAMBDAS[k] ?? 0) * z);
        winners[k] = (winners[k] ?? 1) * (1 + bet);
        losers[k] = (losers[k] ?? 1) * (1 - bet);
      }
    },
    eValue() {
      let sum = 0;
      for (let k = 0; k < LAMBDAS.length; k += 1) {
        sum += ((WEIGHTS[k] ?? 0) / 2) * ((ups[k] ?? 1) + (downs[k] ?? 1));
      }
      return Math.min(sum, Number.MAX_VALUE);
    },
  };
}

/** E-value of the sign bets against "the values are symmetric about `centre`", in the order of measuring. */
export function signEvidence(values: readonly number[], centre: number): number {
  const bets = startSignBets();
  for (const value of values) bets.add(value - centre);
  return bets.eValue();
}

/** E-value of `pairs` equal values: what a centre far outside all values is refuted with. */
export function unanimousEvidence(pairs: number): number {
  let sum = 0;
  for (let k = 0; k < LAMBDAS.length; k += 1) {
    const bet = Math.tanh(LAMBDAS[k] ?? 0);
    sum += ((WEIGHTS[k] ?? 0) / 2) * ((1 + bet) ** pairs + (1 - bet) ** pairs);
  }
  return sum;
}
