import type { Doubt } from '#base';
import { overallVerdict } from '#comparing';
import { openHistory } from '#store';
import type { BaselineDocument, ComparisonDocument, History, StepDocument } from '#store';
import { demandCommitPossible, hashChanges } from '#revisions';
import type { PreparedSides, Run } from '#revisions';
import { findPages, splitRecords } from '../campaign-files.ts';
import { openCampaign } from '../campaign.ts';
import { fingerprintOf } from '../baseline-fingerprint.ts';
import { readRequest } from '../compare-request.ts';
import { logged, machineDoubts, machineOf, pythonOf, revisionOf } from '../comparison.ts';
import { keepMeasured } from '../keep-measured.ts';
import type { KeptMeasured } from '../keep-measured.ts';
import { openProject } from '../opened-project.ts';
import type { OpenedProject } from '../opened-project.ts';
import type { Context } from '../operation.ts';
import { withSides } from '../working-sides.ts';
import {
  checkGuards,
  decideByGates,
  decideByTargets,
  decideByWords,
  decideByWorse,
  decidingDoubts,
} from './decide.ts';
import type { Decision, GuardMargins } from './decide.ts';
import { checkGates } from './gates.ts';
import { landStep } from './land-step.ts';
import { measureStep, readAttempt } from './measure.ts';
import type { StepMeasured } from './measure.ts';
import { explainParent, requireBaseline, requireInside, requireOneChange, sidesOf } from './request.ts';
import type { StepInput } from './schema.ts';
import { hotnessIn, wholeProfiles } from '../whole-profiles.ts';
import { normalId } from '../workload-choice.ts';
import { coldPathDoubts, describeHot } from './cold-path.ts';

/** What a step may make worse where the settings say nothing. */
const MARGINS: GuardMargins = { time: 0.03, memory: 0.1, import: 0.1 };

/** Judges one change, and records, logs and commits it when it is accepted. */
export async function step(context: Context, input: StepInput): Promise<StepDocument> {
  const opened = await openProject(context, input.python);
  const history = openHistory(context.host, opened.project.root);
  const baseline = requireBaseline(await history.baselines.latest());
  await history.requireWritable();
  return withSides(context, opened, sidesOf(input), (run, prepared) =>
    new StepRun(context, input, opened, history, baseline, run, prepared).judge(),
  ).catch((error: unknown) => {
    throw explainParent(error, input.at);
  });
}

/** One step from the frozen sides to its record. */
class StepRun {
  readonly #context: Context;
  readonly #input: StepInput;
  readonly #opened: OpenedProject;
  readonly #history: History;
  readonly #baseline: BaselineDocument;
  readonly #run: Run;
  readonly #prepared: PreparedSides;
  readonly #beginNs: number;

  constructor(
    context: Context,
    input: StepInput,
    opened: OpenedProject,
    history: History,
    baseline: BaselineDocument,
    run: Run,
    prepared: PreparedSides,
  ) {
    this.#context = context;
    this.#input = input;
    this.#opened = opened;
    this.#history = history;
    this.#baseline = baseline;
    this.#run = run;
    this.#prepared = prepared;
    this.#beginNs = context.host.clock.nowNs();
  }

