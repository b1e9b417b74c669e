import type { Host } from '#host';
import type { Side } from '#revisions';
import type { AsvWorkload, PytestWorkload, Workload } from '#workloads';
import { z } from 'zod';
import { listAnswer, profileAnswer, readyAnswer } from './protocol.ts';
import { Session } from './session.ts';
import type { WorkerSettings } from './session.ts';
import { workerSpec } from './spec.ts';

/** One pytest test found in a side. */
export interface FoundTest {
  readonly workload: PytestWorkload;
  /** It uses the `benchmark` fixture or carries the `benchmark` marker. */
  readonly isBenchmark: boolean;
}

/** What collecting found, and the files that could not be collected with the reason. */
export interface Found<T> {
  readonly found: readonly T[];
  readonly errors: readonly (readonly [file: string, reason: string])[];
}

const placeholder: PytestWorkload = { kind: 'pytest', id: 'collecting the tests', nodeId: '', file: '' };

async function askList(host: Host, side: Side, settings: WorkerSettings, workload: Workload, spec: object) {
  const session = Session.start(host, side, workload, settings, 0, { ...spec, mode: 'list' });
  try {
    return (await session.receive(listAnswer)).value;
  } finally {
    await session.kill();
  }
}

/**
 * Collects the pytest tests below the given files, folders or node ids (relative to the project) without running them.
 * Throws a StropError when pytest is missing or cannot start.
 */
export async function listPytest(
  host: Host,
  side: Side,
  settings: WorkerSettings,
  targets: readonly string[],
): Promise<Found<FoundTest>> {
  const spec = { ...workerSpec(host, side, placeholder, settings.runFolder), targets };
  const answer = await askList(host, side, settings, placeholder, spec);
  const items = z.array(z.tuple([z.string(), z.string(), z.boolean()])).parse(answer.items);
  return {
    found: items.map(([id, path, isBenchmark]) => ({
      workload: { kind: 'pytest', id, nodeId: id, file: path },
      isBenchmark,
    })),
    errors: answer.errors,
  };
}

/** Lists the `time_*` benchmarks of an asv benchmark folder, one workload for each combination of parameters. */
export async function listAsv(
  host: Host,
  side: Side,
  settings: WorkerSettings,
  benchmarkFolder: string,
): Promise<Found<AsvWorkload>> {
  const workload: AsvWorkload = {
    kind: 'asv',
    id: `asv benchmarks in ${benchmarkFolder}`,
    file: '',
    benchmarkFolder,
    qualname: '',
    params: [],
  };
  const spec = workerSpec(host, side, workload, settings.runFolder);
  const answer = await askList(host, side, settings, workload, spec);
  const items = z
    .array(z.tuple([z.string(), z.string(), z.array(z.number().int()), z.string()]))
    .parse(answer.items);
  return {
    found: items.map(([file, qualname, params, label]) => ({
      kind: 'asv',
      id: `${file}::${qualname}${label === '' ? '' : `[${label}]`}`,
      file,
      benchmarkFolder,
      qualname,
      params,
    })),
    errors: answer.errors,
  };
}

/** How a workload is run under cProfile. */
export interface ProfileRequest {
  /** Where the worker writes the .prof file. */
  readonly path: string;
  /** Iterations are repeated until this much wall time has passed. */
  readonly seconds: number;
  readonly maxLoops: number;
}

/** Runs a workload under cProfile in one worker; answers how often it ran and for how long, in ns of wall time. */
export async function profileOnce(
  host: Host,
  side: Side,
  settings: WorkerSettings,
  workload: Exclude<Workload, { kind: 'command' }>,
  request: ProfileRequest,
): Promise<{ readonly loops: number; readonly wallNs: number; readonly cpuNs: number }> {
  const spec = workerSpec(host, side, workload, settings.runFolder);
  const session = Session.start(host, side, workload, settings, 0, spec);
  try {
    await session.receive(readyAnswer);
    const ask = { op: 'profile', path: request.path, seconds: request.seconds, loops: request.maxLoops };
    const { value } = await session.ask(ask, profileAnswer);
    return { loops: value.loops, wallNs: value.wall, cpuNs: value.cpu };
  } finally {
    await session.kill();
  }
}
