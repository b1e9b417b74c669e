import { z } from 'zod';

/** What the log and the report say of every attempt. */
export const attemptFields = {
  number: z.number().int().describe('place among all attempts, from 1'),
  optimization: z
    .number()
    .int()
    .nullable()
    .describe('N of "Optimization N" in the log; null for what was not kept'),
  id: z.string(),
  title: z.string(),
  date: z.string(),
  outcome: z
    .enum(['kept', 'dropped', 'undecided', 'withdrawn'])
    .describe('withdrawn: accepted once, and its commit has left the history of the present'),
};
