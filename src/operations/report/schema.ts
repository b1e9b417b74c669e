import { z } from 'zod';

/** What `strop report` takes: nothing. */
export const input = z.object({});

/** The campaign for a pull request. */
export const result = z.object({
  kind: z.literal('report'),
  version: z.literal(1),
  project: z.string(),
  date: z.string().describe('when the report was made, ISO 8601, UTC'),
  markdown: z.string().describe('the report as Markdown for a pull request'),
  report: z
    .record(z.string(), z.unknown())
    .describe('the same numbers as data: summary, totals, baseline, kept, notKept, conditions'),
});

/** See {@link result}. */
export type ReportResult = z.infer<typeof result>;
