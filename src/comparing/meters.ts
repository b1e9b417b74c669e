import type { Both, Pair, TimeMeter } from '#measuring';
import { logRatios, timeOf } from '#measuring';
import { combineRounds, median } from '#verdict';

/** Every figure that a pair may yield and that is judged over pairs. */
export type MeterName = TimeMeter | 'rss' | 'peak' | 'allocations';

/** How a meter is shown and judged. */
export interface MeterKind {
  readonly unit: 'ns' | 'bytes' | 'count';
  readonly words: 'time' | 'memory';
  /** Differences below this many units are none: an interpreter's own bookkeeping moves by as much. */
  readonly floor: number;
}

/** The kinds of all meters. */
export const METERS: Readonly<Record<MeterName, MeterKind>> = {
  cpu: { unit: 'ns', words: 'time', floor: 0 },
  wall: { unit: 'ns', words: 'time', floor: 0 },
  'wall-less-queue': { unit: 'ns', words: 'time', floor: 0 },
  rss: { unit: 'bytes', words: 'memory', floor: 0 },
  peak: { unit: 'bytes', words: 'memory', floor: 1024 },
  allocations: { unit: 'count', words: 'memory', floor: 8 },
};

/** One pair's figure for one meter: the sides' values per iteration and the log ratio that is judged. */
export interface Reading extends Both<number> {
  readonly logRatio: number;
  /** The means over all calls of the rounds; what is no time has one value only, which this repeats. */
  readonly mean: Both<number> & { readonly logRatio: number };
}

function amounts(sides: Both<number | undefined> | undefined, floor: number): Reading | undefined {
  if (sides?.a === undefined || sides.b === undefined) return undefined;
  const { a, b } = sides;
  // One is added where "nothing at all" needs a ratio to something.
  const ratio = a > 0 && b > 0 ? b / a : (b + 1) / (a + 1);
  const value = { a, b, logRatio: Math.abs(b - a) < floor ? 0 : Math.log(ratio) };
  return { ...value, mean: value };
}

/** Blocks of a side have one length, so each call counts once. */
function meanOf(pair: Pair, side: 'a' | 'b', meter: TimeMeter): number {
  return pair.rounds.reduce((sum, round) => sum + timeOf(round[side], meter), 0) / pair.rounds.length;
}

/** What a pair says by a meter; undefined when it did not read it. */
export function readMeter(pair: Pair, meter: MeterName): Reading | undefined {
  switch (meter) {
    case 'rss':
      return amounts(pair.peakRssBytes, METERS.rss.floor);
    case 'peak':
    case 'allocations':
      return amounts(pair.extras[meter], METERS[meter].floor);
    case 'cpu':
    case 'wall':
    case 'wall-less-queue': {
      const ratios = logRatios(pair, meter);
      // A round in which each side took some time makes both means more than nothing.
      if (ratios.length === 0) return undefined;
      const [a, b] = [meanOf(pair, 'a', meter), meanOf(pair, 'b', meter)];
      return {
        a: median(pair.rounds.map((round) => timeOf(round.a, meter))),
        b: median(pair.rounds.map((round) => timeOf(round.b, meter))),
        logRatio: combineRounds(ratios),
        mean: { a, b, logRatio: Math.log(b / a) },
      };
    }
  }
}
