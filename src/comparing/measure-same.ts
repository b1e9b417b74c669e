import { formatDuration } from '#base';
import type { Doubt } from '#base';
import type { Host } from '#host';
import type { Pair } from '#measuring';
import { logRatios } from '#measuring';
import type { BaselineDocument } from '#store';
import { combineRounds, median, medianInterval, robustSd, smallestEffect } from '#verdict';
import { openLanes } from './compare-sides.ts';
import type { Comparing } from './compare-sides.ts';
import type { Lane } from './lane.ts';
import { interrupted } from './measure-all.ts';
import { METERS, readMeter } from './meters.ts';
import type { MeterName } from './meters.ts';
import { samplesOf } from './samples.ts';

type Measured = BaselineDocument['workloads'][number];
type Figure = Measured['meters'][string];

/** Error rate of the interval of each figure. */
const ALPHA = 0.01;

/**
 * Measures one state of the project (both sides of `comparing` are checkouts of it): so many pairs of identical code for
 * each workload, as far as the budget reaches. What the pairs differ by is the noise that a comparison has to beat.
 */
export async function measureSame(
  host: Host,
  comparing: Omit<Comparing, 'former' | 'guards'>,
  pairs: number,
): Promise<{ readonly workloads: readonly Measured[]; readonly samples: readonly unknown[] }> {
  const lanes = await openLanes(host, comparing);
  try {
    for (const lane of lanes) {
      for (let pair = 1; pair <= pairs; pair += 1) {
        if (comparing.watcher.signal.aborted) throw interrupted();
        await lane.advance({ timed: true, extras: lane.memoryMeters });
        const last = pair === pairs || lane.spentNs + lane.pairNs() > comparing.request.budgetNs;
        comparing.watcher.state(lane.id, `${String(pair)} of ${String(pairs)} pairs`, last);
        if (last) break;
      }
    }
    return { workloads: lanes.map((lane) => report(lane, comparing)), samples: samplesOf(lanes) };
  } finally {
    await Promise.allSettled(lanes.map((lane) => lane.measurement.close()));
  }
}

/** Both processes of a pair ran the same code: each is one draw. */
function figureOf(pairs: readonly Pair[], meter: MeterName): Figure | undefined {
  const draws = pairs.flatMap((pair) => {
    const reading = readMeter(pair, meter);
    return reading === undefined ? [] : [reading.a, reading.b];
  });
  if (draws.length === 0) return undefined;
  return { value: median(draws), ...medianInterval(draws, ALPHA), unit: METERS[meter].unit };
}

/** The first call in a fresh process may be this many times dearer: imports, lazy tables, filling of caches. */
const FIRST_CALL_FACTOR = 30;

/** A function that keeps its results answers every later call from memory: what is measured is the look-up. */
function keptResults(pairs: readonly Pair[], steady: Figure): readonly Doubt[] {
  if (steady.unit !== 'ns' || pairs.length === 0) return [];
  const first = median(pairs.flatMap(({ firstCallNs }) => [firstCallNs.a, firstCallNs.b]));
  if (first < FIRST_CALL_FACTOR * steady.value) return [];
  return [
    {
      code: 'first-call-differs',
      text: `The first call in a fresh process takes ${formatDuration(first)}, later ones ${formatDuration(steady.value)}: if results are kept between calls, this measures how fast they are found again.`,
    },
  ];
}

function report(lane: Lane, { request }: Pick<Comparing, 'request'>): Measured {
  const { pairs } = lane.tally;
  const meter = lane.verdictMeter;
  const meters: Record<string, Figure> = {};
  for (const name of Object.keys(METERS) as MeterName[]) {
    const figure = figureOf(pairs, name);
    if (figure !== undefined) meters[name] = figure;
  }
  const own = meters[meter] ?? { value: 0, low: 0, high: 0, unit: METERS[meter].unit };
  const scatter = robustSd(pairs.map((pair) => combineRounds(logRatios(pair, lane.measurement.plan.meter))));
  const affordable = Math.floor(request.budgetNs / Math.max(lane.pairNs(), 1));
  const effect = smallestEffect(scatter, affordable, lane.rule);
  return {
    id: lane.id,
    kind: lane.selected.workload.kind,
    meter,
    ...own,
    processes: 2 * pairs.length,
    pairSd: scatter,
    detectable: Number.isFinite(effect) ? effect : null,
    secondsPerPair: lane.pairNs() / 1e9,
    meters,
    doubts: [...lane.selected.doubts, ...lane.measurement.doubts, ...keptResults(pairs, own)],
  };
}
