/** Probability that at most `k` of `n` fair coins show heads. */
function binomialTail(n: number, k: number): number {
  let term = 0.5 ** n;
  let sum = term;
  for (let i = 1; i <= k; i += 1) {
    term *= (n - i + 1) / i;
    sum += term;
  }
  return sum;
}

/**
 * Interval of the median of a population from independent draws of any distribution: between two order statistics, so
 * that it holds the median with at least the probability `1 - alpha` (the sign test turned round; Conover, Practical
 * Nonparametric Statistics, section 3.2). With too few draws for that: the smallest and the largest. NaN without draws.
 */
export function medianInterval(
  values: readonly number[],
  alpha: number,
): { readonly low: number; readonly high: number } {
  const sorted = Float64Array.from(values).sort();
  const n = sorted.length;
  let outside = 0;
  while (outside + 1 < n / 2 && 2 * binomialTail(n, outside) <= alpha) outside += 1;
  const index = Math.max(outside - 1, 0);
  return { low: sorted[index] ?? Number.NaN, high: sorted[n - 1 - index] ?? Number.NaN };
}
