import { z } from 'zod';

/** What identical code does on this machine: the noise that every verdict has to rise above. */
export const noiseResult = z.array(
  z.object({
    workload: z.string().describe('What was run on both sides.'),
    iterationNs: z.number().describe('Time of one iteration.'),
    pairs: z.number().int(),
    secondsPerPair: z.number(),
    pairSd: z.number().describe('Scatter of the log ratios of identical pairs, robust (0.02 is 2 %).'),
    worst: z.number().describe('Largest change between two identical sides of one pair (0.02 is 2 %).'),
    changed: z
      .boolean()
      .describe('True if identical code was called different: expected in at most 1 of 100 runs.'),
    detectableIn15s: z.number().nullable().describe('Smallest change that 15 s find in 8 of 10 runs.'),
    detectableIn60s: z.number().nullable(),
  }),
);

/** See {@link noiseResult}. */
export type Noise = z.infer<typeof noiseResult>;
