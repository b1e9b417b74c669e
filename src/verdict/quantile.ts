/**
 * The value below which the share `q` (0 to 1) of the values lies, interpolated linearly between neighbours
 * (type 7 of Hyndman and Fan 1996, the default of R and NumPy). NaN without values.
 */
export function quantile(values: readonly number[], q: number): number {
  const sorted = Float64Array.from(values).sort();
  const position = Math.min(Math.max(q, 0), 1) * (sorted.length - 1);
  const below = sorted[Math.floor(position)] ?? Number.NaN;
  const above = sorted[Math.ceil(position)] ?? Number.NaN;
  return below === above ? below : below + (above - below) * (position - Math.floor(position));
}

/** The middle value, of an even number the mean of the two middle ones. NaN without values. */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/**
 * Folds the rounds of one pair into the one number that counts: the median of their log ratios ln(B/A).
 * Rounds of one pair share their processes, their core and the mood of the machine, so they are no independent
 * observations; treating them so calls identical code different in up to half of all runs.
 */
export function combineRounds(logRatios: readonly number[]): number {
  return median(logRatios);
}

/**
 * Standard deviation that single wild values cannot inflate: 1.4826 times the median absolute deviation from the
 * median, which for Gaussian values estimates the usual one. 0 for fewer than two values.
 */
export function robustSd(values: readonly number[]): number {
  if (values.length < 2) return 0;
  const centre = median(values);
  return 1.4826 * median(values.map((value) => Math.abs(value - centre)));
}

/** Standard deviation (divisor n) that feels every value, however wild. 0 for fewer than two values. */
export function plainSd(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / Math.max(values.length, 1);
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return Math.sqrt(squares / Math.max(values.length, 1));
}
