import { z } from 'zod';

/** What `strop diff` is asked. */
export const diffInput = z.object({
  before: z
    .string()
    .meta({ title: 'file' })
    .describe('The older profile: a file, several with commas between them, or the name of a kept profile'),
  after: z.string().meta({ title: 'file' }).describe('The newer profile, named likewise'),
  top: z.int().min(1).max(1000).default(12).describe('Functions to list at most'),
  about: z.enum(['time', 'memory', 'allocations']).default('time').describe('What is compared'),
});

/** Parsed input of `strop diff`. */
export type DiffInput = z.infer<typeof diffInput>;

const amounts = {
  a: z.number().describe('Per run, in `unit`.'),
  b: z.number(),
  change: z.number().describe('b - a.'),
  low: z.number().nullable().describe('99 % interval, over all functions together; null without samples.'),
  high: z.number().nullable(),
};

const side = z.object({
  tools: z.array(z.string()),
  recordings: z.int(),
  samples: z.number().nullable(),
  files: z.array(z.string()),
});

/** What `strop diff` answers. */
export const result = z.object({
  kind: z.literal('profile-diff'),
  version: z.literal(1),
  question: z.enum(['time', 'memory', 'allocations']),
  unit: z.enum(['ns', 'bytes', 'count']).describe('`count`: samples of a tool that does not tell its rate.'),
  per: z.enum(['loop', 'recording']).describe('What a run is.'),
  a: side,
  b: side,
  total: z.object(amounts),
  frames: z
    .array(
      z.object({
        function: z.string(),
        file: z.string().nullable().describe('Null for compiled code.'),
        from: z.string().nullable().describe('The file that it was in before it moved.'),
        origin: z.enum(['mine', 'dependency', 'stdlib', 'native', 'unknown']),
        basis: z
          .enum(['paid', 'self', 'with-callees'])
          .describe(
            'Own functions: what they pay for. Foreign ones: their self cost, paid by own ones already.',
          ),
        state: z.enum(['less', 'more', 'gone', 'new', 'moved', 'quiet']),
        ...amounts,
      }),
    )
    .describe(
      'What changed: own code first, by how much. Intervals that include 0 are quiet and not listed.',
    ),
  hidden: z.int().describe('Changed functions that are not listed.'),
  quiet: z.object({
    functions: z.int().describe('Functions that did not change, as far as can be seen.'),
    unseen: z.number().nullable().describe('The largest change that one of them could have had unseen.'),
  }),
  doubts: z.array(z.object({ code: z.string(), text: z.string() })),
});

/** The change between two profiles as it is printed. */
export type DiffResult = z.infer<typeof result>;
