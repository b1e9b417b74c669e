import { z } from 'zod';
import { meterVerdict, stepDocument } from '#store';
import { attemptFields } from '../attempt-fields.ts';

/** What `strop report` takes: nothing. */
export const input = z.object({});

const unit = z.enum(['ns', 'bytes', 'count']);

/** B/A with its interval. */
const ratio = {
  ratio: z.number().describe('B/A'),
  low: z.number().describe('0 where nothing is excluded'),
  high: z.number().nullable().describe('null where nothing is excluded'),
};

const workload = z.object({
  id: z.string(),
  role: z.enum(['target', 'guard']).describe('a target is meant to get better; a guard must not get worse'),
  verdict: meterVerdict,
  meter: z.string().describe('the meter that makes the verdict'),
  unit,
  before: z.number().describe('per iteration, in the unit: median over pairs'),
  after: z.number(),
  ...ratio,
  pairs: z.number().int(),
});

const effect = z.object({
  id: z.string(),
  meter: z.string(),
  unit,
  verdict: meterVerdict,
  ...ratio,
  how: z.enum(['direct', 'product']).describe('measured directly, or the product of the steps'),
  start: z.number(),
  now: z.number(),
  pairs: z.number().int().nullable().describe('of a direct measurement; null of a product'),
  agreement: z
    .object({ relation: z.enum(['inside', 'overlaps', 'apart', 'unknown']), sentence: z.string() })
    .nullable()
    .describe('whether the product and the direct measurement agree; null without a direct one'),
});

const step = z.object({
  ...attemptFields,
  description: z.string().nullable(),
  reason: z.string().describe('one sentence: why'),
  lead: workload.nullable().describe('the workload that stands for the step; null when nothing was measured'),
  workloads: z.array(workload),
  attempt: z.number().int(),
  alpha: z.number(),
  commit: z.string().nullable().describe('full hash; null where there is no commit'),
  tests: stepDocument.shape.tests,
  gates: stepDocument.shape.gates,
  changed: stepDocument.shape.changed,
  doubts: z.array(z.object({ code: z.string(), text: z.string() })),
});

/** The numbers of the report as data. */
export const reportData = z.object({
  summary: z.object({
    kept: z.number().int(),
    dropped: z.number().int(),
    undecided: z.number().int(),
    withdrawn: z.number().int(),
    lead: effect
      .nullable()
      .describe('start to now of the leading workload; null before the first accepted step'),
    workloads: z.array(effect),
    direct: z
      .enum(['current', 'stale', 'none'])
      .describe('whether start to now was measured directly for this state'),
    directDate: z.string().nullable(),
  }),
  totals: z
    .array(
      z.object({
        id: z.string(),
        meter: z.string(),
        unit,
        steps: z.number().int().describe('accepted steps that measured it'),
        missingIn: z.array(z.string()).describe('ids of accepted steps that did not'),
        ...ratio,
        errorRate: z.number().describe('chance that the interval misses, at most'),
        start: z.number(),
        now: z.number(),
      }),
    )
    .describe('product of the steps for every workload and meter'),
  baseline: z
    .object({
      id: z.string(),
      date: z.string(),
      name: z.string(),
      revision: z.object({ revision: z.string(), commit: z.string(), content: z.string() }),
      workloads: z.array(
        z.object({
          id: z.string(),
          meter: z.string(),
          unit,
          value: z.number().describe('median over fresh processes, per iteration, in the unit'),
          low: z.number(),
          high: z.number(),
          processes: z.number().int(),
        }),
      ),
    })
    .nullable(),
  kept: z.array(step),
  notKept: z.array(step),
  conditions: z.object({
    machines: z.array(z.string()),
    pythons: z.array(z.string()),
    margins: z.array(z.number()).describe('differences up to these shares were no news'),
  }),
});

/** The campaign for a pull request. */
export const result = z.object({
  kind: z.literal('report'),
  version: z.literal(1),
  project: z.string(),
  date: z.string().describe('when the report was made, ISO 8601, UTC'),
  markdown: z.string().describe('the report as Markdown for a pull request'),
  report: reportData.describe('the same numbers as data'),
});

/** See {@link result}. */
export type ReportResult = z.infer<typeof result>;
