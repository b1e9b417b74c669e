import { bytecodeFolder } from '#measuring';
import { openRun } from '#revisions';
import type { Run } from '#revisions';
import type { Context } from './operation.ts';

/**
 * Gives the work a run folder with a place for temporary files, and removes all of it afterwards, however the work ends.
 */
export async function withRun<T>(context: Context, work: (run: Run) => Promise<T>): Promise<T> {
  const { host } = context;
  const run = await openRun(host);
  const bytecode = bytecodeFolder(host, run.folder);
  // Compiled code of the run's own files is of no use to any other run.
  host.processes.guardFolder(bytecode);
  try {
    await host.files.makeFolder(`${run.folder}/tmp`);
    return await work(run);
  } finally {
    await run.dispose();
    await host.files.remove(bytecode);
    host.processes.releaseFolder(bytecode);
  }
}
