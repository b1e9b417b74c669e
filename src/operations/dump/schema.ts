import { z } from 'zod';

const flag = (text: string) => z.boolean().default(false).describe(text);

/** What `strop dump` is asked. */
export const dumpInput = z.object({
  pid: z.int().min(1).max(4_194_304).describe('Number of the process that runs Python'),
  locals: flag('the values of variables, too; they may hold secrets'),
  native: flag('frames of compiled code, too'),
  python: z.string().optional().describe('The interpreter to use instead of the one that the process runs'),
  yes: flag('install py-spy without asking, in a folder of its own, where it is not there'),
});

/** Parsed input of `strop dump`. */
export type DumpInput = z.infer<typeof dumpInput>;

const frame = z.object({
  function: z.string(),
  file: z
    .string()
    .nullable()
    .describe(
      'Relative to the project, the installed packages or the standard library; null for compiled code.',
    ),
  line: z.int().nullable().describe('The line that is being run.'),
  origin: z.enum(['mine', 'dependency', 'stdlib', 'native', 'unknown']).describe('Whose code it is.'),
  code: z.string().nullable().describe('That line as the file holds it now; null for code that is not own.'),
  locals: z
    .array(z.object({ name: z.string(), value: z.string(), argument: z.boolean() }))
    .nullable()
    .describe('Variables with their values as py-spy writes them; null where they were not asked for.'),
});

const thread = z.object({
  name: z.string().nullable(),
  id: z.number().nullable().describe('As the operating system counts.'),
  runs: z.boolean().describe('Whether it was running; else it waited.'),
  gil: z.boolean().describe('Whether it held the global interpreter lock.'),
  frames: z.array(frame).describe('Innermost first; empty for a thread without Python code.'),
});

/** What `strop dump` answers. */
export const dumpResult = z.object({
  kind: z.literal('dump'),
  version: z.literal(1),
  date: z.string().describe('When it was taken, ISO 8601, UTC.'),
  pid: z.int(),
  command: z.array(z.string()).describe('The words of the process; empty where they may not be read.'),
  folder: z.string().nullable().describe('Folder in which the process works.'),
  python: z.string().nullable().describe('Version of its Python, as far as its files tell.'),
  project: z.string().describe('Absolute path of the project whose code counts as own.'),
  tool: z.string(),
  toolVersion: z.string().nullable(),
  threads: z.array(thread).describe('Those that run first, then the main thread, then the others.'),
  doubts: z.array(z.object({ code: z.string(), text: z.string() })),
});

/** Where the threads of a process stood. */
export type DumpResult = z.infer<typeof dumpResult>;
/** One thread of it. */
export type DumpedThread = DumpResult['threads'][number];
/** One frame of a thread. */
export type DumpedFrame = DumpedThread['frames'][number];
