import { formatChange, formatDuration, formatShare } from '#base';
import type { Doubt } from '#base';
import { fastestLogRatios } from '#measuring';
import type { TimeMeter } from '#measuring';
import { combineRounds, judge, median } from '#verdict';
import type { Judgement, Rule } from '#verdict';
import { findHiddenWork, findOtherAnswer } from './books.ts';
import type { MeterName } from './meters.ts';
import type { Tally } from './tally.ts';

/** Pair noise beyond this share makes a result slow and its size vague. */
const NOISY_SD = 0.05;

/** All calls of all pairs together may gain less than the verdict says by this part of it, and by this much as a logarithm. */
const RARE_SHARE = 0.4;
const RARE_LEAST = 0.05;

/** A change of this factor is more often a mistake of the benchmark than a feat. */
const ABSURD_FACTOR = 10;

function opposite(one: number, other: number, margin: number): boolean {
  return Math.sign(one) !== Math.sign(other) && Math.abs(one) > margin && Math.abs(other) > margin;
}

/**
 * Whether B is proven to take more wall time, waiting for a core left out, than CPU time can tell: it sleeps or waits for
 * somebody where A does not, and began only after the clock was chosen.
 */
export function waitsLonger(tally: Tally, meter: MeterName, judged: Judgement, rule: Rule): boolean {
  if (meter !== 'cpu' || tally.readings('wall-less-queue').length === 0) return false;
  const wall = tally.judgement('wall-less-queue', rule);
  return wall.outcome === 'slower' && wall.low > judged.high;
}

/** Reservations that follow from comparing the verdict on time with everything else that was read. */
export function findTimeDoubts(
  tally: Tally,
  meter: TimeMeter,
  judged: Judgement,
  rule: Rule,
): readonly Doubt[] {
  const margin = Math.log1p(rule.margin);
  const effect = Math.log(judged.ratio);
  const changed = judged.outcome === 'faster' || judged.outcome === 'slower';
  // What one question has proven may be too little for several.
  const doubts: Doubt[] = judged.doubts.filter(({ code }) => changed || code !== 'size-vague');
  if (judged.pairSd > NOISY_SD) {
    doubts.push({
      code: 'noisy-machine',
      text: `Pairs scatter by ${formatShare(judged.pairSd)}: a calmer machine decides sooner, and tells the size of a change better.`,
    });
  }
  if (changed && Math.abs(effect) > Math.log(ABSURD_FACTOR)) {
    doubts.push({
      code: 'absurd-ratio',
      text: 'A change by more than a factor of ten: make sure that the workload still does its work (compare results, try larger inputs).',
    });
  }
  const wall = tally.judgement('wall', rule);
  const against = changed && wall.eValue >= 1 / rule.alpha && opposite(Math.log(wall.ratio), effect, margin);
  if (meter === 'cpu' && (against || waitsLonger(tally, meter, judged, rule))) {
    doubts.push({
      code: 'wall-disagrees',
      text: `CPU time says ${formatChange(judged.ratio)} but wall time ${formatChange(wall.ratio)}: the workload waits for something; --meter wall judges that, too.`,
    });
  }
  const timed = tally.pairs.filter((pair) => pair.rounds.length > 0);
  const fastest = timed.map((pair) => fastestLogRatios(pair)).filter((ratios) => ratios.length > 0);
  if (changed && meter === 'cpu' && fastest.length > 0) {
    const minima = judge(fastest.map(combineRounds), rule);
    if (minima.eValue >= 1 / rule.alpha && opposite(Math.log(minima.ratio), effect, margin)) {
      doubts.push({
        code: 'minima-disagree',
        text: `The fastest iterations change by ${formatChange(minima.ratio)}: typical and best case move apart.`,
      });
    }
  }
  doubts.push(...findFirstCallDoubt(tally, judged), ...findWitnessDoubt(tally, judged, rule));
  doubts.push(...findRareCalls(tally, meter, judged));
  doubts.push(...findHiddenWork(tally.pairs, meter, judged), ...findOtherAnswer(tally.pairs));
  return doubts;
}

/**
 * Calls so rare that most pairs have none, and yet so dear that they take back a good part of the gain: no pair's own mean
 * shows them. A single pair is nobody's proof, a neighbour can fill it: the gap has to stay without the pair that makes the most of it.
 */
