import { stepDocument } from '#store';
import { z } from 'zod';
import { compareFlags } from '../compare-request.ts';

const reason = (text: string) =>
  z.string().trim().min(3, { error: 'must say why, in words' }).optional().describe(text);

/** What `strop step` takes. */
export const input = z.object({
  title: z
    .string()
    .trim()
    .min(3, { error: 'must say in some words what was changed' })
    .max(200)
    .refine((text) => !/[\r\n]/.test(text), { error: 'must be one line' })
    .describe('what was changed, as the title of log entry and commit'),
  description: z.string().trim().optional().describe('more words for the log entry and the commit'),
  at: z
    .string()
    .optional()
    .describe('judge this commit against the one before it, instead of the working tree against HEAD'),
  commit: z
    .boolean()
    .default(false)
    .describe('when accepted, commit exactly what was measured, with the title and the numbers'),
  workload: z
    .array(z.string())
    .default([])
    .describe('the workload that should get better; the others of the baseline must not get worse'),
  apiChange: reason('accept a change of the public API, and log why'),
  yardstickChange: reason('accept changed tests, benchmarks or their configuration, and log why'),
  allowBundle: reason('accept several unrelated changes at once, and log why'),
  noTests: reason('accept that no test proves the result right, and log why'),
  ...compareFlags,
  yes: z.boolean().default(false).describe('install what strop itself needs (griffe) without asking'),
});

/** The input after parsing. */
export type StepInput = z.infer<typeof input>;

export { stepDocument as result };
