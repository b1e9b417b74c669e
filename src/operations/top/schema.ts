import { z } from 'zod';

/** What `strop top` is asked. */
export const topInput = z.object({
  profiles: z
    .array(z.string())
    .default([])
    .meta({ title: 'file' })
    .describe(
      'Files of profilers, or names of kept profiles; of one tool they are pooled, of several compared. Default: the newest that strop keeps',
    ),
  top: z.int().min(1).max(1000).default(10).describe('Lines and functions to list at most'),
  about: z
    .enum(['time', 'memory', 'allocations'])
    .optional()
    .describe('What is asked; default: time where somebody recorded it'),
  workload: z.string().optional().describe('Only kept profiles of this workload'),
});

export { answerDocument as result } from '#store';