function findRareCalls(tally: Tally, meter: TimeMeter, judged: Judgement): readonly Doubt[] {
  if (judged.outcome !== 'faster') return [];
  const means = tally.readings(meter).map((reading) => reading.mean);
  const total = means.reduce((sum, { a, b }) => ({ a: sum.a + a, b: sum.b + b }), { a: 0, b: 0 });
  const effect = Math.log(judged.ratio);
  const worst = Math.min(...means.map(({ a, b }) => Math.log((total.b - b) / (total.a - a))));
  // Without pairs, or with one, this is no number, and nothing is said.
  if (!(worst - effect > Math.max(RARE_LEAST, RARE_SHARE * -effect))) return [];
  const text = `All calls of all pairs together change by ${formatChange(total.b / total.a)}: some pairs have calls that cost much more on B, and the verdict is of the others.`;
  return [{ code: 'calls-differ', text }];
}

/**
 * Part of the gain (as logarithm) that the first call must show. A cache helps it too, where the input repeats itself:
 * lru_cache on tabulate 0.10.0 gained 44 % in the long run and 3, 5 and 10 % at the first call, four honest changes
 * together 42 % and 44 %. A first call has to warm up as well, which dilutes its gain: so not more than a third.
 */
const FIRST_SHARE = 1 / 3;

/** Part of the time that later calls save which a first call saves, too, unless results are kept. */
const SAVED_SHARE = 1 / 2;

/** A first call that is so many times dearer, and by so much in ns, holds more than noise and warming up. */
const DEARER_FACTOR = 2;
const DEARER_NS = 1e6;

/** Much faster in the long run but not at the first call: results may be kept from call to call. */
function findFirstCallDoubt(tally: Tally, judged: Judgement): readonly Doubt[] {
  if (judged.outcome !== 'faster' || tally.pairs.length === 0) return [];
  const before = median(tally.pairs.map((pair) => pair.firstCallNs.a));
  const after = median(tally.pairs.map((pair) => pair.firstCallNs.b));
  if (after > DEARER_FACTOR * before && after - before > DEARER_NS) {
    const text = `The first call in a fresh process takes ${formatDuration(after)} on B, ${formatDuration(before)} on A: work may have moved there, and a program that is started often pays it.`;
    return [{ code: 'first-call-differs', text }];
  }
  if (judged.ratio > 0.7) return [];
  const first = median(
    tally.pairs.map((pair) => Math.log(pair.firstCallNs.b / Math.max(pair.firstCallNs.a, 1))),
  );
  if (first < Math.log(judged.ratio) * FIRST_SHARE) return [];
  // A first call that saves as much time as later ones does the same, beside what it takes to warm up.
  const later = median(tally.readings('wall').map(({ a, b }) => a - b));
  if (before - after > SAVED_SHARE * later) return [];
  return [
    {
      code: 'first-call-differs',
      text: `Repeated calls change by ${formatChange(judged.ratio)}, the first call in a fresh process by ${formatChange(Math.exp(first))}: results may be kept between calls.`,
    },
  ];
}

function findWitnessDoubt(tally: Tally, judged: Judgement, rule: Rule): readonly Doubt[] {
  if (judged.outcome !== 'faster' && judged.outcome !== 'slower') return [];
  const effect = Math.log(judged.ratio);
  for (const [name, meter] of [
    ['machine instructions', 'instructions'],
    ['bytecodes', 'bytecodes'],
  ] as const) {
    const seen = tally.witness(meter);
    if (seen === undefined || seen.before === 0) continue;
    const ratio = seen.after / seen.before;
    if (opposite(Math.log(ratio), effect, Math.log1p(rule.margin))) {
      return [
        {
          code: 'witness-disagrees',
          text: `Executed ${name} change by ${formatChange(ratio)}, against the time: the work moved between Python and native code, or the time changed for another reason.`,
        },
      ];
    }
    if (
      seen.after === seen.before &&
      tally.witness('allocations')?.after === tally.witness('allocations')?.before
    ) {
      return [
        {
          code: 'witness-disagrees',
          text: `Both sides execute the same number of ${name} and allocations: the difference comes from native code, data or memory layout.`,
        },
      ];
    }
  }
  return [];
}
