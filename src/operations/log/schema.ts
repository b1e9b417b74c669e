import { z } from 'zod';
import { meterVerdict } from '#store';
import { compareFlags } from '../compare-request.ts';
import { attemptFields } from '../attempt-fields.ts';

/** What `strop log` takes. */
export const input = z.object({
  direct: z
    .boolean()
    .default(false)
    .describe('measure the start against HEAD directly: products of steps can lie'),
  write: z
    .boolean()
    .default(false)
    .describe('write OPTIMIZATION_LOG.md anew from the history; your own words stay'),
  budget: compareFlags.budget,
  python: compareFlags.python,
});

/** The input after parsing. */
export type LogInput = z.infer<typeof input>;

const amount = z.object({
  id: z.string(),
  meter: z.string(),
  unit: z.enum(['ns', 'bytes', 'count']),
  verdict: meterVerdict,
  ratio: z.number().describe('B/A'),
  low: z.number(),
  high: z.number().nullable(),
});

/** One attempt as a row. */
const row = z.object({
  ...attemptFields,
  reason: z.string(),
  lead: amount
    .extend({ before: z.number(), after: z.number(), pairs: z.number().int() })
    .nullable()
    .describe('the workload that stands for the campaign; null when nothing was measured'),
  attempt: z.number().int(),
  alpha: z.number(),
  commit: z.string().nullable(),
});

/** From the start to now, for one workload. */
const effect = amount.extend({
  how: z.enum(['direct', 'product']).describe('measured directly, or the product of the steps'),
  start: z.number(),
  now: z.number(),
  pairs: z.number().int().nullable(),
  agreement: z.string().nullable().describe('whether the steps add up to what was measured directly'),
});

/** The campaign so far. */
export const result = z.object({
  kind: z.literal('log'),
  version: z.literal(1),
  project: z.string(),
  baseline: z.object({ id: z.string(), name: z.string(), date: z.string(), commit: z.string() }).nullable(),
  rows: z.array(row),
  kept: z.number().int(),
  dropped: z.number().int(),
  undecided: z.number().int(),
  withdrawn: z.number().int(),
  effects: z.array(effect).describe('start to now for every workload, the leading one first'),
  direct: z
    .enum(['current', 'stale', 'none'])
    .describe('whether start to now was measured directly for this state'),
  directDate: z.string().nullable(),
  written: z.string().nullable().describe('the log file that was written'),
});

/** See {@link result}. */
export type LogResult = z.infer<typeof result>;
