import { z } from 'zod';

/** What `strop scaffold` takes. */
export const input = z.object({
  targets: z
    .array(z.string())
    .min(1, { error: 'name at least one function' })
    .describe('what to measure: pkg.mod:function, pkg.mod:Class.method or pkg.mod:Class'),
  output: z
    .string()
    .optional()
    .meta({ title: 'path' })
    .describe('file or folder to write to, instead of the place that fits the project'),
  dryRun: z.boolean().default(false).describe('show what would be written, and write nothing'),
  python: z.string().optional().describe('interpreter to use instead of the one found'),
});

/** The input after parsing. */
export type ScaffoldInput = z.infer<typeof input>;

const FileChange = z.union([
  z.object({
    path: z.string().describe('relative to the project, with /'),
    action: z.literal('created'),
    content: z.string(),
  }),
  z.object({
    path: z.string().describe('relative to the project, with /'),
    action: z.literal('changed'),
    diff: z.string().describe('unified diff'),
  }),
]);

/** What `strop scaffold` answers. */
export const result = z.object({
  kind: z.literal('scaffold'),
  version: z.literal(1),
  dryRun: z.boolean().describe('nothing was written'),
  files: z.array(FileChange),
  workloads: z
    .array(z.string())
    .describe('pytest node ids of the benchmarks, as compare and profile take them'),
  notes: z.array(z.string()).describe('what to know, one sentence each'),
  next: z.string().describe('the command to run next'),
});

/** The result of a run. */
export type ScaffoldResult = z.infer<typeof result>;
