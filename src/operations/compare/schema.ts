import { comparisonDocument } from '#store';
import { z } from 'zod';

/** What `strop compare` takes. */
export const input = z.object({
  revisions: z
    .string()
    .optional()
    .describe('A..B, or A against the working tree; default: HEAD against the working tree as it is now'),
  workload: z
    .array(z.string())
    .default([])
    .describe(
      'pytest node id, module:function(args), asv id, or a name from the settings; default: all benchmarks found',
    ),
  stmt: z.string().optional().describe('measure this Python statement, as timeit does'),
  setup: z.string().optional().describe('code to run before --stmt, outside of the measured time'),
  command: z
    .array(z.string())
    .default([])
    .describe('measure a whole command, launched in the project folder of each side'),
  budget: z.string().optional().describe('time to spend on each workload (default 60s)'),
  margin: z.string().optional().describe('changes up to this share are no news (default 1%)'),
  fpr: z.string().optional().describe('error rate: expected share of false findings (default 1%)'),
  meter: z
    .enum(['auto', 'cpu', 'wall', 'memory'])
    .optional()
    .describe(
      'auto: time by the best clock, and memory; cpu or wall: time alone by that clock; memory: memory makes the verdict',
    ),
  timeout: z.string().optional().describe('longest time that a workload may take to answer (default 60s)'),
  python: z.string().optional().describe('interpreter to use instead of the one found'),
});

/** The input after parsing. */
export type CompareInput = z.infer<typeof input>;

export { comparisonDocument as result };
