import { basename, relative } from 'node:path';
import { StropError } from '#base';
import type { Doubt } from '#base';
import { formatRate, nextAttempt } from '#campaign';
import { compareSides, pairsOf } from '#comparing';
import type { Compared, CompareRequest, FormerEvidence } from '#comparing';
import type { Run } from '#revisions';
import type { ComparedWorkload, History, StepDocument } from '#store';
import type { Both, WorkerSettings } from '#measuring';
import type { Side } from '#revisions';
import type { CommandWorkload } from '#workloads';
import { watcherOf } from '../comparison.ts';
import type { OpenedProject } from '../opened-project.ts';
import type { Context } from '../operation.ts';
import { selectWorkloads } from '../workload-choice.ts';
import type { WorkloadInput } from '../workload-choice.ts';
import type { GuardMargins } from './decide.ts';

/** What is measured for one step. */
export interface StepMeasuring {
  readonly opened: OpenedProject;
  readonly run: Run;
  readonly sides: Both<Side>;
  readonly request: CompareRequest;
  readonly margins: GuardMargins;
  /** What the baseline measured, and what the step aims at beside or within it. */
  readonly selection: WorkloadInput;
  readonly targets: readonly string[];
  readonly attempt: Attempt;
  /** What the change is about. */
  readonly changed: StepDocument['changed'];
  /** Keeps what was measured when measuring is broken off: whoever tries again must not draw afresh. */
  brokenOff(measured: StepMeasured): Promise<void>;
}

/** Which attempt on this state it is, and what earlier ones on the same change have measured. */
export interface Attempt {
  readonly attempt: number;
  readonly alpha: number;
  /** How often this very change was measured before. */
  readonly times: number;
  readonly evidence: ReadonlyMap<string, FormerEvidence>;
}

/** What came out of measuring. */
export interface StepMeasured extends Compared {
  readonly targets: readonly ComparedWorkload[];
  readonly importing: ComparedWorkload | undefined;
  readonly attempt: number;
  readonly alpha: number;
  readonly doubts: readonly Doubt[];
}

/** A guard may take this long, and importing the project, too. */
const GUARD_BUDGET_NS = 20e9;
const IMPORT_BUDGET_NS = 8e9;

/** Measures targets and guards; evidence of earlier attempts on the same change is carried on. */
export async function measureStep(context: Context, step: StepMeasuring): Promise<StepMeasured> {
  const { host } = context;
  const { opened, sides, run } = step;
  const { settings, interpreter } = opened;
  const worker = { runFolder: run.folder, timeoutMs: step.request.timeoutMs };
  const selection = { host, sides, worker, interpreter, settings };
  const all = await selectWorkloads(selection, step.selection);
  // What the first look has put on a side is no file of that side's own, so what it found has the word.
  const known = new Map(all.map((each) => [each.workload.id, each]));
  const aimed =
    step.targets.length === 0
      ? all
      : (await selectWorkloads(selection, { workload: step.targets, command: [] })).map(
          (each) => known.get(each.workload.id) ?? each,
        );
  const aims = new Set(aimed.map(({ workload }) => workload.id));
  const others = all.filter(({ workload }) => !aims.has(workload.id));

  const { attempt, alpha, times, evidence } = step.attempt;
  const doubts: Doubt[] = [];
  const conclude = (
    { workloads, samples }: Compared,
    importing: Awaited<ReturnType<typeof measureImport>>,
  ): StepMeasured => ({
    workloads,
    samples,
    targets: workloads.filter(({ id }) => aims.has(id)),
    importing: importing.workload,
    attempt,
    alpha,
    doubts: [...doubts, ...importing.doubts, ...attemptDoubts(attempt, alpha, times)],
  });
  let compared: Compared | undefined;
  try {
    compared = await compareSides(host, {
      sides,
      selected: [...aimed, ...others],
      worker,
      request: { ...step.request, rule: { ...step.request.rule, alpha } },
      ...watcherOf(context),
      leaveOut: (doubt) => {
        if (step.targets.length > 0) return false;
        doubts.push(doubt);
        return true;
      },
      former: (id) => evidence.get(id),
      guards: {
        margin: step.margins.time,
        budgetNs: GUARD_BUDGET_NS,
        isGuard: (id) => !aims.has(id),
      },
      brokenOff: (measured) => {
        compared = measured;
      },
    });
    return conclude(compared, await measureImport(context, step, worker, alpha));
  } catch (error) {
    if (compared !== undefined && compared.workloads.length > 0)
      await step.brokenOff(conclude(compared, { workload: undefined, doubts: [] }));
    throw error;
  }
}

function attemptDoubts(attempt: number, alpha: number, former: number): readonly Doubt[] {
  const doubts: Doubt[] = [];
  if (former > 0) {
    doubts.push({
      code: 'evidence-carried-on',
      text: `This change was measured ${former === 1 ? 'once' : `${String(former)} times`} before: the pairs of then count on.`,
    });
  }
  if (attempt > 1) {
    doubts.push({
      code: 'further-attempt',
      text: `Attempt ${String(attempt)} from this state: all attempts share one error rate, so this one has to pass at ${formatRate(alpha)}.`,
    });
  }
  return doubts;
}

