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
 * How much more recordings of the same work differ in one place than chance makes them: Pearson's statistic over its
 * degrees of freedom. 1 is chance alone; undefined where too few samples are there to tell.
 */
export function dispersion(parts: readonly Part[]): number | undefined {
  const { count, samples } = addUp(parts);
  if (parts.length < 2 || samples <= 0) return undefined;
  const share = count / samples;
  let statistic = 0;
  for (const part of parts) {
    const expected = part.samples * share;
    if (expected < FEWEST_EXPECTED || part.samples - expected < FEWEST_EXPECTED) return undefined;
    statistic += (part.count - expected) ** 2 / (expected * (1 - share));
  }
  return statistic / (parts.length - 1);
}

/**
 * How far shares of the same place lie apart from recording to recording, as a variance relative to share * (1 - share):
 * a busy machine makes a dear place dearer by much and a cheap one by little. One place of few recordings tells little,
 * so this is the mean over all that can tell.
 */
export function scatterOf(places: readonly (readonly Part[])[]): number {
  let sum = 0;
  let weights = 0;
  for (const parts of places) {
    const found = dispersion(parts);
    if (found === undefined) continue;
    const { count, samples } = addUp(parts);
    const weight = (count * (1 - count / samples)) / parts.length;
    // The statistic exceeds 1 by `weight * scatter` on average.
    sum += found - 1;
    weights += weight;
  }
  return weights > 0 ? Math.max(0, sum / weights) : 0;
}

/**
 * The share of a place in several recordings pooled, with its 99 % interval (Wilson, JASA 1927). Where recordings differ
 * by more than chance, here or elsewhere (`scatter`, see `scatterOf`), the samples count for less.
 */
export function poolShare(parts: readonly Part[], scatter = 0): Share {
  const { count, samples } = addUp(parts);
  if (!(samples > 0)) return { share: 0, low: 0, high: 1 };
  const share = Math.min(1, count / samples);
  const expected = 1 + (scatter * samples * share * (1 - share)) / parts.length;
  const size = samples / Math.max(1, expected, dispersion(parts) ?? 1);
  const z2 = Z99 * Z99;
  const centre = (share + z2 / (2 * size)) / (1 + z2 / size);
  const half = (Z99 / (1 + z2 / size)) * Math.sqrt((share * (1 - share)) / size + z2 / (4 * size * size));
  return {
    share,
    low: Math.max(0, Math.min(share, centre - half)),
    high: Math.min(1, Math.max(share, centre + half)),
  };
}

/** The most that a share of so many samples may truly be, 99 % sure; the share itself where nothing was sampled. */
export function highestShare(share: number, samples: number | undefined): number {
  return samples === undefined ? share : poolShare([{ count: share * samples, samples }]).high;
}

function addUp(parts: readonly Part[]): Part {
  return {
    count: parts.reduce((sum, { count }) => sum + count, 0),
    samples: parts.reduce((sum, { samples }) => sum + samples, 0),
  };
}

/** A number of events in a recording with where its expectation lies, 99 % sure (score interval of Poisson's law). */
export function countInterval(count: number, z = Z99): { readonly low: number; readonly high: number } {
  const half = z * Math.sqrt(count + (z * z) / 4);
  return { low: Math.max(0, count + (z * z) / 2 - half), high: count + (z * z) / 2 + half };
}
