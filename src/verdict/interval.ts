import type { Rule } from './evidence.ts';
import { median } from './quantile.ts';
import { signEvidence, unanimousEvidence } from './sign-bets.ts';
import { tMixtureReach } from './t-mixture.ts';

/** An interval for the log ratio; infinite ends while nothing is excluded. */
export interface LogInterval {
  readonly low: number;
  readonly high: number;
}

/** An interval, and whether an end of it was drawn to zero because zero itself is refuted. */
export interface DrawnInterval extends LogInterval {
  readonly drawn: boolean;
}

const EVERYTHING: LogInterval = { low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY };

/** Relative accuracy of an end; the end that is returned is always the refuted one, so the interval is never too narrow. */
const PRECISION = 1e-4;

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function spreadOf(values: readonly number[]): number {
  return Math.max(...values) - Math.min(...values);
}

/** Centres that the t-mixture has not refuted: an interval around the mean. */
function tMixtureInterval(values: readonly number[], alpha: number): LogInterval {
  const reach = tMixtureReach(values.length, alpha);
  if (!Number.isFinite(reach)) return EVERYTHING;
  // Of equal values the mean is not exactly the value.
  const centre = spreadOf(values) === 0 ? median(values) : mean(values);
  const sd = Math.sqrt(mean(values.map((value) => (value - centre) ** 2)));
  return { low: centre - reach * sd, high: centre + reach * sd };
}

/** Goes from an accepted centre in one direction until it is refuted, then halves the way between the two. */
function findEnd(values: readonly number[], threshold: number, start: number, firstStep: number): number {
  let accepted = 0;
  let refuted = firstStep;
  for (let tries = 0; signEvidence(values, start + refuted) < threshold; tries += 1) {
    if (tries === 60) return firstStep * Number.POSITIVE_INFINITY;
    accepted = refuted;
    refuted *= 2;
  }
  while (Math.abs(refuted - accepted) > PRECISION * Math.abs(refuted)) {
    const middle = (accepted + refuted) / 2;
    if (middle === accepted || middle === refuted) break;
    if (signEvidence(values, start + middle) < threshold) accepted = middle;
    else refuted = middle;
  }
  return start + refuted;
}

/** Centres that the sign bets have not refuted, or undefined when they have refuted every centre that was tried. */
function signInterval(values: readonly number[], alpha: number): LogInterval | undefined {
  const threshold = 1 / alpha;
  // Far away all values lie on one side: when even that is no proof, there are too few pairs for any end.
  if (unanimousEvidence(values.length) < threshold) return EVERYTHING;
  const middle = median(values);
  const spread = spreadOf(values);
  if (spread === 0) return { low: middle, high: middle };
  // With very skewed values the median itself can be refuted; the set of accepted centres then lies nearer the mean.
  const start = [middle, (middle + mean(values)) / 2, mean(values)].find(
    (centre) => signEvidence(values, centre) < threshold,
  );
  if (start === undefined) return undefined;
  const step = spread / Math.sqrt(values.length);
  return { low: findEnd(values, threshold, start, -step), high: findEnd(values, threshold, start, step) };
}

/**
 * The confidence sequence for the log ratio at 1 - alpha, valid at every look: all centres that the e-process has
 * not refuted, and always the median of the values. It needs noise that is symmetric about the effect (which equal
 * processes on both sides give); because real noise is that only nearly, `signs` prints the wider of its own
 * interval and the t-mixture's.
 */
export function confidenceInterval(values: readonly number[], eValue: number, rule: Rule): DrawnInterval {
  if (values.length === 0) return { ...EVERYTHING, drawn: false };
  const normal = tMixtureInterval(values, rule.alpha);
  const own = rule.method === 'signs' ? signInterval(values, rule.alpha) : normal;
  const middle = median(values);
  const low = Math.min(own?.low ?? middle, normal.low);
  const high = Math.max(own?.high ?? middle, normal.high);
  // What the e-process has refuted stays out of the wider interval: a proven slowdown never shows a "maybe faster".
  const zeroRefuted = eValue >= 1 / rule.alpha;
  const positive = zeroRefuted && middle > 0 && own !== undefined && own.high > 0;
  const negative = zeroRefuted && middle < 0 && own !== undefined && own.low < 0;
  return {
    low: Math.min(positive ? Math.max(low, 0) : low, middle),
    high: Math.max(negative ? Math.min(high, 0) : high, middle),
    drawn: (positive && low < 0) || (negative && high > 0),
  };
}
