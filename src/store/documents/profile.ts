import { z } from 'zod';
import { answerDocument } from './answer.ts';
import { doubt, machine, python, unit } from './parts.ts';

const origin = z.enum(['mine', 'dependency', 'stdlib', 'native', 'unknown']).describe('Whose code it is.');
const share = z.number().min(0).max(1);
const file = z
  .string()
  .nullable()
  .describe(
    'Relative to the project, the installed packages or the standard library; null for compiled code.',
  );
const line = z.int().nullable().describe('First line of the function.');
const calls = z.int().nullable().describe('Over the whole recording; null where the tool counts none.');
const self = z.number().describe('Cost in the function itself, in the unit of the metric.');
const inclusive = z.number().describe('Cost with everything that it called, once per outermost recursion.');
const own = z
  .number()
  .describe(
    'Its self cost and the foreign code that it asked for; no cost is in two rows. 0 for foreign code.',
  );

const shownFunction = z.object({
  function: z.string(),
  file,
  line,
  origin,
  calls,
  self,
  inclusive,
  own,
  selfShare: share,
  inclusiveShare: share,
  ownShare: share,
  bound: z
    .number()
    .nullable()
    .describe(
      'How many times faster the run could be at most if `own` became free, of samples by the upper end of the 99 % interval of its share; null when practically all of it, and of tools that see chosen functions only.',
    ),
  inclusiveBound: z.number().nullable().describe('The same if the function were not called at all.'),
  paidTo: z
    .array(z.object({ function: z.string(), file: z.string().nullable(), share }))
    .describe('Foreign functions that make up most of `own`, at most three.'),
  doubts: z.array(doubt),
});

const tableRow = z.object({
  function: z.string().describe('As the profiler named it.'),
  module: z.string().nullable().describe("Import name, for the project's own modules; else null."),
  qualname: z
    .string()
    .nullable()
    .describe('Qualified name of own code (`Cart.total`); null where the source was not read.'),
  file,
  line,
  origin,
  calls,
  resumes: z
    .literal(true)
    .optional()
    .describe('A generator or coroutine: `calls` of a tracer count each time it goes on.'),
  self,
  inclusive,
  own,
  callers: z
    .array(
      z.object({
        row: z.int().nonnegative().describe('Position in the table.'),
        share: share.describe('Part in the cost of all calls from own functions.'),
      }),
    )
    .describe(
      'Own functions that called this own function, directly or through foreign code, dearest first.',
    ),
});

/** One profile: what `strop profile --json` prints and the history keeps. */
export const profileDocument = z.object({
  kind: z.literal('profile'),
  version: z.literal(1),
  date: z.string().describe('When it ended, ISO 8601, UTC.'),
  project: z
    .string()
    .nullable()
    .describe('Absolute path of the project; null for a file read outside of one.'),
  tool: z.string().describe('Profiler or format of the file.'),
  workload: z.string().nullable().describe('Id of the workload, or the file that was read.'),
  command: z.array(z.string()).nullable().describe('What was started, where the workload is a command.'),
  revision: z.string().nullable().describe('State of the project; null where it is not known.'),
  commit: z.string().nullable().describe('Full hash of the commit, or of the one below the working tree.'),
  content: z
    .string()
    .nullable()
    .describe('Hash of the content that ran, changed files included; null where it could not be told.'),
  python: python.nullable().describe('The interpreter that ran; null for a file that was read.'),
  machine: machine.nullable(),
  metric: z.object({ name: z.string(), unit }),
  intervalNs: z.number().nullable().describe('Time between two samples; null for tools that see every call.'),
  total: z.number().describe('The whole, in the unit of the metric: what shares are shares of.'),
  calls: z.int().nullable().describe('Calls that were recorded.'),
  loops: z.int().nullable().describe('How often the workload ran while it was profiled.'),
  seconds: z.number().nullable().describe('Wall time of the recording.'),
  cpuSeconds: z
    .number()
    .nullable()
    .optional()
    .describe('CPU time of its runs of the workload, by the clock of the process.'),
  slowdown: z
    .number()
    .nullable()
    .describe('Times slower than without the profiler, where that was measured.'),
  sort: z.enum(['own', 'cumulative', 'self', 'calls']),
  functions: z
    .array(shownFunction)
    .describe(
      'What people are shown: own code first, in the order asked for; then foreign code by self cost.',
    ),
  hidden: z.object({
    functions: z.int().describe('Own functions that are not shown.'),
    share: share.describe('What they cost together (`own`).'),
    foreign: z.int().describe('Foreign functions that are not shown.'),
    unpaidShare: share.describe('Cost that no own function asked for: imports, threads of libraries.'),
    harness: z.int().describe('Functions of strop, the launcher and the test runner that were taken out.'),
  }),
  table: z.array(tableRow).describe('All functions by inclusive cost, dearest first, 5000 at most.'),
  left: z.int().nonnegative().describe('Functions that the table leaves out.'),
  recording: z
    .string()
    .nullable()
    .optional()
    .describe(
      "The tool's own file, which knows stacks and lines; null where none was kept. Old ones are removed.",
    ),
  roots: z
    .object({
      project: z.array(z.string()),
      stdlib: z.array(z.string()),
      dependencies: z.array(z.string()),
    })
    .optional()
    .describe('Folders in which the code lay that ran, by whose it is: the recording has absolute paths.'),
  question: z
    .string()
    .nullable()
    .optional()
    .describe(
      'What was asked of the tool: cpu, wall, calls, lines, memory, leaks, temporary, async, gil, native …',
    ),
  why: z.string().nullable().optional().describe('Why this tool was taken.'),
  toolVersion: z
    .string()
    .nullable()
    .optional()
    .describe('Release of the tool; null for one of the standard library.'),
  rateHz: z.number().nullable().optional().describe('Samples a second that were asked of a sampler.'),
  answer: answerDocument
    .optional()
    .describe('The lines that cost most, where the tool knows lines; printed, not kept.'),
  doubts: z.array(doubt).describe('Reservations: stable code for programs, text for people.'),
});

/** One profile as it is printed and kept; a `FunctionTable` of the module profiles. */
export type ProfileDocument = z.infer<typeof profileDocument>;
/** One function as people are shown it. */
export type ShownFunction = z.infer<typeof shownFunction>;
