import { z } from 'zod';
import { doubt, machine, meterVerdict, python, revision, samplesFile, unit, verdictMeter } from './parts.ts';

const workload = z.object({
  id: z.string(),
  role: z.enum(['target', 'guard']).describe('A target is meant to get better; a guard must not get worse.'),
  verdict: meterVerdict,
  meter: verdictMeter.describe('The meter that makes the verdict.'),
  unit,
  before: z.number().describe('Per iteration on side A, in the unit: median over pairs.'),
  after: z.number().describe('The same on side B.'),
  ratio: z.number().describe('B/A: median over pairs.'),
  low: z.number().describe('Lower end of the interval at 1 - alpha; 0 when nothing is excluded yet.'),
  high: z.number().nullable().describe('Upper end of the interval; null when nothing is excluded yet.'),
  pairs: z
    .number()
    .int()
    .nonnegative()
    .describe('Pairs in all, those of earlier attempts on the same change included.'),
});

const gate = z.object({
  gate: z.enum(['yardstick', 'api', 'one change', 'tests', 'guards']),
  outcome: z
    .enum(['passed', 'failed', 'excused'])
    .describe('excused: it would have failed, and the user gave a reason.'),
  summary: z.string(),
  details: z.array(z.string()).describe('One line for each finding, the gravest first.'),
  reason: z.string().nullable(),
});

/** One attempt at one optimisation: what was changed, what was measured, what the gates said, what became of it. */
export const stepDocument = z.object({
  kind: z.literal('step'),
  version: z.literal(1),
  id: z.string().describe('Sorts by time; unique in the history of the project.'),
  title: z.string(),
  description: z.string().nullable(),
  date: z.string().describe('ISO 8601, UTC.'),
  outcome: z.enum(['accepted', 'rejected', 'undecided']),
  reason: z.string().describe('One sentence: why this outcome.'),
  a: revision,
  b: revision,
  commit: z
    .string()
    .nullable()
    .describe('Full hash of the commit that holds an accepted change, where there is one.'),
  baseline: z.string().describe('Id of the baseline of the campaign.'),
  workloads: z.array(workload).describe('Empty when a gate failed before anything was measured.'),
  gates: z.array(gate),
  tests: z
    .object({
      passed: z.number().int(),
      failed: z.number().int(),
      skipped: z.number().int(),
      flaky: z
        .number()
        .int()
        .optional()
        .describe('Failed in the first of two runs and passed in the second.'),
    })
    .nullable()
    .describe('Tests of side B by outcome; null when they were not run.'),
  attempt: z
    .number()
    .int()
    .describe(
      'Which attempt since the last accepted step, from 1; the same content again is the same attempt.',
    ),
  alpha: z.number().describe('Error rate of this attempt: attempts from one state share one rate.'),
  rule: z.object({ alpha: z.number(), margin: z.number(), budgetSeconds: z.number() }),
  changed: z.array(z.object({ file: z.string(), name: z.string() })).describe('Changed definitions.'),
  hot: z
    .array(
      z.object({
        workload: z.string().describe('What was profiled.'),
        unit: z.enum(['ns', 'bytes']),
        share: z.number().min(0).max(1).describe('Part of the whole that the changed definitions had.'),
        bound: z
          .number()
          .nullable()
          .describe('How many times less the whole can become if they cost nothing; null: everything.'),
      }),
    )
    .optional()
    .describe('What the newest profiles of time and memory said of the changed code before it was measured.'),
  files: z
    .array(z.object({ path: z.string(), blob: z.string().nullable() }))
    .describe(
      'Changed files, relative to the repository, with the hash of their new content; null where removed.',
    ),
  comparison: z.string().nullable().describe('File of the comparison in the history, without folder.'),
  python,
  machine,
  seconds: z.number().nonnegative(),
  doubts: z.array(doubt),
  samples: samplesFile,
});

/** One step as it is printed and kept. */
export type StepDocument = z.infer<typeof stepDocument>;
