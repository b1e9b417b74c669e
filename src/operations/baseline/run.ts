import { join, relative } from 'node:path';
import { StropError } from '#base';
import type { Doubt } from '#base';
import { measureSame } from '#comparing';
import type { Selected } from '#comparing';
import type { WorkerSettings } from '#measuring';
import { readHistory } from '#project';
import { parseRevisions } from '#revisions';
import type { Side } from '#revisions';
import { takeSnapshot } from '#snapshots';
import { openHistory } from '#store';
import type { BaselineDocument, History } from '#store';
import { findBenchmarkFiles } from '#workloads';
import { withoutOwnFiles } from '../campaign-files.ts';
import { doubtBenchmarkPlugin, lacksBenchmarkPlugin } from '../benchmark-plugin.ts';
import { readRequest } from '../compare-request.ts';
import { machineDoubts, machineOf, pythonOf, revisionOf, watcherOf } from '../comparison.ts';
import { keepMeasured } from '../keep-measured.ts';
import { openProject } from '../opened-project.ts';
import { findPlaceholder } from '../placeholder-remark.ts';
import type { OpenedProject } from '../opened-project.ts';
import type { Context } from '../operation.ts';
import { normalId, selectWorkloads } from '../workload-choice.ts';
import { withSides } from '../working-sides.ts';
import { fingerprintOf } from '../baseline-fingerprint.ts';
import { doubtFew } from './few-processes.ts';
import type { BaselineInput } from './schema.ts';

/** Pins HEAD and measures it, so that there is something to compare with before anything changes. */
export async function baseline(context: Context, input: BaselineInput): Promise<BaselineDocument> {
  const { host } = context;
  const begin = host.clock.nowNs();
  const opened = await openProject(context, input.python);
  const { project, settings, interpreter } = opened;
  const request = readRequest(input, settings);
  const history = openHistory(host, project.root);
  // Before anything is measured: a history that cannot be read or written ends this here, and not after minutes.
  const former = await formerCampaign(history);
  await history.requireWritable();
  for (const { text } of former) context.progress({ kind: 'step', text });
  // Both sides are HEAD: pairs of identical code show the numbers and the noise at once.
  return withSides(context, opened, parseRevisions('HEAD..HEAD'), async (run, prepared) => {
    const sides = { a: prepared.a, b: prepared.b };
    const worker = { runFolder: run.folder, timeoutMs: request.timeoutMs };
    const skipped: Doubt[] = [];
    const leaveOut = (doubt: Doubt): void => {
      skipped.push(doubt);
    };
    const selection = { host, sides, worker, interpreter, settings, leaveOut };
    const selected = await selectWorkloads(selection, input).catch(async (error: unknown) => {
      throw await explainMissing(context, opened, error);
    });
    const { workloads, samples } = await measureSame(
      host,
      {
        sides,
        selected,
        worker,
        request,
        ...watcherOf(context),
        leaveOut: (doubt, id) => {
          if (input.workload.some((named) => normalId(named) === id)) return false;
          leaveOut(doubt);
          return true;
        },
      },
      input.pairs,
    ).catch(async (error: unknown) => {
      throw await explainPlaceholder(context, sides.b, error);
    });
    const tree = await treeDoubts(context, opened);
    const snapshot = input.snapshot
      ? await leaveSnapshot(context, opened, sides.b, worker, selected, input)
      : NONE;
    const placeholders = await findPlaceholders(context, sides.b, selected);
    const unrunnable = await findUnrunnable(context, opened, sides.b, selected);
    const date = host.clock.date();
    const document: BaselineDocument = {
      kind: 'baseline',
      version: 1,
      id: history.newId(date),
      name: input.name,
      date,
      revision: revisionOf(sides.a),
      selection: {
        workload: input.workload,
        command: input.command,
        ...(input.stmt === undefined ? {} : { stmt: input.stmt }),
        ...(input.setup === undefined ? {} : { setup: input.setup }),
      },
      python: pythonOf(interpreter),
      machine: machineOf(host),
      fingerprint: await fingerprintOf(host, sides.a.project, interpreter),
      workloads: workloads.map(doubtFew),
      snapshot: snapshot.file,
      seconds: (host.clock.nowNs() - begin) / 1e9,
      doubts: [
        ...interpreter.doubts,
        ...prepared.doubts.filter((doubt) => doubt.code !== 'identical-code'),
        ...skipped,
        ...snapshot.doubts,
        ...placeholders,
        ...(await doubtBenchmarkPlugin(host, opened, unrunnable)),
        ...machineDoubts(host),
        ...tree,
        ...former,
      ],
      samples: null,
    };
    return (await keepMeasured(history.baselines, document, samples)).document;
  });
}

/** A baseline begins a campaign: what was accepted since the former one is no longer asked about. */
async function formerCampaign({ baselines, steps }: History): Promise<readonly Doubt[]> {
  const former = await baselines.latest();
  if (former === undefined) return [];
  const all = (await steps.all()).map(({ document }) => document);
  const kept = all.filter(({ baseline: id, outcome }) => id === former.id && outcome === 'accepted');
  if (kept.length === 0) return [];
  return [
    {
      code: 'campaign-begins-anew',
      text: `${String(kept.length)} accepted ${kept.length === 1 ? 'step' : 'steps'} since the baseline of ${former.date.slice(0, 16).replace('T', ' ')} UTC now ${kept.length === 1 ? 'belongs' : 'belong'} to a campaign that is over: log, check and report tell of what comes from here. Close one campaign (strop log --direct --write, strop report) before you begin the next.`,
    },
  ];
}

