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

export { profileDocument as result } from '#store';
