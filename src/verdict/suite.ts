import type { Judgement, Outcome, Rule } from './evidence.ts';

/*
 * e-BH (Wang and Ramdas 2022, "False discovery rate control with e-values"): of K e-values, the k largest are
 * discoveries when each of them is at least K / (alpha k), for the largest such k. The share of false ones among the
 * discoveries is at most alpha on average, however the e-values depend on each other.
 */

/** Ids that e-BH discovers among `questions` e-values in all; ids that are not listed count as e-value 0. */
function discover(
  eValues: ReadonlyMap<string, number>,
  questions: number,
  alpha: number,
): ReadonlySet<string> {
  const ranked = [...eValues].sort(([, one], [, other]) => other - one);
  let discoveries = 0;
  ranked.forEach(([, eValue], index) => {
    if (eValue >= questions / (alpha * (index + 1))) discoveries = index + 1;
  });
  return new Set(ranked.slice(0, discoveries).map(([id]) => id));
}

/**
 * The answers to several questions under one stated error rate: of all workloads that are called faster or slower, on
 * average at most the share `rule.alpha` is not. Questions without a judgement yet count as asked, so the map must
 * hold all ids of the suite (`undefined` for those).
 *
 * - `faster`, `slower`: `judge` says so and e-BH agrees. An e-value of a question that `judge` does not call changed
 *   counts as 0, which is allowed (it only gets smaller) and keeps effects within the margin out.
 * - `no difference`: as `judge` says, each with its own interval at 1 - alpha; no rate over the suite is claimed for it.
 *
 * With one question this is exactly `judge`. Stateless: it stays decided what is not measured any further.
 */
export function judgeSuite(
  judgements: ReadonlyMap<string, Judgement | undefined>,
  rule: Rule,
): ReadonlyMap<string, Outcome> {
  const eValues = new Map<string, number>();
  for (const [id, judgement] of judgements) {
    if (judgement?.outcome === 'faster' || judgement?.outcome === 'slower') eValues.set(id, judgement.eValue);
  }
  const discovered = discover(eValues, judgements.size, rule.alpha);
  const outcomes = new Map<string, Outcome>();
  for (const [id, judgement] of judgements) {
    const own = judgement?.outcome ?? 'undecided';
    outcomes.set(id, own === 'no difference' || discovered.has(id) ? own : 'undecided');
  }
  return outcomes;
}

/** A question of a suite that has just got its answer. */
export interface Decision {
  readonly id: string;
  readonly outcome: Exclude<Outcome, 'undecided'>;
}

/** Several questions that are measured in turns and answered under one error rate. */
export interface Suite {
  /**
   * Takes the newest judgement of one question and returns what is decided now and was not before, other questions
   * included: a discovery lowers the bar for those that wait. Ignored for a decided question, whose judgement stays
   * as it was. Throws a RangeError for an unknown id.
   */
  update(id: string, judgement: Judgement): readonly Decision[];
  /** The answer so far. Throws a RangeError for an unknown id. */
  outcome(id: string): Outcome;
  /** Questions to measure further, in the given order. */
  undecided(): readonly string[];
}

/**
 * Starts a suite of distinct questions (workloads, or one meter of several workloads). The loop measures one pair of
 * each undecided question in turn and stops measuring a question as soon as it is decided; an answer is final.
 */
export function startSuite(ids: readonly string[], rule: Rule): Suite {
  const judgements = new Map<string, Judgement | undefined>(ids.map((id) => [id, undefined]));
  let outcomes = judgeSuite(judgements, rule);
  const outcomeOf = (id: string): Outcome => {
    const outcome = outcomes.get(id);
    if (outcome === undefined) throw new RangeError(`the suite has no question ${id}`);
    return outcome;
  };
  return {
    update(id, judgement) {
      if (outcomeOf(id) !== 'undecided') return [];
      const before = outcomes;
      judgements.set(id, judgement);
      outcomes = judgeSuite(judgements, rule);
      return [...outcomes].flatMap(([each, outcome]) =>
        outcome === 'undecided' || before.get(each) !== 'undecided' ? [] : [{ id: each, outcome }],
      );
    },
    outcome: outcomeOf,
    undecided: () => ids.filter((id) => outcomeOf(id) === 'undecided'),
  };
}
