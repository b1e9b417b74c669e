import { StropError, formatChange, formatDuration } from '#base';
import { startSuite } from '#verdict';
import type { Suite } from '#verdict';
import type { Lane } from './lane.ts';
import type { GuardRule } from './request.ts';

/** The answers of all workloads: one suite, and so one stated error rate, for time and one for each memory meter. */
export interface Answers {
  readonly time: Suite;
  readonly memory: Readonly<Record<'peak' | 'allocations' | 'rss', Suite>>;
}

/** Who watches a measurement, and may end it. */
export interface Watcher {
  readonly signal: AbortSignal;
  /** The state of one workload, to be shown in place of its former state; `last` is the final one. */
  state(id: string, text: string, last: boolean): void;
}

/** No answer yet; every lane is a member of one suite for each kind of meter. */
export function startAnswers(
  lanes: readonly Lane[],
  { alpha, margin }: { readonly alpha: number; readonly margin: number },
): Answers {
  const rule = { alpha, margin, method: 'signs' } as const;
  const ids = lanes.map((lane) => lane.id);
  return {
    time: startSuite(ids, rule),
    memory: { peak: startSuite(ids, rule), allocations: startSuite(ids, rule), rss: startSuite(ids, rule) },
  };
}

/**
 * Measures the lanes in turns, one pair each, until every one is decided or has spent its budget, and updates the answers. Guards are done as soon
 * as they are shown to be no worse than their margin: the interval holds whenever one looks, so one may stop there.
 */
export async function measureAll(
  watcher: Watcher,
  lanes: readonly Lane[],
  answers: Answers,
  guards?: GuardRule,
): Promise<void> {
  for (const lane of lanes) {
    const former = lane.tally.pairs.length > 0;
    if (former) update(lane, answers, lane.tally.timedPairs > 0);
  }
  let open = lanes;
  while (open.length > 0) {
    const next: Lane[] = [];
    for (const lane of open) {
      if (watcher.signal.aborted) throw interrupted();
      const isGuard =
        guards !== undefined && (guards.isGuard(lane.id) || someBetter(lanes, answers, lane, guards));
      const settled = isGuard && isHarmless(lane, guards.margin);
      const budgetNs = isGuard ? Math.min(guards.budgetNs, lane.budgetNs) : lane.budgetNs;
      const wish = lane.nextWish(answers.time, answers.memory, settled, budgetNs);
      if (wish !== undefined) {
        await lane.advance(wish);
        update(lane, answers, wish.timed);
        next.push(lane);
      }
      report(watcher, lane, answers, wish === undefined);
    }
    open = next;
  }
}

/**
 * Another workload that was to get better is proven so, in the meter that makes its verdict: what is still open then only
 * has to be shown harmless. Less memory beside an open time proves nothing that was asked for.
 */
function someBetter(
  lanes: readonly Lane[],
  { time, memory }: Answers,
  but: Lane,
  guards: GuardRule,
): boolean {
  return lanes.some(({ id, verdictMeter }) => {
    if (id === but.id || guards.isGuard(id)) return false;
    const isMemory = verdictMeter === 'peak' || verdictMeter === 'allocations' || verdictMeter === 'rss';
    const suite = isMemory ? memory[verdictMeter] : time;
    return suite.outcome(id) === 'faster';
  });
}

function isHarmless(lane: Lane, margin: number): boolean {
  const { meter } = lane.measurement.plan;
  return lane.tally.readings(meter).length > 0 && lane.tally.judgement(meter, lane.rule).high <= 1 + margin;
}

/** The error of a comparison that was broken off. */
export function interrupted(): StropError {
  return new StropError({
    code: 'interrupted',
    problem: 'the comparison was interrupted',
    remedy: 'Nothing of yours has changed; start it again when you like.',
  });
}

function update(lane: Lane, answers: Answers, timed: boolean): void {
  if (timed) answers.time.update(lane.id, lane.tally.judgement(lane.measurement.plan.meter, lane.rule));
  for (const meter of ['peak', 'allocations', 'rss'] as const) {
    if (lane.tally.readings(meter).length > 0) {
      answers.memory[meter].update(lane.id, lane.tally.judgement(meter, { ...lane.rule, method: 'signs' }));
    }
  }
}

function report(watcher: Watcher, lane: Lane, answers: Answers, last: boolean): void {
  const outcome = answers.time.outcome(lane.id);
  const { verdictMeter } = lane;
  const judged = lane.tally.judgement(verdictMeter, lane.rule);
  const interval =
    judged.low > 0 && Number.isFinite(judged.high)
      ? ` [${formatChange(judged.low)}, ${formatChange(judged.high)}]`
      : '';
  const left =
    judged.pairsNeeded === undefined
      ? ''
      : `, about ${formatDuration((judged.pairsNeeded - judged.pairs) * lane.pairNs())} left`;
  const state =
    outcome === 'undecided' || verdictMeter !== lane.measurement.plan.meter ? left : `, ${outcome}; memory …`;
  const text = `${String(judged.pairs)} pairs, ${formatChange(judged.ratio)}${interval}${last ? '' : state}`;
  watcher.state(lane.id, text, last);
}
