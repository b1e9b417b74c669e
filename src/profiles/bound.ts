/**
 * How many times faster the whole run becomes when a part with this share of the cost becomes free: 1 / (1 - share)
 * (Amdahl, AFIPS 1967). Undefined when the part is practically everything (a factor above 1000 would only be the
 * rounding of the clock).
 */
export function boundSpeedup(share: number): number | undefined {
  const rest = 1 - Math.max(0, share);
  return rest < 0.001 ? undefined : 1 / rest;
}