  async judge(): Promise<StepDocument> {
    const { host } = this.#context;
    const { a, b } = this.#prepared;
    const request = readRequest(this.#input, this.#opened.settings);
    const steps = (await this.#history.steps.all()).map(({ document }) => document);
    const { changed } = this.#prepared;
    const pages = await findPages(
      host,
      b.root,
      changed.map(({ path }) => path),
    );
    const { change, records } = splitRecords(changed, b, pages);
    // Before the gates: they put side A's yardstick into side B's checkout.
    const files = [...(await hashChanges(host, b, change))];
    requireInside(
      change.map(({ path }) => path),
      b,
    );
    const known = new Map(
      (await openCampaign(this.#context, this.#opened.project)).steps.map((step) => [step.id, step]),
    );
    // What was withdrawn is no change that waits for its commit.
    const standing = steps.map((step) => known.get(step.id) ?? step);
    const uncommitted = requireOneChange(standing, revisionOf(a), files);
    if (this.#input.commit) {
      await demandCommitPossible(host, {
        project: this.#opened.project,
        side: b,
        expectedHead: a.revision.commit,
        leaveOut: records,
        runFolder: this.#run.folder,
        signal: this.#context.signal,
      });
    }
    // Whatever the history has to say is read before tests run and anything is measured: a file of it may be damaged.
    const attempt = await readAttempt(this.#history, { sides: { a, b }, steps, request });
    const profiles = await wholeProfiles(this.#history, { changed: b.revision.contentId });
    const passed = await checkGates(this.#context, {
      opened: this.#opened,
      run: this.#run,
      sides: { a, b },
      change,
      input: this.#input,
    });
    const named = this.#input.workload.map(normalId);
    const own = named.length > 0 ? named : this.#baseline.workloads.map(({ id }) => id);
    const hot = hotnessIn(profiles, passed.changed, own);
    const { python, machine } = { python: pythonOf(this.#opened.interpreter), machine: machineOf(host) };
    const date = host.clock.date();
    const rule = { ...request.rule, budgetSeconds: request.budgetNs / 1e9 };
    const shared = {
      kind: 'step' as const,
      version: 1 as const,
      id: this.#history.newId(date),
      title: this.#input.title,
      description: this.#input.description ?? null,
      date,
      a: revisionOf(a),
      b: revisionOf(b),
      commit: this.#input.at === undefined ? null : b.revision.commit,
      baseline: this.#baseline.id,
      tests: passed.tests,
      rule,
      changed: [...passed.changed],
      hot: describeHot(hot),
      files,
      python,
      machine,
      samples: null,
    };
    const doubts = [
      ...(await this.#doubts()),
      ...uncommitted,
      ...passed.doubts,
      ...coldPathDoubts(hot, passed.changed),
    ];
    const gates = [...passed.gates];
    const stopped = decideByGates(gates) ?? decideByWords(passed);
    if (stopped !== undefined) {
      return this.#keep({
        ...shared,
        ...stopped,
        workloads: [],
        gates: gates.map((gate) => ({ ...gate, details: [...gate.details] })),
        attempt: 0,
        alpha: request.rule.alpha,
        comparison: null,
        seconds: this.#seconds(),
        doubts,
      });
    }
    const margins = { ...MARGINS, ...definedOf(this.#opened.settings.guards) };
    const record = async (
      measured: StepMeasured,
      decision: Decision,
      found: readonly Doubt[],
    ): Promise<StepDocument> => {
      const kept = await this.#keepComparison(measured, rule, { python, machine }, shared.id);
      const aims = new Set(measured.targets.map(({ id }) => id));
      const importing = measured.importing === undefined ? [] : [logged(measured.importing, 'guard')];
      return {
        ...shared,
        ...decision,
        workloads: [
          ...measured.workloads.map((each) => logged(each, aims.has(each.id) ? 'target' : 'guard')),
          ...importing,
        ],
        gates: gates.map((gate) => ({ ...gate, details: [...gate.details] })),
        attempt: measured.attempt,
        alpha: measured.alpha,
        comparison: kept.name,
        seconds: this.#seconds(),
        doubts: distinct([
          ...doubts,
          ...measured.doubts,
          ...kept.document.doubts.filter(({ code }) => code === 'not-kept'),
          ...found,
          ...decidingDoubts(measured.workloads, (id) => aims.has(id)),
        ]),
      };
    };
    const measured = await measureStep(this.#context, {
      opened: this.#opened,
      run: this.#run,
      sides: { a, b },
      request,
      margins,
      selection: this.#baseline.selection,
      targets: this.#input.workload,
      attempt,
      changed: passed.changed,
      brokenOff: async (partly) => {
        const reason = 'measuring was broken off: the evidence so far is carried on';
        await this.#keep(await record(partly, { outcome: 'undecided', reason }, []));
      },
    });
    const guards = checkGuards(measured.workloads, measured.importing, margins);
    gates.push(guards.report);
    const { targets } = measured;
    const decision: Decision = decideByWorse(targets) ?? decideByGates(gates) ?? decideByTargets(targets);
    const judged = await record(measured, decision, guards.doubts);
    if (judged.outcome !== 'accepted') return this.#keep(judged);
    return landStep(this.#context, {
      opened: this.#opened,
      run: this.#run,
      side: b,
      history: this.#history,
      baseline: this.#baseline,
      step: judged,
      input: this.#input,
      records,
    });
  }

  #seconds(): number {
    return (this.#context.host.clock.nowNs() - this.#beginNs) / 1e9;
  }

  /** An attempt that changes nothing of the user's is kept in the history alone. */
  async #keep(document: StepDocument): Promise<StepDocument> {
    return (await keepMeasured(this.#history.steps, document)).document;
  }

  async #keepComparison(
    { workloads, importing, samples }: StepMeasured,
    rule: ComparisonDocument['rule'],
    place: Pick<ComparisonDocument, 'python' | 'machine'>,
    step: string,
  ): Promise<KeptMeasured<ComparisonDocument>> {
    return keepMeasured(
      this.#history.comparisons,
      {
        kind: 'comparison',
        version: 1,
        date: this.#context.host.clock.date(),
        a: revisionOf(this.#prepared.a),
        b: revisionOf(this.#prepared.b),
        verdict: overallVerdict(workloads),
        rule,
        ...place,
        seconds: this.#seconds(),
        doubts: [...this.#prepared.doubts],
        workloads: [...workloads, ...(importing === undefined ? [] : [importing])],
        samples: null,
        step,
      },
      samples,
    );
  }

  async #doubts(): Promise<readonly Doubt[]> {
    const { host } = this.#context;
    const { interpreter } = this.#opened;
    const doubts = [...interpreter.doubts, ...this.#prepared.doubts, ...machineDoubts(host)];
    const now = await fingerprintOf(host, this.#prepared.a.project, interpreter);
    if (now !== this.#baseline.fingerprint) {
      doubts.push({
        code: 'other-environment',
        text: 'Interpreter, machine or lock files are not those of the baseline: this step is judged by itself, its numbers do not compare with the baseline.',
      });
    }
    return doubts;
  }
}

function definedOf(guards: OpenedProject['settings']['guards']): Partial<GuardMargins> {
  return Object.fromEntries(Object.entries(guards).filter(([, value]) => value !== undefined));
}

/** Several targets may raise the same doubt: it is said once. */
function distinct(doubts: StepDocument['doubts']): StepDocument['doubts'] {
  return doubts.filter((one, index) => doubts.findIndex((other) => other.text === one.text) === index);
}
