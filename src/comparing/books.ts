import { StropError, formatDuration } from '#base';
import type { Doubt } from '#base';
import { timeOf } from '#measuring';
import type { Answered, Both, Pair, TimeMeter } from '#measuring';
import { median } from '#verdict';
import type { Judgement } from '#verdict';
import type { Lane } from './lane.ts';

/*
 * What a side costs beside what its clock says. Nothing here is exact: a neighbour, a garbage collection or cold caches fall
 * between blocks, too. So both sides are held against each other, over all pairs, and only a gap that is large against what
 * was gained counts.
 */

/** A side may leave this much more CPU time per block unreported than the other, in ns, or this share of a block. */
const UNEVEN_NS = 0.25e6;
const UNEVEN_SHARE = 0.15;

/** What comes once in a pair of few rounds, in ns, is as much more for each of its blocks. */
const UNEVEN_ONCE_NS = 1.5e6;

/** Nobody is accused by fewer pairs: a single garbage collection fills one. */
const FEWEST_ACCUSING = 4;

/** A gain of less wall time per block, in ns, cannot be told from what asking and answering differ by. */
const UNOBSERVED_NS = 1e6;

/** Nor of another answer by a single pair. */
const FEWEST_LOOKS = 2;

/** So many of the pairs have to agree before somebody is accused. */
const ALIKE_SHARE = 0.8;

/** Gaps of at least this part of the gain, and of this many ns per block or once in a pair, put the gain in doubt. */
const TELLING_SHARE = 0.4;
const TELLING_NS = 0.05e6;
const TELLING_ONCE_NS = 0.3e6;

/** A reading in whole clock ticks is off by about one tick. */
const TICK_NS = 10e6;

/**
 * Throws `forged-result` when one side keeps reporting less time than the kernel or strop's own clock sees pass, and the
 * other does not: answering costs both the same, so what is missing was hidden from the clock.
 */
export function requireHonestBooks(lane: Lane): void {
  const { meter } = lane.measurement.plan;
  const pairs = timedPairs(lane.tally.pairs);
  const hidden = pairs
    .filter((pair) => !pair.coarse)
    .flatMap((pair) => {
      const gap = gapOf(pair.unaccountedNs);
      const [first] = pair.rounds;
      if (gap === undefined || first === undefined) return [];
      const block = Math.max(first.a.cpuTotalNs, first.b.cpuTotalNs);
      return [gap / Math.max(UNEVEN_NS, UNEVEN_SHARE * block, UNEVEN_ONCE_NS / pair.rounds.length)];
    });
  if (hidden.length >= FEWEST_ACCUSING && Math.abs(median(hidden)) > 1) {
    throw forged(
      lane,
      median(hidden) > 0 ? 'B' : 'A',
      'reports less of its CPU time than the other: the kernel counts more than its clock admits',
    );
  }
  if (meter === 'cpu') return;
  const unseen = pairs.flatMap((pair) => {
    const gap = gapOf(pair.unobservedNs);
    return gap === undefined ? [] : [{ gap, gain: gainNs(pair, meter) }];
  });
  const gain = median(unseen.map((each) => each.gain));
  if (unseen.length < FEWEST_ACCUSING || Math.abs(gain) < UNOBSERVED_NS) return;
  // On a busy machine the wait for an answer scatters by as much: only a wait that is longer by just what was gained, pair
  // for pair, is the gain itself.
  const alike = unseen.filter((each) => each.gap / each.gain > 0.6 && each.gap / each.gain < 1.6);
  if (alike.length >= ALIKE_SHARE * unseen.length) {
    throw forged(
      lane,
      gain > 0 ? 'B' : 'A',
      `claims to be ${formatDuration(Math.abs(gain))} faster for each block, and strop waits just that much longer for its answer`,
    );
  }
}

function forged(lane: Lane, side: 'A' | 'B', how: string): StropError {
  return new StropError({
    code: 'forged-result',
    problem: `side ${side} ${how}`,
    where: lane.id,
    remedy:
      'The workload must leave the clocks of its process alone, and do its work while it is called, not between calls.',
  });
}

/**
 * Whether what B's calls before the clock cost more than A's is as much as it gains behind it: for each block as a whole, it is then no
 * faster at all.
 */
export function eatsItsGain(pairs: readonly Pair[], meter: TimeMeter): boolean {
  const timed = timedPairs(pairs);
  const gaps = timed.flatMap((pair) => gapOf(pair.leadNs) ?? []);
  if (gaps.length === 0 || timed.length < FEWEST_ACCUSING) return false;
  const gap = median(gaps);
  return gap > TELLING_NS && gap >= median(timed.map((pair) => gainNs(pair, meter)));
}

