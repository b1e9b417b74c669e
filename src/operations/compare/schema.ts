import { comparisonDocument } from '#store';
import { z } from 'zod';
import { compareFlags } from '../compare-request.ts';
import { workloadFlags } from '../workload-choice.ts';

/** What `strop compare` takes. */
export const input = z.object({
  revisions: z
    .string()
    .optional()
    .describe('A..B, or A against the working tree; default: HEAD against the working tree as it is now'),
  ...workloadFlags,
  ...compareFlags,
  snapshot: z
    .array(z.string())
    .default([])
    .describe(
      'weaker: a saved run of pytest-benchmark (number, name or file) against the working tree measured by pytest-benchmark, or A..B of two',
    ),
});

/** The input after parsing. */
export type CompareInput = z.infer<typeof input>;

export { comparisonDocument as result };
