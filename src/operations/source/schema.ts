import { z } from 'zod';

/** What `strop source` is asked. */
export const sourceInput = z.object({
  target: z
    .string()
    .meta({ title: 'file' })
    .describe(
      'A file of the project, or a function in it: report.py, src/shop/report.py:dedupe, shop.report:dedupe',
    ),
  profile: z
    .array(z.string())
    .default([])
    .meta({ title: 'file' })
    .describe('Files of profilers, or names of kept profiles; default: the newest that strop keeps'),
  lines: z
    .int()
    .min(1)
    .max(100_000)
    .default(60)
    .describe('Lines to show at most: in a longer file those around the costly ones'),
  workload: z.string().optional().describe('Only kept profiles of this workload'),
});

/** Parsed input of `strop source`. */
export type SourceInput = z.infer<typeof sourceInput>;

const share = z.number().nullable();

/** What `strop source` answers. */
export const result = z.object({
  kind: z.literal('annotated-source'),
  version: z.literal(1),
  file: z.string().describe('Relative to the project.'),
  function: z.string().nullable(),
  lines: z
    .array(
      z.object({
        line: z.int(),
        code: z.string(),
        share: share.describe('Part of the whole that the line pays for; null where nothing was seen.'),
        low: share.describe('99 % interval; null where the tool takes no samples.'),
        high: share,
        self: share.describe('Part of the whole in the line itself.'),
        withCallees: share.describe('Part of the whole while the line was anywhere on the stack.'),
        hits: z.number().nullable().describe('How often the line began, where a tool counted.'),
        allocated: z.number().nullable().describe('Bytes that it pays for, where memory was recorded.'),
        sources: z
          .array(z.object({ tool: z.string(), share: z.number(), distorted: z.boolean() }))
          .describe('What each tool says, the ranking one first, on one scale.'),
        doubts: z.array(z.object({ code: z.string(), text: z.string() })),
      }),
    )
    .describe('In order; lines that are missing in between cost nothing that was seen.'),
  left: z.object({
    lines: z.int().describe('Lines of the file or function that are not shown.'),
    share: z.number().describe('What these pay for together.'),
  }),
  tools: z.array(z.string()).describe('Who took part, the ranking one first.'),
  asked: z
    .array(z.string())
    .optional()
    .describe('What kept recordings were asked besides plain time and memory: wall, leaks …'),
  doubts: z.array(z.object({ code: z.string(), text: z.string() })),
});

/** An annotated file or function as it is printed. */
export type SourceResult = z.infer<typeof result>;
