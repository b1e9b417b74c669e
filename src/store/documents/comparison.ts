import { z } from 'zod';

/*
 * The document that `strop compare --json` prints and the history keeps. Field names are stable: programs rely on them.
 * A change of meaning is a new version with an upgrader; new optional fields are not.
 */

const doubt = z.object({
  code: z.string().describe('Stable code of the reservation.'),
  text: z.string().describe('One sentence for people.'),
});

const revision = z.object({
  revision: z.string().describe('What was asked for: a name that git knows, or "working tree".'),
  commit: z.string().describe('Full hash of the commit; of the commit below for a working tree.'),
  content: z.string().describe('Hash of the content that was measured.'),
});

/** Answers about any meter: those of memory have words of their own. */
export const meterVerdict = z.enum(['faster', 'slower', 'leaner', 'heavier', 'no difference', 'undecided']);

const judged = {
  ratio: z.number().describe('B/A: median over pairs; 0.9 means 10 % less.'),
  low: z
    .number()
    .describe('Lower end of the interval for the ratio at 1 - fpr; 0 when nothing is excluded yet.'),
  high: z.number().nullable().describe('Upper end of the interval; null when nothing is excluded yet.'),
};

const meter = z.object({
  ...judged,
  verdict: meterVerdict,
  pairs: z.number().int().nonnegative().describe('Pairs that yielded this meter.'),
  before: z.number().describe('Median over pairs on side A, per iteration, in the unit.'),
  after: z.number().describe('Median over pairs on side B, per iteration, in the unit.'),
  unit: z.enum(['ns', 'bytes', 'count']),
});

const workload = z.object({
  id: z.string(),
  kind: z.enum(['pytest', 'callable', 'statement', 'command', 'asv']),
  verdict: meterVerdict,
  meter: z
    .enum(['cpu', 'wall-less-queue', 'wall', 'peak', 'allocations', 'rss'])
    .describe('The meter that makes the verdict.'),
  ...judged,
  detectable: z
    .number()
    .nullable()
    .describe(
      'Smallest relative change that this run would have found in 8 of 10 cases (0.02 is 2 %); null before that can be told.',
    ),
  pairs: z.number().int().nonnegative(),
  pairsNeeded: z
    .number()
    .int()
    .nullable()
    .describe('For undecided: pairs in all that a decision would probably need.'),
  secondsNeeded: z
    .number()
    .nullable()
    .describe('For undecided: further seconds that a decision would probably need.'),
  seconds: z.number().nonnegative().describe('Wall time spent on this workload, calibration included.'),
  before: z.number().describe('ns per iteration on side A by the verdict meter (or bytes, or count).'),
  after: z.number().describe('The same on side B.'),
  doubts: z.array(doubt),
  meters: z
    .record(z.string(), meter)
    .describe('Every meter that was read: wall, cpu, wall-less-queue, rss, peak, allocations.'),
  witnesses: z
    .record(z.string(), z.object({ before: z.number(), after: z.number(), ratio: z.number() }))
    .describe(
      'Deterministic counts of one iteration each (bytecodes, instructions, allocations); they make no verdict.',
    ),
});

/** The result of one comparison. */
export const comparisonDocument = z.object({
  kind: z.literal('comparison'),
  version: z.literal(1),
  date: z.string().describe('When it ended, ISO 8601, UTC.'),
  a: revision,
  b: revision,
  verdict: meterVerdict.describe(
    'slower if any workload is; else undecided if any is; else faster if any is; else no difference.',
  ),
  rule: z.object({
    alpha: z
      .number()
      .describe('Error rate: expected share of false ones among the faster and slower of this run.'),
    margin: z.number().describe('Changes up to this share are no news.'),
    budgetSeconds: z.number().describe('Per workload.'),
  }),
  python: z.object({ executable: z.string(), version: z.string() }),
  machine: z.object({
    system: z.string(),
    cpu: z.string(),
    cores: z.number().int(),
    load: z.number().nullable(),
  }),
  seconds: z.number().nonnegative(),
  doubts: z.array(doubt),
  workloads: z.array(workload),
  samples: z.string().nullable().describe('File with the raw samples of every pair, one JSON object a line.'),
});

/** One comparison as it is printed and kept. */
export type ComparisonDocument = z.infer<typeof comparisonDocument>;
/** One workload of a comparison. */
export type ComparedWorkload = z.infer<typeof workload>;
/** One meter of a workload. */
export type ComparedMeter = z.infer<typeof meter>;
