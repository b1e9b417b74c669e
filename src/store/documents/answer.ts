import { z } from 'zod';
import { doubt } from './parts.ts';

const share = z.number().min(0).max(1);

const sourceShare = z.object({
  tool: z.string(),
  kind: z.enum(['sampler', 'tracer', 'lines']).describe('From outside, or from inside at calls or at lines.'),
  share: z.number().describe('On the scale of the ranking source, so that sources can be compared.'),
  low: z.number().nullable(),
  high: z.number().nullable(),
  basis: z.enum(['paid', 'with-callees']).describe('Whether own callees are in `share`.'),
  distorted: z.boolean().describe('The tool ran inside the program and changed its times.'),
});

const gain = z.object({
  file: z.string().describe('Relative to the project.'),
  line: z.int().nullable().describe('Of a function its first line, null where the tool does not tell.'),
  function: z.string(),
  origin: z.enum(['mine', 'dependency', 'stdlib', 'native', 'unknown']),
  share: share.describe(
    'Part of the whole that it pays for: itself and the foreign code that it called. May be added up, except where the basis is with-callees.',
  ),
  low: share.nullable().describe('99 % interval; null where the tool takes no samples.'),
  high: share.nullable(),
  bound: z
    .number()
    .nullable()
    .describe(
      'Times faster at most if it cost nothing, at `high` (or `share`); null for practically all, and where the ranking tool saw chosen functions only (a doubt says so).',
    ),
  withCallees: share.describe('Part of the whole while it was anywhere on the stack.'),
  self: share.nullable().describe('Part of the whole in itself alone.'),
  hits: z.number().nullable().describe('How often the line began, or calls of the function, where counted.'),
  code: z
    .string()
    .nullable()
    .describe('The line as it was when it was recorded; null where that is not known.'),
  sources: z.array(sourceShare).describe('What each tool says, the ranking one first.'),
  doubts: z.array(doubt),
});

/** What `strop top --json` prints. */
export const answerDocument = z.object({
  kind: z.literal('answer'),
  version: z.literal(1),
  question: z.enum(['time', 'memory', 'allocations']),
  workload: z.string().nullable(),
  commit: z.string().nullable().describe('Full hash of what ran, for kept profiles.'),
  asked: z
    .string()
    .nullable()
    .optional()
    .describe('What the kept recordings were asked: cpu, wall, memory, leaks …; null for files.'),
  deeper: z
    .object({
      profiles: z
        .array(z.string())
        .describe('What --profile has to name for the same recordings; empty for the newest kept ones.'),
      tree: z.boolean().describe('Whether `strop tree` can answer.'),
      callers: z.boolean().describe('Whether `strop callers` and `strop callees` can answer.'),
      about: z.array(z.enum(['time', 'memory'])).describe('What --about can ask of them besides.'),
    })
    .optional()
    .describe('What the same recordings can be asked next.'),
  lines: z.array(gain).describe('Own lines, best first.'),
  functions: z.array(gain).describe('Own functions, best first.'),
  hidden: z.object({
    lines: z.int(),
    share: share.describe('What the lines that are not listed pay for together.'),
    functions: z.int(),
    functionsShare: share,
  }),
  folded: z
    .object({ dependencies: share, stdlib: share, native: share, unknown: share })
    .describe('What no own line pays for, by whose code ran: imports, threads of libraries, the launcher.'),
  sources: z.array(
    z.object({
      tool: z.string(),
      kind: z.enum(['sampler', 'tracer', 'lines']),
      distorted: z.boolean(),
      ranks: z.boolean().describe('Whether lines or functions are ranked by it.'),
      recordings: z.int(),
      samples: z.number().nullable(),
      metric: z.string().describe('The metric that answers the question, as its tool names it.'),
      otherMetrics: z
        .array(z.string())
        .describe('Metrics of the same unit in the recordings that are not ranked.'),
      total: z.number().describe('Whole cost of a recording on average, in `unit`.'),
      unit: z.enum(['ns', 'bytes', 'count']),
      files: z.array(z.string()),
    }),
  ),
  doubts: z.array(doubt),
});

/** An answer as it is printed. */
export type AnswerDocument = z.infer<typeof answerDocument>;
