import type { Doubt } from '#base';
import { boundSpeedup } from '../bound.ts';
import type { Origin } from '../profile.ts';
import { doubtBlurred, doubtDiffering, scaleOther } from './compare-sources.ts';
import type { SourceShare } from './compare-sources.ts';
import { findBlurred, foldedOf, keysOf, placeOf, poolRecordings, shareOfPlace, sum } from './pool.ts';
import type { PlaceKind, Pool } from './pool.ts';
import { findMetric } from './recording.ts';
import type { Question, Recording, SourceKind } from './recording.ts';

/** What is asked. */
export interface AnswerOptions {
  readonly question?: Question;
  /** Lines and functions to list at most, each; default 10. */
  readonly most?: number;
  /** One more recording is taken together with these by itself; else it has to be named beside them. */
  readonly repeats?: boolean;
}

/** An own line or function with what fixing it could gain at most. */
export interface Gain {
  /** Relative to the project. */
  readonly file: string;
  /** Of a function its first line, null where the tool does not tell. */
  readonly line: number | null;
  readonly function: string;
  readonly origin: Origin;
  /**
   * Part of the whole that the place pays for: itself and foreign code that it called, 0 to 1; shares may be added up.
   * Where only a tool is at hand that charges lines with all that they call, that.
   */
  readonly share: number;
  /** Where the share truly lies, 99 % sure; null where the tool takes no samples. */
  readonly low: number | null;
  readonly high: number | null;
  /** How many times faster the run could be at most if the place cost nothing (Amdahl at `high`); null for practically all. */
  readonly bound: number | null;
  /** Part of the whole while it was anywhere on the stack. */
  readonly withCallees: number;
  /** Part of the whole in itself alone; null where the tool cannot tell. */
  readonly self: number | null;
  /** How often the line began, or calls of the function; null where no tool counted. */
  readonly hits: number | null;
  /** What each tool says of it, the ranking one first. */
  readonly sources: readonly SourceShare[];
  readonly doubts: readonly Doubt[];
}

/** One tool that took part. */
export interface AnswerSource {
  readonly tool: string;
  readonly kind: SourceKind;
  readonly distorted: boolean;
  /** Whether lines or functions are ranked by it. */
  readonly ranks: boolean;
  readonly recordings: number;
  /** Samples of all recordings; null where it takes none or does not say. */
  readonly samples: number | null;
  /** The metric that answers the question, by the name that its tool gives it. */
  readonly metric: string;
  /** Other metrics of the same unit that the recordings hold, and that are not ranked: `alloc_space` beside `inuse_space`. */
  readonly otherMetrics: readonly string[];
  /** The whole cost of a recording on average, in the unit of the metric. */
  readonly total: number;
  readonly unit: 'ns' | 'bytes' | 'count';
  readonly files: readonly string[];
}

/** Where the cost goes, and what could be gained. */
export interface Answer {
  readonly kind: 'answer';
  readonly version: 1;
  readonly question: Question;
  /** Best first. */
  readonly lines: readonly Gain[];
  readonly functions: readonly Gain[];
  /** Own places that are not listed: how many, and what they pay for together. */
  readonly hidden: {
    readonly lines: number;
    readonly share: number;
    readonly functions: number;
    readonly functionsShare: number;
  };
  /** Shares that no own place pays for, by whose code ran: imports, threads of libraries, the launcher. */
  readonly folded: {
    readonly dependencies: number;
    readonly stdlib: number;
    readonly native: number;
    readonly unknown: number;
  };
  readonly sources: readonly AnswerSource[];
  readonly doubts: readonly Doubt[];
}

const MOST = 10;
/** Of the whole; a place that only another source finds costly is listed from here on. */
const NOTABLE = 0.05;
const FEW_SAMPLES = 200;
const NO_METRIC = { name: 'samples', unit: 'count' } as const;

/**
 * Ranks own lines and functions by what fixing each could gain at most. Recordings of one tool are pooled; samplers
 * rank wherever one is there, other tools are compared with it and add hits. Frames must be classified.
 */
export function answer(recordings: readonly Recording[], options: AnswerOptions = {}): Answer {
  const { most = MOST } = options;
  const question = options.question ?? guessQuestion(recordings);
  const pools = poolRecordings(recordings, question);
  const [best] = pools;
  const byLine = pools.find((pool) => keysOf(pool, 'lines').size > 0);
  const lines = byLine === undefined ? [] : rank(byLine, pools, 'lines');
  const functions = best === undefined ? [] : rank(best, pools, 'functions');
  const folded = best === undefined ? undefined : foldedOf(best);
  const shown = <T>(gains: readonly T[]): readonly T[] => gains.slice(0, most);
  const rest = (gains: readonly Gain[]): number =>
    Math.min(1, sum(gains.slice(most).map(({ share }) => share)));
  return {
    kind: 'answer',
    version: 1,
    question,
    lines: shown(lines),
    functions: shown(functions),
    hidden: {
      lines: Math.max(0, lines.length - most),
      share: rest(lines),
      functions: Math.max(0, functions.length - most),
      functionsShare: rest(functions),
    },
    folded: {
      dependencies: folded?.dependency ?? 0,
      stdlib: folded?.stdlib ?? 0,
      native: folded?.native ?? 0,
      unknown: folded?.unknown ?? 0,
    },
    sources: pools.map((pool) => describe(pool, question, pool === best || pool === byLine)),
    doubts: listDoubts(recordings, pools, question, options.repeats === true),
  };
}

