import { meterVerdict } from '#store';
import { z } from 'zod';
import { candidate } from '../candidates.ts';

/** What `strop status`, and bare `strop`, takes: nothing. */
export const input = z.object({});

/** Where the project is in the loop of performance work, and what comes next. */
export const result = z.object({
  kind: z.literal('status'),
  version: z.literal(1),
  project: z.string().describe('absolute path of the project'),
  revision: z.string().nullable().describe('branch or commit; null without git or without a commit'),
  changed: z.number().int().describe('files that differ from HEAD, untracked ones included'),
  benchmarkFiles: z.array(z.string()).describe('files that seem to hold benchmarks, relative to the project'),
  workloads: z.array(z.string()).describe('workloads named in the settings'),
  candidates: z
    .array(candidate)
    .describe('functions worth a first benchmark; empty where there are benchmarks or nothing is known'),
  profile: z
    .object({ date: z.string(), workload: z.string().nullable(), commit: z.string().nullable() })
    .nullable()
    .describe('the kept profile that the candidates come from'),
  notes: z
    .array(z.string())
    .describe('what to know about the candidates, or why there are none; one sentence each'),
  last: z
    .object({
      date: z.string(),
      a: z.string(),
      b: z.string(),
      verdict: meterVerdict,
      workloads: z.number().int(),
      verdicts: z
        .partialRecord(meterVerdict, z.number().int())
        .describe('workloads by their verdict; that of the whole is the worst of them'),
      step: z
        .object({ title: z.string(), outcome: z.enum(['accepted', 'rejected', 'undecided', 'withdrawn']) })
        .nullable()
        .describe('the step that it is the evidence of; its outcome is about the target alone'),
    })
    .nullable()
    .describe(
      'the newest comparison kept for this project, or the newest step where a gate refused it before anything was measured',
    ),
  campaign: z
    .object({
      baseline: z.object({ name: z.string(), date: z.string(), commit: z.string() }),
      kept: z.number().int(),
      dropped: z.number().int(),
      undecided: z.number().int(),
      withdrawn: z.number().int().describe('accepted, and not in the history of HEAD any more'),
    })
    .nullable()
    .describe('the newest baseline and how many steps since were kept; null without a baseline'),
  phase: z.enum(['understand', 'baseline', 'find', 'change', 'close']).describe('where in the loop'),
  next: z.object({
    command: z.string().describe('the one command to run now'),
    why: z.string().describe('one sentence'),
  }),
});

/** See {@link result}. */
export type Status = z.infer<typeof result>;
