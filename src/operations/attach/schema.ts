import { profilers } from '#profilers';
import { profileDocument } from '#store';
import { z } from 'zod';

const flag = (text: string) => z.boolean().default(false).describe(text);

/** What `strop attach` is asked. */
export const attachInput = z
  .object({
    pid: z.int().min(1).max(4_194_304).describe('Number of the process that runs Python'),
    duration: z
      .string()
      .optional()
      .meta({ title: 'duration' })
      .describe('how long to look (default 10s); the process goes on afterwards'),
    wall: flag('where time goes, waiting included'),
    memory: flag('who holds the memory that is asked for while strop looks, at its peak'),
    leaks: flag('what is asked for while strop looks, and not freed until the end'),
    temporary: flag('what is freed as soon as it is made'),
    gil: flag('who holds the global interpreter lock'),
    native: flag('stacks of compiled code, too'),
    deep: flag('with --memory every small object, too: slows the process down'),
    tool: z
      .string()
      .optional()
      .describe(
        `this profiler and no other, of those that get into a process that runs: ${profilers
          .filter(({ watch, inject }) => watch !== undefined || inject !== undefined)
          .map(({ tool }) => tool)
          .join(', ')}`,
      ),
    rate: z.int().min(1).max(10_000).optional().describe('samples a second (default 250)'),
    top: z.int().min(1).max(1000).default(15).describe('Rows to show at most'),
    sort: z
      .enum(['own', 'cumulative', 'self', 'calls'])
      .default('own')
      .describe(
        'Order of your functions: own (what fixing it could gain), cumulative (with everything it calls), self, calls',
      ),
    python: z.string().optional().describe('The interpreter to use instead of the one that the process runs'),
    yes: flag('install the profiler that is needed without asking, in a folder of its own'),
  })
  .refine(
    (input) =>
      [input.wall, input.memory, input.leaks, input.temporary, input.gil].filter(Boolean).length <= 1,
    { error: '--wall, --memory, --leaks, --temporary and --gil are different questions: ask one at a time' },
  );

/** Parsed input of `strop attach`. */
export type AttachInput = z.infer<typeof attachInput>;

export { profileDocument as result };
