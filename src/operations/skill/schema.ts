import { z } from 'zod';
import { AGENTS } from './agents.ts';

/** What `strop skill` takes. */
export const input = z.object({
  action: z.enum(['list', 'install', 'remove']).default('list').describe('What to do'),
  claude: z.boolean().default(false).describe('For Claude Code: .claude/skills and .mcp.json'),
  cursor: z.boolean().default(false).describe('For Cursor: .cursor/skills and .cursor/mcp.json'),
  codex: z.boolean().default(false).describe('For Codex: .agents/skills and .codex/config.toml'),
  copilot: z.boolean().default(false).describe('For GitHub Copilot: .github/skills and .vscode/mcp.json'),
  dir: z
    .string()
    .optional()
    .meta({ title: 'folder' })
    .describe('For another agent: its folder of skills; the MCP server is left to you'),
  user: z
    .boolean()
    .default(false)
    .describe('For all your projects: in your home folder instead of the project'),
  yes: z.boolean().default(false).describe('Write without asking'),
  dryRun: z.boolean().default(false).describe('Show what would be written, and write nothing'),
});

/** The input after parsing. */
export type SkillInput = z.output<typeof input>;

/** What `strop skill` answers. */
export const result = z.object({
  kind: z.literal('skill'),
  version: z.literal(1),
  action: input.shape.action.unwrap(),
  scope: z.enum(['project', 'user']),
  folder: z.string().describe('The project or the home folder'),
  dryRun: z.boolean().describe('Nothing was written'),
  agents: z.array(
    z.object({
      agent: z.enum([...AGENTS, 'dir']),
      label: z.string(),
      used: z.boolean().describe('Something in the project or home says that this agent is used'),
      skill: z.string().describe('The folder of the skill'),
      config: z.string().nullable().describe('The file with the MCP servers; null with --dir'),
      state: z
        .enum(['installed', 'outdated', 'changed', 'not installed'])
        .describe('Afterwards; changed: not as strop wrote it, or not by strop'),
      why: z.array(z.string()).describe('What is not as strop wrote it'),
    }),
  ),
  changes: z.array(
    z.object({
      path: z.string(),
      action: z.enum(['created', 'changed', 'removed']),
      lines: z.int().describe('Of the file that was created or removed'),
      diff: z.string().describe('Unified diff; empty for whole files of the skill'),
    }),
  ),
  kept: z.array(z.object({ path: z.string(), why: z.string() })).describe('What strop left alone'),
  notes: z.array(z.string()).describe('What to know, one sentence each'),
});

/** See {@link result}. */
export type SkillResult = z.output<typeof result>;
