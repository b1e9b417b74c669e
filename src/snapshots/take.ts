import { basename, join } from 'node:path';
import { StropError } from '#base';
import type { Host } from '#host';
import { isIgnoredByGit } from './commit-info.ts';
import { placeOf } from './find.ts';
import { measureSnapshot } from './measure.ts';
import type { LeftOut, MeasuredSnapshot, SnapshotRequest } from './measure.ts';
import { findStorage } from './storage.ts';

/** A snapshot in the project's own storage, where `--benchmark-compare` finds it. */
export interface TakenSnapshot extends Pick<MeasuredSnapshot, 'benchmarks' | 'failed'> {
  /** Absolute path. */
  readonly file: string;
  /** Whether git ignores the file; undefined where git cannot be asked. strop does not touch `.gitignore`. */
  readonly ignoredByGit: boolean | undefined;
}

/** Others may save at the same moment: each miss means that somebody took the number. */
const ATTEMPTS = 20;

/**
 * The next number in a machine folder, as pytest-benchmark counts: one more than the largest of four digits in that folder
 * or in the storage itself.
 */
async function nextNumber(host: Host, storage: string, machine: string): Promise<number> {
  const entries = [...(await host.files.list(storage)), ...(await host.files.list(join(storage, machine)))];
  const numbers = entries
    .filter((entry) => /^\d{4}_.*\.json$/s.test(entry.name))
    .map((entry) => placeOf(entry.name, machine).number ?? 0);
  return Math.max(0, ...numbers) + 1;
}

async function place(host: Host, storage: string, measured: MeasuredSnapshot, name: string): Promise<string> {
  const content = (await host.files.readText(measured.file)) ?? '';
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const number = await nextNumber(host, storage, measured.machine);
    const file = join(storage, measured.machine, `${String(number).padStart(4, '0')}_${name}.json`);
    if (await host.files.create(file, content)) return file;
  }
  throw new StropError({
    code: 'disk',
    problem: `no free number was found for the snapshot ${basename(measured.file)}`,
    where: join(storage, measured.machine),
    remedy: 'Move old snapshots away, or wait for what else saves them there.',
  });
}

/**
 * Measures a side by the project's own pytest-benchmark and adds the result to the project's snapshots: same folder, name
 * and numbering as `pytest --benchmark-save` there, and never over a file that exists. The folder is the only thing in the
 * project that is written to.
 *
 * Errors: those of {@link measureSnapshot}, and `disk`.
 */
export async function takeSnapshot(host: Host, request: SnapshotRequest): Promise<TakenSnapshot | LeftOut> {
  const storage = await findStorage(host, request.project);
  if (storage.kind === 'service') {
    return { left: `the project keeps its snapshots at ${storage.url}, which strop does not write to` };
  }
  const measured = await measureSnapshot(host, request);
  if ('left' in measured) return measured;
  const file = await place(host, storage.folder, measured, request.name);
  return {
    file,
    benchmarks: measured.benchmarks,
    failed: measured.failed,
    ignoredByGit: await isIgnoredByGit(host, file, request.project.root),
  };
}
