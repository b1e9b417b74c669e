import { z } from 'zod';

/*
 * What the shims send (python/_strop): every line is checked before a number of it is believed.
 */

const modules = z.array(z.tuple([z.string(), z.string()]));

export const readyAnswer = z.object({
  ready: z.literal(true),
  modules,
  below: z.number().int(),
  elsewhere: modules,
  python: z.array(z.number().int()),
  schedstat: z.boolean(),
  threads: z.number().int(),
  setupEachTime: z.boolean(),
  setsUp: z.boolean(),
});

export const blockAnswer = z.object({
  wall: z.number().nonnegative(),
  cpu: z.number().nonnegative(),
  others: z.number().nonnegative(),
  delay: z.number().nullable(),
  nvcsw: z.number().int(),
  nivcsw: z.number().int(),
  minflt: z.number().int(),
  total: z.number().nonnegative(),
  cpuTotal: z.number().nonnegative(),
  min: z.number().nonnegative(),
  children: z.number().nonnegative(),
  threads: z.number().int(),
});

export const pinAnswer = z.object({ pinned: z.boolean() });

const count = z.number().nonnegative().nullish();

export const memoryAnswer = z.object({
  peakRss: count,
  allocations: count,
  peak: count,
  bytecodes: count,
  instructions: count,
});

export const finishAnswer = z.object({
  peakRss: z.number().nonnegative().nullable(),
  answered: z
    .object({
      type: z.string(),
      lazy: z.boolean(),
      fingerprint: z.string().nullable(),
      shown: z.string().nullable(),
    })
    .nullable(),
  modules,
  below: z.number().int(),
  elsewhere: modules,
});

export const outcomeAnswer = z.object({
  outcome: z.enum(['passed', 'failed']),
  message: z.string().optional(),
  trace: z.string().optional(),
});

export const loopAnswer = z.object({
  loops: z.number().int().positive(),
  wall: z.number().nonnegative(),
  cpu: z.number().nonnegative(),
  bare: z.number().nonnegative().nullable(),
  notes: z.record(z.string(), z.number()).optional(),
});

export const settledAnswer = z.object({ asked: z.boolean() });

export const listAnswer = z.object({
  items: z.array(z.array(z.unknown())),
  errors: z.array(z.tuple([z.string(), z.string()])),
  code: z.number().int().optional(),
});

export const launchAnswer = z.object({
  wall: z.number().nonnegative(),
  cpu: z.number().nonnegative(),
  delay: z.number().nullable(),
  peakRss: z.number().nonnegative(),
  nvcsw: z.number().int(),
  nivcsw: z.number().int(),
  minflt: z.number().int(),
  exit: z.number().int().nullable(),
  signal: z.string().nullable(),
  startError: z.string().nullable(),
});

/** The shim's word for an exception of the workload's. */
export const failedAnswer = z.object({
  failed: z.string(),
  message: z.string(),
  trace: z.string(),
  missing: z.string().nullish(),
});

export type BlockAnswer = z.infer<typeof blockAnswer>;
export type LaunchAnswer = z.infer<typeof launchAnswer>;
