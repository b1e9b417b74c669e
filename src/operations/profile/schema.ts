import { profilers } from '#profilers';
import { profileDocument } from '#store';
import { z } from 'zod';

const flag = (text: string) => z.boolean().default(false).describe(text);

/** What `strop profile` is asked. Exactly one of workload, command, stmt, pid and read says what is profiled. */
export const profileInput = z
  .object({
    workload: z
      .string()
      .optional()
      .describe('What to profile: a pytest node id, module:function, or a name from the configuration'),
    command: z.array(z.string()).optional().describe('A program with its arguments'),
    stmt: z.string().optional().describe('Profile this statement instead of a workload'),
    setup: z.string().optional().describe('Code that runs once before the statement, outside the profile'),
    pid: z
      .int()
      .min(1)
      .max(4_194_304)
      .optional()
      .describe('Look into this process, which runs already and goes on, as `strop attach` does'),
    read: z.string().optional().describe('Read this existing profile instead of making one; nothing is run'),
    sample: flag('where time goes, by a sampler from outside and by nothing else'),
    wall: flag('where time goes, waiting included'),
    lines: flag('the lines of the dearest functions, or of those named by --function'),
    function: z
      .array(z.string())
      .default([])
      .meta({ title: 'module:function' })
      .describe('a function whose lines are wanted; repeatable'),
    memory: flag('who holds memory at the peak; with --sample beside the time (scalene)'),
    leaks: flag('what is never freed'),
    temporary: flag('what is freed as soon as it is made'),
    gil: flag('who holds the global interpreter lock'),
    async: flag('what coroutines wait for'),
    native: flag('stacks of compiled code, too'),
    deep: flag('everything at any price: every call counted, or with --memory every small object'),
    tool: z
      .string()
      .optional()
      .describe(`this profiler and no other: ${profilers.map(({ tool }) => tool).join(', ')}`),
    duration: z
      .string()
      .optional()
      .meta({ title: 'duration' })
      .describe(
        'how long to repeat a workload (default 2s for samplers, 1s for others), or after which time to end a command: 30s',
      ),
    rate: z.int().min(1).max(10_000).optional().describe('samples a second (default 250)'),
    top: z.int().min(1).max(1000).default(15).describe('Rows to show at most'),
    sort: z
      .enum(['own', 'cumulative', 'self', 'calls'])
      .default('own')
      .describe(
        'Order of your functions: own (what fixing it could gain), cumulative (with everything it calls), self, calls',
      ),
    python: z.string().optional().describe('The interpreter to use instead of the one found for the project'),
    yes: flag('install the profiler that is needed without asking, in a folder of its own'),
  })
  .refine(
    (input) =>
      [input.workload, input.command, input.stmt, input.pid, input.read].filter((one) => one !== undefined)
        .length <= 1,
    {
      error: 'a workload, a command after --, --stmt, --pid and --read exclude each other',
    },
  )
  .refine((input) => input.setup === undefined || input.stmt !== undefined, {
    error: '--setup needs --stmt',
    path: ['setup'],
  })
  .refine(
    (input) =>
      [input.wall, input.lines, input.memory, input.leaks, input.temporary, input.gil, input.async].filter(
        Boolean,
      ).length <= 1,
    {
      error:
        '--wall, --lines, --memory, --leaks, --temporary, --gil and --async are different questions: ask one at a time',
    },
  )
  .refine((input) => input.function.length === 0 || input.pid === undefined, {
    error: '--function cannot be asked of a process that runs already: --lines alone shows them all',
    path: ['function'],
  })
  .refine((input) => input.function.length === 0 || input.lines, {
    error: '--function needs --lines',
    path: ['function'],
  });

/** Parsed input of `strop profile`. */
export type ProfileInput = z.infer<typeof profileInput>;

export { profileDocument as result };
