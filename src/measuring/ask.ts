import type { Host } from '#host';
import type { Side } from '#revisions';
import type { AsvWorkload, PytestWorkload, Workload } from '#workloads';
import { z } from 'zod';
import { lookAtCalls } from './calibrate.ts';
import { worksAlone } from './plan.ts';
import { listAnswer, loopAnswer, readyAnswer, settledAnswer } from './protocol.ts';
import { requireOwnCode } from './provenance.ts';
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

/** How long a workload is repeated, and what is around it. */
export interface LoopRequest {
  /** Repeated until this much wall time has passed; one call is finished, however long it is. */
  readonly seconds: number;
  readonly maxLoops: number;
  /** A profiler that the worker starts before the loop and stops behind it; absent where one looks from outside. */
  readonly around?: Around;
}

/** A profiler inside of the worker: a module of `python/_strop_profile`. */
export interface Around {
  readonly module: string;
  /** Folder from which the profiler is imported when the project has none; null for the standard library. */
  readonly folder: string | null;
  readonly options: Readonly<Record<string, unknown>>;
  /** Where the profiler writes, absolute. */
  readonly output: string;
}

/** What a worker did in its loop, in ns. */
export interface Looped {
  readonly loops: number;
  readonly wallNs: number;
  readonly cpuNs: number;
  /** CPU time of one call before the profiler was started; undefined without one. */
  readonly bareCpuNs: number | undefined;
  /** What the profiler's shim has to say. */
  readonly notes: Readonly<Record<string, number>>;
}

/** Who looks at a worker from outside while it repeats its workload; what these throw ends the worker. */
export interface Onlooker {
  /**
   * The workload has run some times and its loop is about to begin, in this process. `worksAlone` when it is one thread that
   * never waits.
   */
  begin(pid: number, worksAlone: boolean): Promise<void>;
  /** The loop is over; the worker is there, and does nothing until this is done. */
  end(): Promise<void>;
}

/**
 * Repeats a workload in one worker for a time. Throws `wrong-code` when the worker runs other code than the side's, and what
 * {@link Session} throws when the workload fails.
 */
export async function loopWorkload(
  host: Host,
  side: Side,
  settings: WorkerSettings,
  workload: Exclude<Workload, { kind: 'command' }>,
  request: LoopRequest,
  onlooker?: Onlooker,
): Promise<Looped> {
  const spec = workerSpec(host, side, workload, settings.runFolder);
  const session = Session.start(host, side, workload, settings, 0, spec);
  try {
    const { value: ready } = await session.receive(readyAnswer);
    requireOwnCode(side, workload, ready);
    if (onlooker !== undefined && session.pid !== undefined) {
      await session.ask({ op: 'settle' }, settledAnswer);
      // The first call also imports and fills caches: who watches would take that for the workload.
      const seen = await lookAtCalls(session, ready.setupEachTime);
      await onlooker.begin(session.pid, worksAlone(seen));
    }
    const { value } = await session.ask(
      {
        op: 'loop',
        seconds: request.seconds,
        loops: request.maxLoops,
        around: request.around ?? null,
      },
      loopAnswer,
    );
    await onlooker?.end();
    return {
      loops: value.loops,
      wallNs: value.wall,
      cpuNs: value.cpu,
      bareCpuNs: value.bare ?? undefined,
      notes: value.notes ?? {},
    };
  } finally {
    await session.kill();
  }
}
