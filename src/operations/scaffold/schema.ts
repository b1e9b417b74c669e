import { z } from 'zod';
import { candidate } from '../candidates.ts';

/** What `strop scaffold` takes. Without targets, numbers or a count it proposes candidates and writes nothing. */
export const input = z
  .object({
    targets: z
      .array(z.string())
      .default([])
      .describe('what to measure: pkg.mod:function, pkg.mod:Class.method or pkg.mod:Class'),
    pick: z
      .string()
      .regex(/^\s*\d+(\s*,\s*\d+)*\s*$/, { error: 'expected numbers of the last proposal, for example 1,3' })
      .optional()
      .meta({ title: 'numbers' })
      .describe('write benchmarks for these candidates of the last proposal, for example 1,3'),
    top: z.int().min(1).max(9).optional().describe('write benchmarks for so many of the best candidates'),
    limit: z
      .string()
      .optional()
      .meta({ title: 'duration' })
      .describe('profile the tests anew for this time at most (default 60s, and only if not done yet)'),
    output: z
      .string()
      .optional()
      .meta({ title: 'path' })
      .describe('file or folder to write to, instead of the place that fits the project'),
    dryRun: z.boolean().default(false).describe('show what would be written, and write nothing'),
    python: z.string().optional().describe('interpreter to use instead of the one found'),
  })
  .refine(
    ({ targets, pick, top }) =>
      [targets.length > 0, pick !== undefined, top !== undefined].filter(Boolean).length <= 1,
    { error: 'targets, --pick and --top exclude each other' },
  )
  .refine(({ targets, pick, limit }) => limit === undefined || (targets.length === 0 && pick === undefined), {
    error: '--limit is for proposing candidates, without targets and --pick',
    path: ['limit'],
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
  candidates: z
    .array(candidate)
    .describe('what a profile proposes for benchmarks, best first; empty when targets were named'),
  profile: z
    .object({ date: z.string(), workload: z.string().nullable(), commit: z.string().nullable() })
    .nullable()
    .describe('the kept profile that the candidates come from'),
  files: z.array(FileChange),
  written: z.array(z.string()).describe('benchmark files that were created, relative to the project'),
  workloads: z
    .array(z.string())
    .describe('pytest node ids of the benchmarks, as compare and profile take them'),
  notes: z.array(z.string()).describe('what to know, one sentence each'),
  next: z.string().describe('the command to run next'),
});

/** The result of a run. */
export type ScaffoldResult = z.infer<typeof result>;
