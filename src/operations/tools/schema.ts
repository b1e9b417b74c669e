import { z } from 'zod';

export const input = z.object({
  action: z.enum(['list', 'install', 'update', 'remove']).default('list').describe('What to do'),
  names: z
    .array(z.string())
    .default([])
    .describe('Tools that are meant; for list and update all when none is named'),
  python: z
    .string()
    .optional()
    .describe("For which interpreter: a path, an environment's folder or a version like 3.12")
    .meta({ title: 'python' }),
  yes: z.boolean().default(false).describe('Install without asking'),
});

export type ToolsInput = z.output<typeof input>;

const installed = z.object({
  version: z.string(),
  python: z.string().describe('For which Python it was installed: 3.12, 3.13t'),
  bytes: z.number().describe('Size on disk'),
  folder: z.string(),
});

export const result = z.object({
  kind: z.literal('tools'),
  version: z.literal(1),
  action: input.shape.action.unwrap(),
  python: z
    .object({ executable: z.string(), version: z.string(), label: z.string() })
    .nullable()
    .describe('The interpreter whose releases are wanted; null when none was found and none was needed'),
  folder: z.string().describe('Where all tools lie'),
  done: z.array(
    z.object({
      name: z.string(),
      version: z.string(),
      python: z.string(),
      what: z.enum(['installed', 'already there', 'removed']),
    }),
  ),
  tools: z.array(
    z.object({
      name: z.string(),
      why: z.string(),
      wanted: z.string().nullable().describe('The release for this interpreter; null when there is none'),
      roughBytes: z.number().describe('About how large it is when installed'),
      state: z
        .enum(['installed', 'outdated', 'missing', 'in the environment'])
        .describe('Seen from this interpreter'),
      installed: z.array(installed).describe("Every release in strop's folder, for every Python"),
    }),
  ),
});

export type ToolsResult = z.output<typeof result>;
