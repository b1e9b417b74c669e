import { StropError } from '#base';
import { z } from 'zod';
import type { Snapshot, SnapshotBenchmark, SnapshotPlace } from './snapshot.ts';

/*
 * The file format: https://pytest-benchmark.readthedocs.io/en/latest/comparing.html; fields as the versions 3.0 to 5.3
 * write them. Only what is needed is asked for: projects add to these files through hooks.
 */

const text = z.string().transform(clean);
const optionalText = z
  .unknown()
  .transform((value) => (typeof value === 'string' && value !== '' ? clean(value) : undefined))
  .optional();
const seconds = z.number().nonnegative();
const count = z.number().int().positive();

const benchmark = z.object({
  fullname: text.refine((name) => name !== ''),
  stats: z.object({
    min: seconds,
    mean: seconds,
    median: seconds,
    stddev: seconds.nullish(),
    iqr: seconds.nullish(),
    rounds: count,
    iterations: count.nullish(),
  }),
  options: z.object({ disable_gc: z.unknown().optional(), timer: optionalText }).nullish().catch(undefined),
});

const file = z.object({
  version: text.catch('unknown'),
  datetime: optionalText,
  commit_info: z
    .object({ id: optionalText, dirty: z.boolean().catch(false), branch: optionalText })
    .nullish()
    .catch(undefined),
  machine_info: z
    .object({
      node: optionalText,
      system: optionalText,
      machine: optionalText,
      processor: optionalText,
      python_implementation: optionalText,
      python_version: optionalText,
      cpu: z.object({ brand: optionalText, brand_raw: optionalText }).nullish().catch(undefined),
    })
    .nullish()
    .catch(undefined),
  benchmarks: z.array(benchmark),
});

type Written = z.infer<typeof benchmark>;

/** Larger files are no snapshots: with the data of every round, a thousand benchmarks stay far below. */
const LARGEST_CHARACTERS = 256 * 1024 * 1024;

/** Texts come from a file that anybody may have written: nothing in them may steer a terminal. */
function clean(value: string): string {
  return value.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '?').slice(0, 2000);
}

function refuse(place: SnapshotPlace, problem: string, detail?: string): StropError {
  return new StropError({
    code: 'bad-snapshot',
    problem,
    where: place.file,
    remedy: 'Take the snapshot anew (pytest --benchmark-only --benchmark-save=NAME), or name another one.',
    ...(detail === undefined ? {} : { detail }),
  });
}

/** Python writes numbers that are none (`NaN`, `Infinity`) as JSON does not know them. */
function parseJson(content: string): unknown {
  try {
    return JSON.parse(content);
  } catch {
    const known = content.replace(/"(?:[^"\\]|\\.)*"|-?\b(?:NaN|Infinity)\b/g, (token) =>
      token.startsWith('"') ? token : 'null',
    );
    return JSON.parse(known);
  }
}

function readBenchmark({ fullname, stats, options }: Written): SnapshotBenchmark {
  const ns = (value: number): number => value * 1e9;
  return {
    fullname,
    medianNs: ns(stats.median),
    minNs: ns(stats.min),
    meanNs: ns(stats.mean),
    sdNs: ns(stats.stddev ?? 0),
    iqrNs: typeof stats.iqr === 'number' ? ns(stats.iqr) : undefined,
    rounds: stats.rounds,
    iterations: stats.iterations ?? 1,
    gcDisabled: typeof options?.disable_gc === 'boolean' ? options.disable_gc : undefined,
    timer: options?.timer,
  };
}

/**
 * Reads the content of a snapshot file. Throws `bad-snapshot`, naming the file and what is wrong with it, for anything
 * that is no whole snapshot.
 */
export function parseSnapshot(place: SnapshotPlace, content: string): Snapshot {
  if (content.length > LARGEST_CHARACTERS)
    throw refuse(place, 'this file is too large for a snapshot of pytest-benchmark');
  let value: unknown;
  try {
    value = parseJson(content);
  } catch {
    throw refuse(place, 'this snapshot is no JSON: it was cut off or edited');
  }
  const parsed = file.safeParse(value);
  if (!parsed.success) {
    // A hostile file may have as many mistakes as it likes.
    const shown = z.prettifyError(new z.ZodError(parsed.error.issues.slice(0, 5)));
    throw refuse(place, 'this file has not the form of a pytest-benchmark snapshot', shown);
  }
  const { version, datetime, commit_info: commit, machine_info: machine, benchmarks } = parsed.data;
  const byName = new Map(benchmarks.map((each) => [each.fullname, readBenchmark(each)]));
  return {
    ...place,
    version,
    date: datetime,
    commit: { id: commit?.id ?? 'unknown', dirty: commit?.dirty ?? false, branch: commit?.branch },
    machineInfo: {
      node: machine?.node,
      cpu: machine?.cpu?.brand_raw ?? machine?.cpu?.brand ?? machine?.processor,
      system: machine?.system,
      implementation: machine?.python_implementation,
      pythonVersion: machine?.python_version,
    },
    benchmarks: [...byName.values()],
  };
}
