import { formatChange } from '#base';
import type { Doubt } from '#base';
import type { Judgement, Rule } from './evidence.ts';
import { isBeyondMargin, judge } from './judge.ts';
import { median } from './quantile.ts';

/** What one pair says about calls that need not cost the same. */
export interface CallRatios {
  /** ln(B/A) of the call in the middle: the median over the pair's rounds. */
  readonly middle: number;
  /** ln(B/A) of the mean over all calls of the pair's rounds. */
  readonly mean: number;
}

/** A judgement, and what it is of. */
export interface CallsJudgement extends Judgement {
  readonly of: 'the call in the middle' | 'all calls';
}

/**
 * The error rate is shared out: where the middle sees no such change, the mean has to be ten times as sure. Together they stay
 * within the promised rate, and nine pairs of one sign still decide at 1 %.
 */
const MIDDLE_SHARE = 0.9;
const MEAN_SHARE = 0.1;

/** A gap of less than this part of the change is no news for the reader: the mean is printed, without a doubt. */
const TELLING_SHARE = 0.25;

/** Judges under a part of the error rate, with an e-value that is to be held against the whole of it. */
function judgeShare(logRatios: readonly number[], share: number, rule: Rule): Judgement {
  const judged = judge(logRatios, { ...rule, alpha: share * rule.alpha });
  return { ...judged, eValue: Math.min(share * judged.eValue, Number.MAX_VALUE) };
}

function isChanged({ outcome }: Judgement): boolean {
  return outcome === 'faster' || outcome === 'slower';
}

function differ(text: string): Doubt {
  return { code: 'calls-differ', text };
}

/** The judgement of the means; `middle` is proof enough for a change that both see. */
function judgeMean(pairs: readonly CallRatios[], middle: Judgement, rule: Rule): Judgement {
  const means = pairs.map((pair) => pair.mean);
  const mean = judge(means, rule);
  const agree = isChanged(middle) && mean.outcome === middle.outcome;
  return agree ? { ...mean, eValue: middle.eValue } : judgeShare(means, MEAN_SHARE, rule);
}

/** The means have the word. */
function byMean(middle: Judgement, mean: Judgement): CallsJudgement {
  const gap = Math.abs(Math.log(mean.ratio / middle.ratio));
  const change = Math.max(Math.abs(Math.log(mean.ratio)), Math.abs(Math.log(middle.ratio)));
  if (mean.outcome === middle.outcome && gap < TELLING_SHARE * change) return { ...mean, of: 'all calls' };
  const text = `The call in the middle changes by ${formatChange(middle.ratio)}, all calls together by ${formatChange(mean.ratio)}: some calls cost much more than others, and all of them are judged.`;
  return { ...mean, of: 'all calls', doubts: [...mean.doubts, differ(text)] };
}

/** Neither has it: the means point away from what the middle would say, and that they differ is not proven. */
function withhold(middle: Judgement, mean: Judgement): CallsJudgement {
  const text = `The call in the middle changes by ${formatChange(middle.ratio)}, all calls together by ${formatChange(mean.ratio)}, and it is not proven that these differ: more pairs would tell.`;
  return {
    ...middle,
    of: 'the call in the middle',
    outcome: 'undecided',
    pairsNeeded: undefined,
    doubts: [...middle.doubts, differ(text)],
  };
}

function pointsAway(pairs: readonly CallRatios[], middle: Judgement, { margin }: Rule): boolean {
  const estimate = median(pairs.map((pair) => pair.mean));
  return Math.abs(estimate) > Math.log1p(margin) && estimate * Math.log(middle.ratio) < 0;
}

/**
 * `judge` for the time of calls. The median over a pair's rounds is the best estimate of what calls cost as long as they all
 * cost the same but for noise. It is blind for work that falls into a minority of them (a buffer that is flushed, a table
 * that grows, a garbage collection), so it is held against the mean of all calls, which is what a program pays:
 *
 * - Proven to differ by more than the margin: the mean is judged in its place, whatever it says.
 * - The middle calls a change that the means point away from, or none where the means prove one: undecided so far.
 * - Else the median.
 *
 * The chance that identical code is called faster or slower stays at most `rule.alpha`. Throws as {@link judge} does.
 */
export function judgeCalls(pairs: readonly CallRatios[], rule: Rule): CallsJudgement {
  const middle = judgeShare(
    pairs.map((pair) => pair.middle),
    MIDDLE_SHARE,
    rule,
  );
  const gaps = pairs.map((pair) => pair.mean - pair.middle);
  if (isBeyondMargin(gaps, rule)) return byMean(middle, judgeMean(pairs, middle, rule));
  const isOpposed =
    (isChanged(middle) && pointsAway(pairs, middle, rule)) ||
    (middle.outcome === 'no difference' && isChanged(judgeMean(pairs, middle, rule)));
  if (isOpposed) return withhold(middle, judgeMean(pairs, middle, rule));
  return { ...middle, of: 'the call in the middle' };
}
