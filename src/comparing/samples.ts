import type { Pair } from '#measuring';
import { z } from 'zod';
import type { Lane } from './lane.ts';

const both = <T extends z.ZodType>(value: T) => z.object({ a: value, b: value });
const maybe = z
  .number()
  .optional()
  .transform((value) => value);
const sides = z
  .object({ a: z.number().optional(), b: z.number().optional() })
  .transform(({ a, b }) => ({ a, b }));

const block = z
  .object({
    count: z.number(),
    wallNs: z.number(),
    cpuNs: z.number(),
    cpuTotalNs: z.number(),
    runDelayNs: maybe,
    fastestNs: z.number(),
    voluntarySwitches: z.number(),
    involuntarySwitches: z.number(),
    minorFaults: z.number(),
  })
  .transform((value) => ({ ...value, runDelayNs: value.runDelayNs }));

/** One line of a samples file: a pair with the workload that it belongs to and the clock that was chosen for it. */
const sample = z.object({
  workload: z.string(),
  meter: z.enum(['cpu', 'wall-less-queue', 'wall']),
  index: z.number(),
  seed: z.number(),
  core: maybe,
  startedFirst: z.enum(['A', 'B']),
  ranFirst: z.enum(['A', 'B']),
  rounds: z.array(both(block)),
  unaccountedNs: sides,
  // Lines that an older strop kept lack what follows.
  coarse: z.boolean().default(false),
  leadNs: sides.default({ a: undefined, b: undefined }),
  unobservedNs: sides.default({ a: undefined, b: undefined }),
  elsewhereNs: sides.default({ a: undefined, b: undefined }),
  answered: both(
    z
      .object({
        type: z.string(),
        lazy: z.boolean(),
        fingerprint: z.string().nullish(),
        shown: z.string().nullish(),
      })
      .optional(),
  )
    .transform(({ a, b }) => ({ a, b }))
    .default({ a: undefined, b: undefined }),
  firstCallNs: both(z.number()),
  peakRssBytes: sides,
  extras: z.record(z.string(), both(z.number())),
  startupNs: z.number(),
  timedNs: z.number(),
  extrasNs: z.number(),
});

/** Every pair of every lane, in the form that the history keeps. */
export function samplesOf(lanes: readonly Lane[]): readonly unknown[] {
  return lanes.flatMap((lane) =>
    lane.tally.pairs.map((pair) => ({ workload: lane.id, meter: lane.measurement.plan.meter, ...pair })),
  );
}

/**
 * The pairs of one workload from kept samples, in their order, with their clock; undefined when there are none. Throws a
 * ZodError for lines of another form.
 */
export function pairsOf(
  samples: readonly unknown[],
  id: string,
): { readonly meter: z.infer<typeof sample>['meter']; readonly pairs: readonly Pair[] } | undefined {
  const own = samples.map((line) => sample.parse(line)).filter((each) => each.workload === id);
  const [first] = own;
  if (first === undefined) return undefined;
  const pairs = own.map(({ workload: _, meter: __, core, ...pair }): Pair => ({ ...pair, core }));
  return { meter: first.meter, pairs };
}
