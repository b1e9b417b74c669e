import type { Block, Pair } from './pair.ts';

/** A block as a test wants it, in ms. */
export function drawBlock(drawn: {
  readonly wallMs: number;
  readonly cpuMs: number;
  readonly delayMs?: number | undefined;
  readonly switches?: number;
  readonly count?: number;
}): Block {
  return {
    count: drawn.count ?? 1,
    wallNs: drawn.wallMs * 1e6,
    cpuNs: drawn.cpuMs * 1e6,
    cpuTotalNs: drawn.cpuMs * 1e6,
    runDelayNs: drawn.delayMs === undefined ? undefined : drawn.delayMs * 1e6,
    fastestNs: (drawn.cpuMs * 1e6) / (drawn.count ?? 1),
    voluntarySwitches: drawn.switches ?? 0,
    involuntarySwitches: 0,
    minorFaults: 0,
  };
}

/** A pair of two rounds in which B takes `ratio` times as long as A's 5 ms. */
export function drawPair(index: number, ratio: number, change: Partial<Pair> = {}): Pair {
  const a = drawBlock({ wallMs: 5, cpuMs: 5, delayMs: 0 });
  const b = drawBlock({ wallMs: 5 * ratio, cpuMs: 5 * ratio, delayMs: 0 });
  return {
    index,
    seed: index,
    core: 0,
    startedFirst: 'A',
    ranFirst: 'B',
    rounds: [
      { a, b },
      { a, b },
    ],
    unaccountedNs: { a: 1.5e5, b: 1.5e5 },
    leadNs: { a: 1e4, b: 1e4 },
    coarse: false,
    unobservedNs: { a: 3e5, b: 3e5 },
    elsewhereNs: { a: 0, b: 0 },
    answered: { a: undefined, b: undefined },
    firstCallNs: { a: 5e6, b: 5e6 * ratio },
    peakRssBytes: { a: 1e7, b: 1e7 },
    extras: {},
    startupNs: 5e7,
    timedNs: 1e8,
    extrasNs: 0,
    ...change,
  };
}
