import type { Doubt } from '#base';
import type { TimeMeter } from '#measuring';
import type { ComparedMeter, ComparedWorkload } from '#store';
import type { CallsJudgement, Judgement, Outcome } from '#verdict';
import { eatsItsGain, requireHonestBooks } from './books.ts';
import { findTimeDoubts, waitsLonger } from './doubts.ts';
import type { Lane } from './lane.ts';
import type { Answers } from './measure-all.ts';
import { METERS } from './meters.ts';
import type { MeterName } from './meters.ts';

type Verdict = ComparedWorkload['verdict'];

/** The four answers in the words of a meter's kind. */
function wordOf(outcome: Outcome, words: 'time' | 'memory'): Verdict {
  if (words === 'time') return outcome;
  switch (outcome) {
    case 'faster':
      return 'leaner';
    case 'slower':
      return 'heavier';
    case 'no difference':
    case 'undecided':
      return outcome;
  }
}

/**
 * The change with its interval. A difference of memory below the meter's floor is judged as none: its ratio is told all the same, and
 * the interval reaches to it.
 */
function bounds(
  judged: Judgement,
  meter: MeterName,
  typical: { readonly before: number; readonly after: number },
): Pick<ComparedMeter, 'ratio' | 'low' | 'high'> {
  const { low } = judged;
  const high = Number.isFinite(judged.high) ? judged.high : null;
  if (Math.abs(typical.after - typical.before) >= METERS[meter].floor)
    return { ratio: judged.ratio, low, high };
  const ratio = ratioOf(typical);
  return { ratio, low: Math.min(low, ratio), high: high === null ? null : Math.max(high, ratio) };
}

function outcomeOf(lane: Lane, answers: Answers, meter: MeterName): Outcome {
  if (meter === 'peak' || meter === 'allocations' || meter === 'rss')
    return answers.memory[meter].outcome(lane.id);
  if (meter === lane.measurement.plan.meter) return answers.time.outcome(lane.id);
  return lane.tally.judgement(meter, lane.rule).outcome;
}

function metersOf(lane: Lane, answers: Answers, outcome: Outcome): Record<string, ComparedMeter> {
  const meters: Record<string, ComparedMeter> = {};
  for (const name of Object.keys(METERS) as MeterName[]) {
    const pairs = lane.tally.readings(name).length;
    if (pairs === 0) continue;
    // Without the kernel's word on queueing this meter would only repeat wall time.
    if (name === 'wall-less-queue' && lane.measurement.plan.meter !== name) continue;
    const judged = lane.tally.judgement(name, lane.rule);
    const { unit, words } = METERS[name];
    const typical = typicalOf(lane, name, judged);
    meters[name] = {
      ...bounds(judged, name, typical),
      verdict: wordOf(name === lane.verdictMeter ? outcome : outcomeOf(lane, answers, name), words),
      pairs,
      ...typical,
      unit,
    };
  }
  return meters;
}

/** B/A; where one side has nothing at all, one is added to both. */
function ratioOf({ before, after }: { readonly before: number; readonly after: number }): number {
  return before > 0 && after > 0 ? after / before : (after + 1) / (before + 1);
}

function witnessesOf(lane: Lane): ComparedWorkload['witnesses'] {
  const witnesses: ComparedWorkload['witnesses'] = {};
  for (const name of ['bytecodes', 'instructions', 'allocations'] as const) {
    const seen = lane.tally.witness(name);
    if (seen === undefined) continue;
    witnesses[name] = { ...seen, ratio: ratioOf(seen) };
  }
  return witnesses;
}

/** One lane as it is printed and kept. */
export function reportLane(lane: Lane, answers: Answers): ComparedWorkload {
  const meter = lane.verdictMeter;
  const judged = lane.tally.judgement(meter, lane.rule);
  const typical = typicalOf(lane, meter, judged);
  const timed = METERS[meter].words === 'time';
  const said = outcomeOf(lane, answers, meter);
  // CPU time is no answer for what began to wait only after the clock was chosen.
  const eaten = said === 'faster' && timed && eatsItsGain(lane.tally.pairs, meter as TimeMeter);
  const withheld = eaten || (said !== 'slower' && waitsLonger(lane.tally, meter, judged, lane.rule));
  const outcome = withheld ? 'undecided' : said;
  // Alone it would be decided: with others under one error rate it takes some pairs more.
  const shared = said === 'undecided' && judged.outcome !== 'undecided' ? lane.pairsWithOthers : undefined;
  const needed = outcome === 'undecided' && !withheld ? (judged.pairsNeeded ?? shared) : undefined;
  if (timed) requireHonestBooks(lane);
  const doubts: Doubt[] = [...lane.selected.doubts, ...lane.measurement.doubts];
  if (timed)
    doubts.push(
      ...findTimeDoubts(
        lane.tally,
        meter as TimeMeter,
        { ...judged, outcome: eaten ? said : outcome },
        lane.rule,
      ),
    );
  if (lane.memoryMeters.length === 1) {
    doubts.push({
      code: 'memory-unmeasured',
      text: 'Allocations cannot be counted on this system; peaks are measured.',
    });
  }
  return {
    id: lane.id,
    kind: lane.selected.workload.kind,
    verdict: wordOf(outcome, METERS[meter].words),
    meter,
    ...bounds(judged, meter, typical),
    detectable: Number.isFinite(judged.detectable) ? judged.detectable : null,
    pairs: judged.pairs,
    pairsNeeded: needed ?? null,
    secondsNeeded: needed === undefined ? null : ((needed - judged.pairs) * lane.pairNs()) / 1e9,
    seconds: lane.spentNs / 1e9,
    ...typical,
    doubts,
    method: lane.rule.method,
    meters: metersOf(lane, answers, outcome),
    witnesses: witnessesOf(lane),
  };
}

/**
 * What a call takes on each side. Medians of the sides scatter by more than the change, which is of pairs, and may point the other
 * way: of times the middle between both medians is kept, and the sides lie apart by the change.
 */
function typicalOf(
  { tally }: Lane,
  meter: MeterName,
  judged: CallsJudgement,
): { readonly before: number; readonly after: number } {
  const { before, after } = tally.typical(meter, judged);
  if (!Number.isFinite(before) || !Number.isFinite(after)) return { before: 0, after: 0 };
  if (METERS[meter].words !== 'time') return { before, after };
  const middle = Math.sqrt(before * after);
  const apart = Math.sqrt(judged.ratio);
  return { before: middle / apart, after: middle * apart };
}

/** The verdict of the whole comparison: bad news first, then doubt, then good news. */
export function overallVerdict(workloads: readonly ComparedWorkload[]): Verdict {
  const order: readonly Verdict[] = ['slower', 'heavier', 'undecided', 'faster', 'leaner'];
  return order.find((verdict) => workloads.some((each) => each.verdict === verdict)) ?? 'no difference';
}
