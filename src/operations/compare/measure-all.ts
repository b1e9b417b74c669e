import { StropError, formatChange, formatDuration } from '#base';
import { startSuite } from '#verdict';
import type { Suite } from '#verdict';
import type { Context } from '../operation.ts';
import type { Lane } from './lane.ts';

/** The answers of all workloads: one suite, and so one stated error rate, for time and one for each memory meter. */
export interface Answers {
  readonly time: Suite;
  readonly memory: Readonly<Record<'peak' | 'allocations' | 'rss', Suite>>;
}

/** Measures the lanes in turns, one pair each, until every one is decided or has spent its budget. */
export async function measureAll(
  context: Context,
  lanes: readonly Lane[],
  alpha: number,
  margin: number,
): Promise<Answers> {
  const rule = { alpha, margin, method: 'signs' } as const;
  const ids = lanes.map((lane) => lane.id);
  const answers: Answers = {
    time: startSuite(ids, rule),
    memory: { peak: startSuite(ids, rule), allocations: startSuite(ids, rule), rss: startSuite(ids, rule) },
  };
  let open = lanes;
  while (open.length > 0) {
    const next: Lane[] = [];
    for (const lane of open) {
      if (context.signal.aborted) throw interrupted();
      const wish = lane.nextWish(answers.time, answers.memory);
      if (wish !== undefined) {
        await lane.advance(wish);
        update(lane, answers, wish.timed);
        next.push(lane);
      }
      report(context, lane, answers, wish === undefined);
    }
    open = next;
  }
  return answers;
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

function report(context: Context, lane: Lane, answers: Answers, last: boolean): void {
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
  context.progress({
    kind: 'state',
    topic: lane.id,
    text: `${String(judged.pairs)} pairs, ${formatChange(judged.ratio)}${interval}${last ? '' : state}`,
    last,
  });
}
