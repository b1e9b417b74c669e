/** Two-sided 99 %: the quantile of the normal distribution. */
const Z99 = 2.5758293035489004;

/** A part of a whole with where its true value lies, 99 % sure. */
export interface Share {
  readonly share: number;
  readonly low: number;
  readonly high: number;
}

/** What one recording has of a place: samples with it, of all samples. */
export interface Part {
  readonly count: number;
  readonly samples: number;
}

/** Cells with fewer expected samples make Pearson's statistic unreliable. */
const FEWEST_EXPECTED = 5;

/**
 * Times more than chance that recordings of the same work differ in one place: Pearson's statistic over its degrees of
 * freedom, at least 1. A busy machine and another hash seed make recordings differ by more than the choice of moments.
 */
export function overdispersion(parts: readonly Part[]): number {
  const total = parts.reduce((sum, { samples }) => sum + samples, 0);
  const count = parts.reduce((sum, one) => sum + one.count, 0);
  if (parts.length < 2 || total <= 0) return 1;
  const share = count / total;
  let statistic = 0;
  for (const { count: seen, samples } of parts) {
    const expected = samples * share;
    if (expected < FEWEST_EXPECTED || samples - expected < FEWEST_EXPECTED) return 1;
    statistic += (seen - expected) ** 2 / (expected * (1 - share));
  }
  return Math.max(1, statistic / (parts.length - 1));
}

/**
 * The share of a place in several recordings pooled, with its 99 % interval (Wilson, JASA 1927). Where recordings differ
 * by more than chance, `inflation` (see `overdispersion`) makes the samples count for less.
 */
export function poolShare(parts: readonly Part[], inflation = 1): Share {
  const total = parts.reduce((sum, { samples }) => sum + samples, 0);
  const count = parts.reduce((sum, one) => sum + one.count, 0);
  if (!(total > 0)) return { share: 0, low: 0, high: 1 };
  const share = Math.min(1, count / total);
  const size = total / Math.max(1, inflation, overdispersion(parts));
  const z2 = Z99 * Z99;
  const centre = (share + z2 / (2 * size)) / (1 + z2 / size);
  const half = (Z99 / (1 + z2 / size)) * Math.sqrt((share * (1 - share)) / size + z2 / (4 * size * size));
  return {
    share,
    low: Math.max(0, Math.min(share, centre - half)),
    high: Math.min(1, Math.max(share, centre + half)),
  };
}

/** A number of events in a recording with where its expectation lies, 99 % sure (score interval of Poisson's law). */
export function countInterval(count: number, z = Z99): { readonly low: number; readonly high: number } {
  const half = z * Math.sqrt(count + (z * z) / 4);
  return { low: Math.max(0, count + (z * z) / 2 - half), high: count + (z * z) / 2 + half };
}
