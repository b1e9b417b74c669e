import { z } from 'zod';
import { declareOperation } from '../operation.ts';
import type { Context, Style } from '../operation.ts';

const input = z.object({
  path: z.string().optional().describe('Folder to look at (default: where strop was called)'),
});

const result = z.object({
  kind: z.literal('example-name'),
  version: z.literal(1),
  entries: z.number().int().min(0).describe('Files and folders directly in the folder'),
});

type Input = z.infer<typeof input>;
type Result = z.infer<typeof result>;

export const operation = declareOperation<Input, Result>({
  name: 'example-name',
  summary: 'Say in one line what example-name does',
  description: 'Say in a paragraph what example-name does, what it reads, and what its answer means.',
  examples: [['strop example-name src', 'Looks at one folder']],
  effects: { runsCode: false, measures: false, installs: false, edits: false },
  input,
  result,
  positionals: ['path'],
  run,
  text: formatResult,
  exitCode: () => 0,
});

async function run({ host }: Context, { path }: Input): Promise<Result> {
  const entries = await host.files.list(path ?? host.cwd);
  return { kind: 'example-name', version: 1, entries: entries.length };
}

function formatResult({ entries }: Result, style: Style): readonly string[] {
  return [`${style.bold(String(entries))} entries`];
}
