import { z } from 'zod';

/** What `strop check` takes: nothing. */
export const input = z.object({});

/** The checklist and the anti-patterns, each with what shows it. */
export const result = z.object({
  kind: z.literal('check'),
  version: z.literal(1),
  project: z.string(),
  holds: z.boolean().describe('whether every line holds'),
  lines: z.array(
    z.object({
      id: z.string(),
      kind: z.enum(['checklist', 'anti-pattern']),
      text: z.string().describe('what has to be true'),
      holds: z.enum(['yes', 'no', 'unknown']).describe('unknown counts as no: what is not shown is not held'),
      evidence: z.string(),
      remedy: z.string().nullable(),
    }),
  ),
});

/** See {@link result}. */
export type CheckResult = z.infer<typeof result>;