/** Reasons to think that side B has not become faster, but does its work where the clock of the verdict is not. */
export function findHiddenWork(
  pairs: readonly Pair[],
  meter: TimeMeter,
  judged: Judgement,
): readonly Doubt[] {
  if (judged.outcome !== 'faster') return [];
  const timed = timedPairs(pairs);
  const gain = median(timed.map((pair) => gainNs(pair, meter)));
  const leastNs = Math.max(TELLING_NS, TELLING_ONCE_NS / median(timed.map(({ rounds }) => rounds.length)));
  const tells = (gapsNs: readonly number[]): number | undefined => {
    if (gapsNs.length === 0) return undefined;
    const gap = median(gapsNs);
    return gap > Math.max(leastNs, TELLING_SHARE * gain) ? gap : undefined;
  };
  const doubts: Doubt[] = [];
  const lead = tells(timed.flatMap((pair) => gapOf(pair.leadNs) ?? []));
  if (lead !== undefined) {
    doubts.push({
      code: 'work-between-calls',
      text: `The first calls of each block, which come after a pause and are not measured, cost ${formatDuration(lead)} more on B than on A: a part of the work is done after pauses only, by a cache that ages or by code that notices them.`,
    });
  }
  const setup = tells(timed.map(setupGapNs));
  if (setup !== undefined) {
    doubts.push({
      code: 'setup-grew',
      text: `Around each block B spends ${formatDuration(setup)} more outside of the measured calls than A: the work may have moved into setup or teardown.`,
    });
  }
  const between = tells(
    timed.flatMap((pair) => {
      const gap = gapOf(pair.unaccountedNs);
      return gap === undefined ? [] : [gap - (pair.coarse ? TICK_NS / pair.rounds.length : 0)];
    }),
  );
  if (between !== undefined) {
    doubts.push({
      code: 'work-between-calls',
      text: `For each block B spends ${formatDuration(between)} more CPU time between its calls than A: a part of the work may be left to threads or to later.`,
    });
  }
  const elsewhere = tells(timed.flatMap((pair) => gapOf(pair.elsewhereNs) ?? []));
  if (elsewhere !== undefined) {
    doubts.push({
      code: 'work-elsewhere',
      text: `Processes that B has started spend ${formatDuration(elsewhere)} of CPU time for each block, more than those of A: the work may have moved there.`,
    });
  }
  return doubts;
}

/** Reasons to think that the sides do not do the same work, by what calls answered. */
export function findOtherAnswer(pairs: readonly Pair[]): readonly Doubt[] {
  const looked = pairs.flatMap(({ answered: { a, b } }) =>
    a === undefined || b === undefined ? [] : [{ a, b }],
  );
  const [first] = looked;
  if (first === undefined) return [];
  const { a, b } = first;
  if (a.type === b.type) return findOtherValue(looked);
  if (b.lazy && !a.lazy) {
    return [
      {
        code: 'lazy-result',
        text: `On B a call answers with a ${b.type}, on A with a ${a.type}: the work of B is done only when somebody takes its values.`,
      },
    ];
  }
  return [
    {
      code: 'other-result',
      text: `A call answers with a ${b.type} on B and with a ${a.type} on A: make sure that both do the same work.`,
    },
  ];
}

/**
 * Answers that are the same in each call and each pair of a side, and others on the other side. One that follows from the
 * process (its number, a name of a temporary folder, a value drawn at its start) differs from pair to pair.
 */
function findOtherValue(looked: readonly Both<Answered>[]): readonly Doubt[] {
  const known = looked.filter(({ a, b }) => isKnown(a.fingerprint) && isKnown(b.fingerprint));
  const [first] = known;
  const isSame = (side: 'a' | 'b') => new Set(known.map((pair) => pair[side].fingerprint)).size === 1;
  if (first === undefined || known.length < FEWEST_LOOKS || !isSame('a') || !isSame('b')) return [];
  const { a, b } = first;
  if (a.fingerprint === b.fingerprint) return [];
  const what =
    isKnown(a.shown) && isKnown(b.shown)
      ? `${b.shown} on B and ${a.shown} on A`
      : `another ${b.type} on B than on A`;
  return [
    {
      code: 'other-result',
      text: `A call of the workload answers ${what}: unless that is what the change is for, it is wrong, and no test noticed.`,
    },
  ];
}

function isKnown(text: string | null | undefined): text is string {
  return text !== null && text !== undefined;
}

function timedPairs(pairs: readonly Pair[]): readonly Pair[] {
  return pairs.filter((pair) => pair.rounds.length > 0);
}

function gapOf({ a, b }: Both<number | undefined>): number | undefined {
  return a === undefined || b === undefined ? undefined : b - a;
}

/** How much less time a block of B takes than as many iterations on A, in ns. */
function gainNs({ rounds }: Pair, meter: TimeMeter): number {
  return median(rounds.map(({ a, b }) => (timeOf(a, meter) - timeOf(b, meter)) * b.count));
}

/** How much more CPU time B spends around a block, and around its calls, than A, in ns. */
function setupGapNs({ rounds }: Pair): number {
  return median(
    rounds.map(({ a, b }) => {
      const around = (block: typeof a) => block.cpuTotalNs - block.cpuNs;
      // Setup around each call comes as often as calls, a block's own once: neither is asked to have grown by more calls.
      return around(b) - Math.max(around(a), (around(a) * b.count) / a.count);
    }),
  );
}
