import { z } from 'zod';

/** What `strop diff` is asked: two profiles that exist, or two revisions that are to be profiled. */
export const diffInput = z.object({
  before: z
    .string()
    .optional()
    .meta({ title: 'A..B|file' })
    .describe(
      'Revisions A..B, or A against the working tree (default: HEAD); or the older profile: a file, several with commas between them, or the name of a kept profile',
    ),
  after: z
    .string()
    .optional()
    .meta({ title: 'file' })
    .describe('The newer profile, named likewise; with it nothing is run'),
  workload: z
    .string()
    .optional()
    .describe(
      'what to profile in both revisions: a pytest node id, module:function, or a name from the configuration',
    ),
  command: z.array(z.string()).optional().describe('profile a program with its arguments'),
  stmt: z.string().optional().describe('profile this statement'),
  setup: z.string().optional().describe('code that runs once before the statement, outside the profile'),
  tool: z.string().optional().describe('this profiler on both sides (default: as `strop profile` chooses)'),
  rounds: z.int().min(1).max(10).optional().describe('recordings of each revision (default 4)'),
  duration: z
    .string()
    .optional()
    .meta({ title: 'duration' })
    .describe('length of a recording of a workload (default 1s); after it a command is ended'),
  rate: z.int().min(1).max(10_000).optional().describe('samples a second (default 250)'),
  memory: z
    .boolean()
    .default(false)
    .describe('compare who holds memory at the peak: short for --about memory'),
  about: z.enum(['time', 'memory', 'allocations']).default('time').describe('What is compared'),
  top: z.int().min(1).max(1000).default(12).describe('Functions that the text lists at most'),
  timeout: z.string().optional().describe('longest time that a workload may take to answer (default 10m)'),
  python: z.string().optional().describe('interpreter to use instead of the one found'),
  yes: z
    .boolean()
    .default(false)
    .describe('install the profiler that is needed without asking, in a folder of its own'),
});

/** Parsed input of `strop diff`. */
export type DiffInput = z.infer<typeof diffInput>;

const amounts = {
  a: z.number().describe('Per run, in `unit`.'),
  b: z.number(),
  change: z.number().describe('b - a.'),
  low: z
    .number()
    .nullable()
    .describe(
      '99 % interval, over all functions together; without samples the range of differences between recordings, null with one of a side.',
    ),
  high: z.number().nullable(),
};

const side = z.object({
  tools: z.array(z.string()),
  recordings: z.int(),
  samples: z.number().nullable(),
  files: z
    .array(z.string())
    .describe('Files, or names of kept profiles: `strop top NAME`, `strop view NAME`.'),
  revision: z
    .object({ revision: z.string(), commit: z.string(), content: z.string() })
    .nullable()
    .describe('State of the project, where this side was profiled for the diff.'),
  harness: z
    .object({
      amount: z.number().describe('Per run, in `unit`.'),
      share: z.number().describe('Of what was recorded.'),
    })
    .nullable()
    .describe(
      "Cost outside of the workload (test runner, strop's loop), in no other number here; null where not seen.",
    ),
});

const frame = z.object({
  function: z.string(),
  file: z.string().nullable().describe('Null for compiled code.'),
  line: z
    .number()
    .nullable()
    .describe('Its first line, after the change where it is there; null where the tool does not tell.'),
  from: z.string().nullable().describe('The file that it was in before it moved.'),
  origin: z.enum(['mine', 'dependency', 'stdlib', 'native', 'unknown']),
  basis: z
    .enum(['paid', 'self', 'with-callees'])
    .describe('Own functions: what they pay for. Foreign ones: their self cost, paid by own ones already.'),
  state: z.enum(['less', 'more', 'gone', 'new', 'moved', 'quiet']),
  ...amounts,
});

/** What `strop diff` answers. */
export const result = z.object({
  kind: z.literal('profile-diff'),
  version: z.literal(1),
  question: z.enum(['time', 'memory', 'allocations']),
  unit: z.enum(['ns', 'bytes', 'count']).describe('`count`: samples of a tool that does not tell its rate.'),
  per: z.enum(['loop', 'recording']).describe('What a run is: a call of the workload, or a recording.'),
  a: side,
  b: side,
  total: z.object(amounts),
  frames: z
    .array(frame)
    .describe(
      'All that changed: own code first, by how much. What has 0 in its interval is quiet and not in here.',
    ),
  shown: z.int().describe('How many of `frames` the text lists at most.'),
  quiet: z.object({
    functions: z.int().describe('Functions that did not change, as far as can be seen.'),
    unseen: z.number().nullable().describe('The largest change that one of them could have had unseen.'),
    frames: z.array(frame).describe('These functions: own code first, dearest first.'),
  }),
  workload: z
    .string()
    .nullable()
    .describe('What was profiled in two revisions; null for profiles that existed.'),
  why: z.string().nullable().describe('Why this tool was taken.'),
  proof: z.string().describe('The command that proves the change, which no profile can.'),
  doubts: z.array(z.object({ code: z.string(), text: z.string() })),
});

/** The change between two profiles as it is printed. */
export type DiffResult = z.infer<typeof result>;
