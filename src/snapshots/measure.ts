import { join } from 'node:path';
import { StropError } from '#base';
import type { Host } from '#host';
import { Session, requireOwnCode, workerSpec } from '#measuring';
import type { WorkerSettings } from '#measuring';
import type { ProjectRoot } from '#project';
import type { Side } from '#revisions';
import type { PytestWorkload } from '#workloads';
import { z } from 'zod';
import { readCommitInfo } from './commit-info.ts';
import { findNodePrefix } from './node-prefix.ts';

/** What is to be measured by the project's own pytest-benchmark. */
export interface SnapshotRequest extends WorkerSettings {
  /** The state to measure; the name, number and commit of the snapshot are those of the user's project. */
  readonly side: Side;
  readonly project: ProjectRoot;
  /** Name of the snapshot: what `--benchmark-save` takes. */
  readonly name: string;
  /** Benchmark files, folders or node ids, relative to the project; markers of the project's `addopts` do not choose. */
  readonly files: readonly string[];
  /** Of what these hold, only the tests with these full names (as pytest has them); all of them when absent. */
  readonly only?: readonly string[] | undefined;
  /** Whether the garbage collector is off (`--benchmark-disable-gc`); default true. */
  readonly disableGc?: boolean;
  readonly signal?: AbortSignal | undefined;
  /** Told after each test. */
  readonly progress?: (text: string) => void;
}

/** A snapshot that was measured and lies in the run folder. */
export interface MeasuredSnapshot {
  readonly file: string;
  /** Name of the machine folder that pytest-benchmark chose. */
  readonly machine: string;
  readonly benchmarks: number;
  /** Tests that failed and so have no numbers, and files that could not be collected, each with the reason. */
  readonly failed: readonly (readonly [id: string, reason: string])[];
}

/** Why there is no snapshot: no mistake of the user's, but something to say. */
export interface LeftOut {
  readonly left: string;
}

const modules = z.array(z.tuple([z.string(), z.string()]));

const answer = z.discriminatedUnion('step', [
  z.object({ step: z.literal('absent'), module: z.string() }),
  z.object({ step: z.literal('collected'), count: z.number().int() }),
  z.object({ step: z.literal('done'), id: z.string() }),
  z.object({
    step: z.literal('end'),
    code: z.number().int(),
    failed: modules,
    modules,
    below: z.number().int(),
    elsewhere: modules,
  }),
]);

/** The same as pytest-benchmark's own rule for names. */
const NAME = /^[^\\/:*?<>|\p{Cc}]+$/u;

const SEED_BOUND = 2 ** 32;

const WHERE = "the project's pytest-benchmark";

function requireName(name: string): void {
  if (NAME.test(name)) return;
  throw new StropError({
    code: 'bad-request',
    problem: `a snapshot cannot have this name: it must not be empty nor hold \\ / : * ? < > |`,
    where: name,
    remedy: 'Take a plain word, such as baseline.',
  });
}

/** pytest's root folder as it is in the user's own tree. */
function rootOf(side: Side, prefix: string): string {
  return prefix === '' ? side.project : side.project.slice(0, -prefix.length);
}

async function runBenchmarks(
  host: Host,
  request: SnapshotRequest,
  storage: string,
): Promise<Extract<z.infer<typeof answer>, { step: 'absent' | 'end' }>> {
  const { side, signal } = request;
  const workload: PytestWorkload = { kind: 'pytest', id: WHERE, nodeId: '', file: '' };
  const session = Session.start(host, side, workload, request, host.random.below(SEED_BOUND), {
    ...workerSpec(host, side, workload, request.runFolder),
    kind: 'snapshot',
    targets: request.files,
    only: request.only ?? null,
    disableGc: request.disableGc ?? true,
    rootdir: rootOf(side, await findNodePrefix(host, request.project)),
    storage,
    name: request.name,
    commit: await readCommitInfo(host, request.project.root, side.revision),
  });
  const stop = (): void => void session.kill();
  signal?.addEventListener('abort', stop, { once: true });
  try {
    let { value } = await session.receive(answer);
    let count = 0;
    let done = 0;
    while (value.step === 'collected' || value.step === 'done') {
      signal?.throwIfAborted();
      if (value.step === 'collected') count = value.count;
      else {
        done += 1;
        request.progress?.(`${String(Math.min(done, count))} of ${String(count)} benchmarks, ${value.id}`);
      }
      ({ value } = await session.ask({ op: 'next' }, answer));
    }
    if (value.step === 'end') requireOwnCode(side, workload, value);
    return value;
  } catch (error) {
    if (signal?.aborted === true) throw interrupted();
    throw error;
  } finally {
    signal?.removeEventListener('abort', stop);
    await session.kill();
  }
}

function interrupted(): StropError {
  return new StropError({
    code: 'interrupted',
    problem: 'taking the snapshot was interrupted',
    remedy: 'Nothing of yours has changed; start it again when you like.',
  });
}

/**
 * Runs the benchmarks of a side with the project's own pytest-benchmark, in one process, and leaves its file in the run folder. `left` instead of a file: the project has no pytest-benchmark, or none of
 * the benchmarks yields a number. `timeoutMs` is for one test.
 *
 * Errors: `bad-request` for a name that pytest-benchmark refuses, `workload-timeout`, `worker-lost`, `wrong-code` when the
 * side's own code was not what ran, `interrupted`.
 */
export async function measureSnapshot(
  host: Host,
  request: SnapshotRequest,
): Promise<MeasuredSnapshot | LeftOut> {
  requireName(request.name);
  if (request.files.length === 0) return { left: 'the project has no pytest benchmarks' };
  const storage = join(request.runFolder, `snapshot-${host.random.token(4)}`);
  const ended = await runBenchmarks(host, request, storage);
  if (ended.step === 'absent') {
    const name = ended.module === 'pytest' ? 'pytest' : 'pytest-benchmark';
    return { left: `${name} is not installed for ${request.side.python}` };
  }
  const saved = await findSaved(host, storage);
  if (saved !== undefined && saved.benchmarks > 0) return { ...saved, failed: ended.failed };
  const [first] = ended.failed;
  const why = first === undefined ? '' : `: ${first[0]} fails (${reasonIn(first[1])})`;
  return { left: `no benchmark of ${request.files.join(', ')} gave a number${why}` };
}

/** The one file that the run saved, if it saved any. */
async function findSaved(host: Host, storage: string): Promise<Omit<MeasuredSnapshot, 'failed'> | undefined> {
  for (const machine of await host.files.list(storage)) {
    for (const entry of await host.files.list(join(storage, machine.name))) {
      const file = join(storage, machine.name, entry.name);
      return { file, machine: machine.name, benchmarks: countBenchmarks(await host.files.readText(file)) };
    }
  }
  return undefined;
}

function countBenchmarks(content: string | undefined): number {
  const counted = z.object({ benchmarks: z.array(z.unknown()) }).safeParse(JSON.parse(content ?? 'null'));
  return counted.data?.benchmarks.length ?? 0;
}

/** The line of a pytest report that holds the error: the last one marked with E, else the last one. */
function reasonIn(report: string): string {
  const lines = report.trimEnd().split('\n');
  return (lines.findLast((line) => /^E\s/.test(line)) ?? lines.at(-1) ?? '').replace(/^E\s+/, '');
}