/** A benchmark that was just written is not in HEAD yet. */
async function explainMissing(
  { host }: Context,
  { project }: OpenedProject,
  error: unknown,
): Promise<unknown> {
  if (!(error instanceof StropError) || error.code !== 'workload-missing') return error;
  const [file] = await findBenchmarkFiles(host, project.root);
  if (file === undefined) return error;
  return new StropError({
    ...error.facts,
    remedy: `The baseline measures HEAD. If ${file} is new, commit it first (git add ${file} && git commit). ${error.facts.remedy}`,
  });
}

/** Made-up values may not be what the function takes. */
async function explainPlaceholder({ host }: Context, side: Side, error: unknown): Promise<unknown> {
  if (!(error instanceof StropError) || error.code !== 'workload-failed') return error;
  const file = (error.facts.where ?? '').split('::')[0] ?? '';
  if (!file.endsWith('.py')) return error;
  const line = findPlaceholder((await host.files.readText(join(side.project, file))) ?? '');
  if (line === undefined) return error;
  return new StropError({
    ...error.facts,
    remedy: `A TODO of strop scaffold is still open at ${file}:${String(line)}: put real data in, commit it, and save the baseline again.`,
  });
}

/** The snapshot's file relative to the project, or null. */
interface LeftSnapshot {
  readonly file: string | null;
  readonly doubts: readonly Doubt[];
}

const NONE: LeftSnapshot = { file: null, doubts: [] };

/** Lets the project's own pytest-benchmark save the same state, for whoever works with it beside strop. */
async function leaveSnapshot(
  context: Context,
  { project }: OpenedProject,
  side: Side,
  worker: WorkerSettings,
  selected: readonly Selected[],
  { name, workload }: Pick<BaselineInput, 'name' | 'workload'>,
): Promise<LeftSnapshot> {
  const named = workload.length > 0;
  const tests = selected.flatMap(({ workload }) => (workload.kind === 'pytest' ? [workload] : []));
  // What was named is asked for one by one; else whole files, whose names are fewer.
  const files = [...new Set(tests.map((test) => (named ? test.nodeId : test.file)))];
  if (files.length === 0) return NONE;
  const { host, signal } = context;
  const progress = (text: string) => {
    context.progress({ kind: 'step', text });
  };
  progress("saving a snapshot with the project's own pytest-benchmark");
  const taken = await takeSnapshot(host, { ...worker, side, project, name, files, signal, progress });
  if ('left' in taken) {
    progress(`no snapshot: ${taken.left}`);
    return NONE;
  }
  const file = relative(project.root, taken.file).replaceAll('\\', '/');
  if (taken.ignoredByGit !== false) return { file, doubts: [] };
  return {
    file,
    doubts: [
      {
        code: 'snapshot-not-ignored',
        text: `git does not ignore ${file}; strop leaves it out of every step.`,
      },
    ],
  };
}

/** Benchmarks that the project's own pytest lacks a fixture for. */
async function findUnrunnable(
  { host }: Context,
  { interpreter }: OpenedProject,
  side: Side,
  selected: readonly Selected[],
): Promise<readonly string[]> {
  const found: string[] = [];
  for (const { workload } of selected) {
    if (workload.kind !== 'pytest') continue;
    // A plain test is a workload, too.
    const source = (await host.files.readText(join(side.project, workload.file))) ?? '';
    if (/\b(codspeed_)?benchmark(_weave)?\b/.test(source)) found.push(workload.id);
  }
  return found.length > 0 && (await lacksBenchmarkPlugin(host, interpreter)) ? found : [];
}

/** Benchmarks whose numbers are those of made-up values. */
async function findPlaceholders(
  { host }: Context,
  side: Side,
  selected: readonly Selected[],
): Promise<readonly Doubt[]> {
  const tests = selected.flatMap(({ workload }) => (workload.kind === 'pytest' ? [workload.file] : []));
  const places: string[] = [];
  for (const file of new Set(tests)) {
    const line = findPlaceholder((await host.files.readText(join(side.project, file))) ?? '');
    if (line !== undefined) places.push(`${file}:${String(line)}`);
  }
  if (places.length === 0) return [];
  return [
    {
      code: 'placeholder-values',
      text: `A TODO of strop scaffold is still open in ${places.join(', ')}: made-up values are measured there. Put real data in, commit, and save the baseline again.`,
    },
  ];
}

/** What the pinned commit leaves out. */
async function treeDoubts({ host }: Context, { project }: OpenedProject): Promise<readonly Doubt[]> {
  if (project.gitTop === undefined) return [];
  const { uncommitted } = await readHistory(host, project.gitTop, 'HEAD');
  const count = (await withoutOwnFiles(host, project, uncommitted ?? [])).length;
  if (count === 0) return [];
  return [
    {
      code: 'dirty-tree',
      text: `The baseline is HEAD: ${count === 1 ? '1 file of the working tree differs' : `${String(count)} files of the working tree differ`} from it and ${count === 1 ? 'is' : 'are'} not part of it.`,
    },
  ];
}
