import { z } from 'zod';
import { doubt, machine, meterVerdict, python, revision, samplesFile, unit, verdictMeter } from './parts.ts';

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
  before: z
    .number()
    .describe(
      'Per iteration on side A, in the unit: of times the middle between the medians of both sides, less half of the change (as logarithms); else the median over pairs.',
    ),
  after: z.number().describe('The same on side B, so that the change lies between both.'),
  unit,
});

const workload = z.object({
  id: z.string(),
  kind: z.enum(['pytest', 'callable', 'statement', 'command', 'asv']),
  verdict: meterVerdict,
  meter: verdictMeter.describe('The meter that makes the verdict.'),
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
  method: z
    .enum(['signs', 'near-normal'])
    .optional()
    .describe(
      'How time was judged: signs assumes nothing of the noise but symmetry; near-normal is for pairs that are dear.',
    ),
  witnesses: z
    .record(z.string(), z.object({ before: z.number(), after: z.number(), ratio: z.number() }))
    .describe(
      'Deterministic counts of one iteration each (bytecodes, instructions, allocations); they make no verdict.',
    ),
});

/** The result of one comparison: what `strop compare --json` prints and the history keeps. */
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
  python,
  machine,
  seconds: z.number().nonnegative(),
  doubts: z.array(doubt),
  workloads: z.array(workload),
  samples: samplesFile,
  step: z
    .string()
    .optional()
    .describe('Id of the step whose evidence this is; a comparison that was asked for by itself has none.'),
});

/** One comparison as it is printed and kept. */
export type ComparisonDocument = z.infer<typeof comparisonDocument>;
/** One workload of a comparison. */
export type ComparedWorkload = z.infer<typeof workload>;
/** One meter of a workload. */
export type ComparedMeter = z.infer<typeof meter>;
