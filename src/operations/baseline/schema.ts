import { baselineDocument } from '#store';
import { z } from 'zod';
import { compareFlags } from '../compare-request.ts';
import { workloadFlags } from '../workload-choice.ts';

/** What `strop baseline` takes. */
export const input = z.object({
  name: z
    .string()
    .regex(/^[\w.-]{1,60}$/, { error: 'must be 1 to 60 letters, digits, dots, dashes or underscores' })
    .default('baseline')
    .describe("name of the baseline and of the snapshot in pytest-benchmark's own format"),
  ...workloadFlags,
  pairs: z
    .number()
    .int()
    .min(4)
    .max(200)
    .default(8)
    .describe('pairs of fresh processes for each workload, as far as the budget reaches'),
  budget: compareFlags.budget.describe('time to spend on each workload (default 60s)'),
  meter: compareFlags.meter,
  timeout: compareFlags.timeout,
  snapshot: z
    .boolean()
    .default(true)
    .describe('leave none of the snapshots in .benchmarks that a project with pytest-benchmark gets'),
  python: compareFlags.python,
});

/** The input after parsing. */
export type BaselineInput = z.infer<typeof input>;

export { baselineDocument as result };