/**
 * Finds the place of an attempt among those of the campaign, and the pairs that the newest earlier attempt on the same
 * change has kept (it holds those of the attempts before it).
 */
export async function readAttempt(
  history: History,
  {
    sides,
    steps,
    request,
  }: Pick<StepMeasuring, 'sides' | 'request'> & { readonly steps: readonly StepDocument[] },
): Promise<Attempt> {
  const { attempt, alpha, former } = nextAttempt(
    steps,
    { content: sides.a.revision.contentId },
    { content: sides.b.revision.contentId },
    request.rule.alpha,
  );
  const name = former.map(({ comparison }) => comparison).findLast((each) => each !== null) ?? undefined;
  const evidence =
    name === undefined ? new Map<string, FormerEvidence>() : await readEvidence(history, name, request);
  return { attempt, alpha, times: former.length, evidence };
}

async function readEvidence(
  history: History,
  name: string,
  request: CompareRequest,
): Promise<ReadonlyMap<string, FormerEvidence>> {
  const found = new Map<string, FormerEvidence>();
  const document = await history.comparisons.get(name);
  const samples = await history.comparisons.samples(name);
  for (const workload of document?.workloads ?? []) {
    const kept = pairsOf(samples, workload.id);
    if (kept === undefined) continue;
    if (request.meter !== 'auto' && request.meter !== 'memory' && request.meter !== kept.meter) {
      throw new StropError({
        code: 'bad-request',
        problem: `this change was measured by ${kept.meter} before; another clock would start the evidence afresh`,
        where: workload.id,
        remedy: 'Leave out --meter, or change the code.',
      });
    }
    found.set(workload.id, { ...kept, method: workload.method ?? 'signs' });
  }
  return found;
}

/** With more of them the command says no more, and grows. */
const MOST_CHANGED = 8;

/**
 * What to import: the project's packages and the modules that were changed. A package with an empty `__init__` imports
 * none of its modules, and work that is moved to import time is moved into the module that it was taken from.
 */
async function importable(
  { host }: Context,
  { a, b }: Both<Side>,
  changed: StepDocument['changed'],
): Promise<readonly string[]> {
  const top = a.modules.filter((name) => b.modules.includes(name) && /^[\p{L}\p{N}_.]+$/u.test(name));
  const inner: string[] = [];
  for (const file of new Set(changed.map((each) => each.file))) {
    const both = await Promise.all([a, b].map(({ project }) => host.files.kind(`${project}/${file}`)));
    if (both.some((kind) => kind !== 'file')) continue;
    for (const root of a.sourceRoots) {
      const path = relative(root, `${a.project}/${file}`).replaceAll('\\', '/');
      const name = path.replace(/(\/__init__)?\.py$/, '').replaceAll('/', '.');
      const isOurs = top.some((module) => name.startsWith(`${module}.`));
      // A main module runs the program when it is imported.
      if (isOurs && /^[\p{L}\p{N}_.]+$/u.test(name) && !name.endsWith('.__main__')) inner.push(name);
    }
  }
  return [...top, ...[...new Set(inner)].slice(0, MOST_CHANGED)];
}

/** Importing the project in a fresh process, as a guard: work that a change moves to import time shows here. */
async function measureImport(
  context: Context,
  { sides, request, margins, changed }: StepMeasuring,
  worker: WorkerSettings,
  alpha: number,
): Promise<{ readonly workload: ComparedWorkload | undefined; readonly doubts: readonly Doubt[] }> {
  const modules = await importable(context, sides, changed);
  if (modules.length === 0) return { workload: undefined, doubts: [] };
  const code = `import ${modules.join(', ')}`;
  const workload: CommandWorkload = {
    kind: 'command',
    id: code,
    // By its name only: the folder of each side's interpreter comes first on its PATH.
    argv: [basename(sides.a.python), '-c', code],
  };
  try {
    const compared = await compareSides(context.host, {
      sides,
      selected: [{ workload, doubts: [] }],
      worker,
      request: {
        ...request,
        meter: request.meter === 'wall' ? 'wall' : 'cpu',
        budgetNs: Math.min(IMPORT_BUDGET_NS, request.budgetNs),
        rule: { ...request.rule, alpha },
      },
      ...watcherOf(context),
      leaveOut: () => false,
      guards: { margin: margins.import, budgetNs: IMPORT_BUDGET_NS, isGuard: () => true },
    });
    return { workload: compared.workloads[0], doubts: [] };
  } catch (error) {
    if (!(error instanceof StropError) || error.code === 'interrupted') throw error;
    return {
      workload: undefined,
      doubts: [
        { code: 'import-unmeasured', text: `Importing the project could not be measured: ${error.message}.` },
      ],
    };
  }
}
