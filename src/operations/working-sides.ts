import { interrupted } from '#comparing';
import { prepareSides } from '#revisions';
import type { PreparedSides, Run, SideRequests } from '#revisions';
import type { OpenedProject } from './opened-project.ts';
import type { Context } from './operation.ts';
import { withRun } from './working-run.ts';

/**
 * Gives the work both sides of a project, checked out and ready to run, and removes them afterwards, however the work
 * ends. A stop by the user ends with `interrupted`, whatever it broke.
 */
export async function withSides<T>(
  context: Context,
  { project, settings, interpreter }: OpenedProject,
  requests: SideRequests,
  work: (run: Run, prepared: PreparedSides) => Promise<T>,
): Promise<T> {
  return withRun(context, async (run) => {
    const prepared = await prepareSides(context.host, project, requests, {
      run,
      python: interpreter,
      include: settings.include,
      sourceRoots: settings.sourceRoots,
      signal: context.signal,
      progress: (text) => {
        context.progress({ kind: 'step', text });
      },
    });
    return work(run, prepared);
  }).catch((error: unknown) => {
    // A killed worker looks like a lost one: what really happened is that the user has had enough.
    throw context.signal.aborted ? interrupted() : error;
  });
}
