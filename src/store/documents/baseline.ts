import { z } from 'zod';
import { doubt, machine, python, revision, samplesFile, unit, verdictMeter } from './parts.ts';

const figure = z.object({
  value: z.number().describe('Median over fresh processes, per iteration, in the unit.'),
  low: z.number().describe('Lower end of the 99 % interval of the median.'),
  high: z.number().describe('Upper end of the 99 % interval of the median.'),
  unit,
});

const workload = z.object({
  id: z.string(),
  kind: z.enum(['pytest', 'callable', 'statement', 'command', 'asv']),
  meter: verdictMeter.describe('The meter that makes the verdict later.'),
  ...figure.shape,
  processes: z.number().int().describe('Fresh processes that were measured.'),
  pairSd: z.number().describe('Scatter of pairs of identical code as a share (0.02 is 2 %).'),
  detectable: z
    .number()
    .nullable()
    .describe('Smallest relative change that the budget of a comparison will see here; null when none.'),
  secondsPerPair: z.number().describe('Wall time of one pair.'),
  meters: z.record(z.string(), figure).describe('Every other meter that was read.'),
  doubts: z.array(doubt),
});

/** How a workload is named again: the words of the request that chose it. */
const selection = z.object({
  workload: z.array(z.string()),
  stmt: z.string().optional(),
  setup: z.string().optional(),
  command: z.array(z.string()),
});

/** The start of a campaign: what the pinned commit costs, measured as pairs of identical code. */
export const baselineDocument = z.object({
  kind: z.literal('baseline'),
  version: z.literal(1),
  id: z.string().describe('Sorts by time; unique in the history of the project.'),
  name: z.string(),
  date: z.string().describe('When it ended, ISO 8601, UTC.'),
  revision: revision.describe('The pinned commit.'),
  selection: selection.describe('What was asked for; steps measure the same.'),
  python,
  machine,
  fingerprint: z
    .string()
    .describe('Hash of interpreter, machine and lock files: numbers with another one do not compare.'),
  workloads: z.array(workload),
  snapshot: z
    .string()
    .nullable()
    .describe("Snapshot file in pytest-benchmark's own format, relative to the project; null without one."),
  seconds: z.number().nonnegative(),
  doubts: z.array(doubt),
  samples: samplesFile,
});

/** One baseline as it is printed and kept. */
export type BaselineDocument = z.infer<typeof baselineDocument>;