/** What is meant where nobody says it: time wherever a recording knows it, else memory. */
export function guessQuestion(recordings: readonly Recording[]): Question {
  const knows = (question: Question): boolean =>
    recordings.some(({ profile }) => findMetric(profile, question) !== undefined);
  return knows('time') || !knows('memory') ? 'time' : 'memory';
}

function rank(ranking: Pool, pools: readonly Pool[], kind: PlaceKind): readonly Gain[] {
  const pays = ranking.costs.every((costs) => costs.pays);
  const amount = pays ? 'paid' : 'inclusive';
  const others = pools
    .filter((pool) => pool !== ranking)
    .map((pool) => ({
      pool,
      look: scaleOther(ranking, pool, kind),
      isBlurred: kind === 'functions' ? findBlurred(ranking, pool) : () => false,
    }));
  const keys = new Set(keysOf(ranking, kind));
  // What only others see is listed when they find it costly: the ranking source may have missed it.
  for (const { pool, look } of others) {
    for (const key of keysOf(pool, kind)) if ((look(key)?.source.share ?? 0) >= NOTABLE) keys.add(key);
  }
  const gains = [...keys].flatMap((key): Gain[] => {
    const place =
      placeOf(ranking, kind, key) ?? others.flatMap(({ pool }) => placeOf(pool, kind, key) ?? [])[0];
    if (place === undefined) return [];
    const own = shareOfPlace(ranking, kind, key, amount);
    const opinions = others.map(({ look }) => look(key)).filter((one) => one !== undefined);
    if (own.share <= 0 && opinions.length === 0) return [];
    const counted = pools.flatMap((pool) => placeOf(pool, kind, key)?.hits ?? []);
    const { tool, kind: how, distorted } = ranking;
    const basis = pays ? 'paid' : 'with-callees';
    return [
      {
        file: place.file,
        line: place.line,
        function: place.function,
        origin: 'mine',
        ...own,
        bound: boundSpeedup(own.high ?? own.share) ?? null,
        withCallees: shareOfPlace(ranking, kind, key, 'inclusive').share,
        self: pays ? shareOfPlace(ranking, kind, key, 'self').share : null,
        hits: counted[0] ?? null,
        sources: [{ tool, kind: how, ...own, basis, distorted }, ...opinions.map(({ source }) => source)],
        doubts: [
          ...doubtDiffering(opinions),
          ...doubtBlurred(
            place.function,
            others.filter(({ isBlurred }) => isBlurred(key)).map(({ pool }) => pool.tool),
          ),
        ],
      },
    ];
  });
  return gains.sort(
    (a, b) => b.share - a.share || a.file.localeCompare(b.file) || (a.line ?? 0) - (b.line ?? 0),
  );
}

function describe(pool: Pool, question: Question, ranks: boolean): AnswerSource {
  const { tool, kind, distorted, recordings, costs, sizes, sampled } = pool;
  const [first] = recordings;
  const metrics = first?.profile.metrics ?? [];
  const { name, unit } = metrics[(first && findMetric(first.profile, question)) ?? 0] ?? NO_METRIC;
  return {
    ...{ tool, kind, distorted, ranks },
    recordings: recordings.length,
    samples: sampled ? sum(sizes) : null,
    total: sum(costs.map(({ total }) => total)) / Math.max(1, costs.length),
    unit,
    metric: name,
    otherMetrics: metrics.filter((one) => one.unit === unit && one.name !== name).map((one) => one.name),
    files: recordings.map(({ name }) => name),
  };
}

function listDoubts(
  recordings: readonly Recording[],
  pools: readonly Pool[],
  question: Question,
  repeats: boolean,
): readonly Doubt[] {
  const doubts: Doubt[] = [];
  const [best] = pools;
  const left = recordings.filter((one) => !pools.some((pool) => pool.recordings.includes(one)));
  if (left.length > 0) {
    const names = left.map(({ name }) => name).join(', ');
    doubts.push({ code: 'question-not-recorded', text: `Nothing about ${question} is in ${names}.` });
  }
  if (best?.distorted === true) {
    doubts.push({
      code: 'tracer-distorts',
      text: `${best.tool} runs inside the program and distorts its times: record with a sampler from outside before you trust the order.`,
    });
  }
  if (best?.sampled === true && best.recordings.length === 1) {
    doubts.push({
      code: 'one-recording',
      text: `One recording: the intervals hold the chance of the samples, not how runs differ; ${repeats ? 'repeat `strop profile` and `strop top` takes them together' : 'record again and name all recordings'}.`,
    });
  }
  if (best?.kind === 'sampler' && !best.sampled) {
    doubts.push({
      code: 'few-samples',
      text: `${best.tool} does not say how many samples it took: there are no intervals.`,
    });
  }
  const enough = best?.sampled === true && sum(best.sizes) >= FEW_SAMPLES;
  const seen = new Set(doubts.map(({ code }) => code));
  // What the ranking source says against itself comes first.
  for (const { profile } of [...pools.flatMap((pool) => pool.recordings), ...left]) {
    for (const doubt of profile.doubts) {
      if (seen.has(doubt.code) || (doubt.code === 'few-samples' && enough)) continue;
      seen.add(doubt.code);
      doubts.push(doubt);
    }
  }
  const hasOwn = pools.some((pool) => keysOf(pool, 'functions').size > 0);
  if (pools.length > 0 && !hasOwn && !seen.has('nothing-of-the-project-runs')) {
    doubts.push({
      code: 'nothing-of-the-project-runs',
      text: 'No line of the project was seen: nothing here is yours to change.',
    });
  }
  return doubts;
}
