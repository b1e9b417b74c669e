import { z } from 'zod';

/*
 * What documents of several kinds hold alike. Field names are stable: programs rely on them. A change of meaning is a
 * new version with an upgrader; new optional fields are not.
 */

/** A reservation as it is kept. */
export const doubt = z.object({
  code: z.string().describe('Stable code of the reservation.'),
  text: z.string().describe('One sentence for people.'),
});

/** One state of the project. */
export const revision = z.object({
  revision: z.string().describe('What was asked for: a name that git knows, or "working tree".'),
  commit: z.string().describe('Full hash of the commit; of the commit below for a working tree.'),
  content: z.string().describe('Hash of the content that was measured.'),
});

/** Answers about any meter: those of memory have words of their own. */
export const meterVerdict = z.enum(['faster', 'slower', 'leaner', 'heavier', 'no difference', 'undecided']);

/** The meters that may make a verdict. */
export const verdictMeter = z.enum(['cpu', 'wall-less-queue', 'wall', 'peak', 'allocations', 'rss']);

/** Units of the meters: ns of time, bytes, or a plain count. */
export const unit = z.enum(['ns', 'bytes', 'count']);

/** The interpreter that ran the workloads. */
export const python = z.object({ executable: z.string(), version: z.string() });

/** The machine at the time of measuring. */
export const machine = z.object({
  system: z.string(),
  cpu: z.string(),
  cores: z.number().int(),
  load: z.number().nullable().describe('One-minute load average; null where the system has none.'),
});

/** Where the raw samples lie. */
export const samplesFile = z
  .string()
  .nullable()
  .describe('File with the raw samples of every pair, one JSON object a line.');
