import { z } from 'zod';

/** What `strop profile` is asked. Exactly one of workload, command, stmt and read says what is profiled. */
export const profileInput = z
  .object({
    workload: z
      .string()
      .optional()
      .describe('What to profile: a pytest node id, module:function, or a name from the configuration'),
    command: z.array(z.string()).optional().describe('A Python script or module with its arguments'),
    stmt: z.string().optional().describe('Profile this statement instead of a workload'),
    setup: z.string().optional().describe('Code that runs once before the statement, outside the profile'),
    read: z.string().optional().describe('Read this existing profile instead of making one; nothing is run'),
    top: z.int().min(1).max(1000).default(15).describe('Rows to show at most'),
    sort: z
      .enum(['own', 'cumulative', 'self', 'calls'])
      .default('own')
      .describe(
        'Order of your functions: own (what fixing it could gain), cumulative (with everything it calls), self, calls',
      ),
    python: z.string().optional().describe('The interpreter to use instead of the one found for the project'),
  })
  .refine(
    (input) =>
      [input.workload, input.command, input.stmt, input.read].filter((one) => one !== undefined).length <= 1,
    {
      error: 'a workload, a command after --, --stmt and --read exclude each other',
    },
  )
  .refine((input) => input.setup === undefined || input.stmt !== undefined, {
    error: '--setup needs --stmt',
    path: ['setup'],
  });

/** Parsed input of `strop profile`. */
export type ProfileInput = z.infer<typeof profileInput>;

const doubts = z
  .array(z.object({ code: z.string(), text: z.string() }))
  .describe('Reservations: stable code for programs, text for people');

const origin = z.enum(['mine', 'dependency', 'stdlib', 'native', 'unknown']);
const share = z.number().min(0).max(1);

const profiledFunction = z.object({
  function: z.string(),
  file: z
    .string()
    .nullable()
    .describe(
      'Relative to the project, the installed packages or the standard library; null for compiled code',
    ),
  line: z.int().nullable().describe('First line of the function'),
  origin: origin.describe('Whose code it is'),
  calls: z.int().nullable().describe('Over the whole recording; null where the tool counts none'),
  self: z.number().describe('Cost in the function itself, in the unit of the metric'),
  inclusive: z.number().describe('Cost with everything that it called, once per outermost recursion'),
  own: z
    .number()
    .describe(
      'Its self cost and the foreign code that it asked for; no cost is in two rows. 0 for foreign code',
    ),
  selfShare: share,
  inclusiveShare: share,
  ownShare: share,
  bound: z
    .number()
    .nullable()
    .describe(
      'How many times faster the run could be at most if `own` became free; null when practically all of it',
    ),
  inclusiveBound: z.number().nullable().describe('The same if the function were not called at all'),
  paidTo: z
    .array(z.object({ function: z.string(), file: z.string().nullable(), share }))
    .describe('Foreign functions that make up most of `own`, at most three'),
  doubts,
});

/** What `strop profile` answers: kind "profile", version 1. */
export const profileResult = z.object({
  kind: z.literal('profile'),
  version: z.literal(1),
  tool: z.string().describe('Profiler or format of the file'),
  workload: z.string().nullable().describe('Id of the workload, or the file that was read'),
  revision: z.string().nullable().describe('State of the project; null where it is not known'),
  metric: z.object({ name: z.string(), unit: z.enum(['ns', 'bytes', 'count']) }),
  total: z.number().describe('The whole, in the unit of the metric: what shares are shares of'),
  calls: z.int().nullable().describe('Calls that were recorded'),
  loops: z.int().nullable().describe('How often the workload ran while it was profiled'),
  seconds: z.number().nullable().describe('Wall time of the recording'),
  slowdown: z.number().nullable().describe('Times slower than without the profiler, where that was measured'),
  sort: z.enum(['own', 'cumulative', 'self', 'calls']),
  functions: z
    .array(profiledFunction)
    .describe('Own code first, in the order asked for; then foreign code by self cost'),
  hidden: z.object({
    functions: z.int().describe('Own functions that are not shown'),
    share: share.describe('What they cost together (`own`)'),
    foreign: z.int().describe('Foreign functions that are not shown'),
    unpaidShare: share.describe('Cost that no own function asked for: imports, threads of libraries'),
    harness: z.int().describe('Functions of strop, the launcher and the test runner that were taken out'),
  }),
  doubts,
});

/** Result of `strop profile`. */
export type ProfileResult = z.infer<typeof profileResult>;

/** One row of the result. */
export type ProfiledFunction = z.infer<typeof profiledFunction>;
