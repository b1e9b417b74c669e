import { StropError } from '#base';
import type { Selected } from '#comparing';
import type { WorkerSettings } from '#measuring';
import { recordCommand, recordHeld } from '#profilers';
import type { Ask, RecordedFile, RecordRequest } from '#profilers';
import type { Side } from '#revisions';
import type { Workload } from '#workloads';
import type { Context } from './operation.ts';
import { compileCheckout, profiledEnvironment } from './profiled-side.ts';
import type { RecordingPlan } from './recording.ts';
import { selectWorkloads } from './workload-choice.ts';
import type { Selection } from './workload-choice.ts';

/** What is recorded. */
export interface RecordedWorkload {
  readonly side: Side;
  readonly worker: WorkerSettings;
  readonly workload: Workload;
}

/** Makes one recording of a workload on a side, as {@link RecordRequest} says. Errors: those of the workload and the tool. */
export async function recordWorkload(
  context: Context,
  { side, worker, workload }: RecordedWorkload,
  plan: RecordingPlan,
  request: RecordRequest,
): Promise<RecordedFile> {
  const { host } = context;
  if (workload.kind !== 'command') {
    let { ask } = request;
    // Not every command may be run twice; what strop repeats anyway may.
    const again = async (why: string, change: Partial<Ask>): Promise<RecordedFile> => {
      ask = { ...ask, ...change, folder: `${ask.folder}-again` };
      await host.files.makeFolder(ask.folder);
      context.progress({ kind: 'step', text: why });
      return recordHeld(host, { ...request, ask }, side, workload, worker);
    };
    const file = await recordHeld(host, request, side, workload, worker).catch((error: unknown) => {
      if (!isTorn(error) || plan.comparable === true) throw error;
      return again('stacks change while they are read: once more, holding the program for each sample', {
        held: true,
      });
    });
    const late = file.doubts.some(({ code }) => code === 'sampling-behind');
    if (!late || plan.rateHz !== undefined) return file;
    const rateHz = Math.ceil(ask.rateHz / 2);
    const why = 'the machine is too busy for so many samples: once more with half';
    const slower = await again(why, { rateHz }).catch((error: unknown) => {
      if (isTorn(error)) return undefined;
      throw error;
    });
    return slower === undefined ? file : { ...slower, rateHz };
  }
  await compileCheckout(host, side, context.signal);
  return recordCommand(host, request, {
    workload,
    cwd: side.project,
    env: profiledEnvironment(host, side),
    timeoutMs: worker.timeoutMs,
    inheritsInput: context.hasInput === true,
    limitSeconds: plan.seconds,
  });
}

function isTorn(error: unknown): boolean {
  return error instanceof StropError && error.code === 'stacks-unreadable';
}

/** What the user may say about the one workload that is to be profiled. */
export interface OneWorkload {
  readonly workload?: string | undefined;
  readonly stmt?: string | undefined;
  readonly setup?: string | undefined;
  readonly command?: readonly string[] | undefined;
}

/** The one workload that is meant; `bad-request` with what there is when it may be several. */
export async function chooseOneWorkload(
  selection: Selection,
  input: OneWorkload,
  command: string,
): Promise<Selected> {
  const found = await selectWorkloads(selection, {
    workload: input.workload === undefined ? [] : [input.workload],
    stmt: input.stmt,
    setup: input.setup,
    command: input.command ?? [],
  });
  const [first, ...others] = found;
  if (first !== undefined && others.length === 0) return first;
  const shown = found.slice(0, 12).map((each) => `  ${command} "${each.workload.id}"`);
  throw new StropError({
    code: 'bad-request',
    problem: `there are ${String(found.length)} workloads to choose from`,
    remedy: 'Name one: a profile of several would mix what belongs apart.',
    detail: shown.join('\n'),
  });
}
