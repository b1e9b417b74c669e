import { z } from 'zod';

export const input = z
  .object({
    file: z
      .string()
      .describe(
        'the profile, in any format that strop reads; or the name of a kept one, `newest` for the newest',
      ),
    tool: z
      .enum(['memray', 'scalene'])
      .optional()
      .describe("show the tool's own page instead, for a .bin file of memray or a JSON file of scalene"),
    print: z
      .boolean()
      .default(false)
      .describe('write one HTML file that needs no network instead of opening a browser'),
    out: z
      .string()
      .optional()
      .meta({ title: 'path' })
      .describe(
        'the file to write: .html, or for other programs .json (speedscope), .pb.gz (pprof) or .collapsed (stacks as lines); implies --print',
      ),
    force: z.boolean().default(false).describe('replace the file to write if it exists'),
    open: z.boolean().default(true).describe('only tell the address, open no browser'),
    idle: z
      .string()
      .prefault('10m')
      .meta({ title: 'duration' })
      .describe('stop when the page was not asked for anything for so long'),
    python: z.string().optional().describe("interpreter for a tool's own page instead of the one found"),
    yes: z.boolean().default(false).describe('install the tool for its own page without asking'),
  })
  .refine(({ force, print, out }) => !force || print || out !== undefined, {
    error: '--force is for --print and --out',
    path: ['force'],
  });

/** Parsed input of `strop view`. */
export type ViewInput = z.output<typeof input>;

/** What was shown or written. */
export const result = z.object({
  kind: z.literal('view'),
  version: z.literal(1),
  file: z.string().describe('as it was named'),
  format: z.string().describe('the reader that read it, or the tool whose page it is'),
  page: z.enum(['flame-graph', 'table', 'memray', 'scalene']),
  why: z.string().nullable().describe('why there is no flame graph; null when there is one'),
  folded: z
    .object({
      share: z.number().describe('share of the whole whose stacks are cut short, 0 to 1'),
      below: z.number().describe('what had less than this share of the whole was folded; 0 for nothing'),
      deeper: z.int().nullable().describe('stacks were cut below so many calls; null where none was'),
      recursions: z
        .int()
        .describe('places at which a function called itself, which are drawn as one with their caller'),
    })
    .nullable()
    .describe('null when everything is drawn'),
  served: z
    .object({
      address: z.string(),
      browser: z.enum(['opened', 'no-display', 'failed', 'not-asked']),
      ended: z.enum(['page-closed', 'idle', 'stopped']),
    })
    .nullable(),
  written: z.object({ path: z.string(), bytes: z.number() }).nullable(),
  doubts: z.array(z.object({ code: z.string(), text: z.string() })),
});

/** See {@link result}. */
export type ViewResult = z.output<typeof result>;
