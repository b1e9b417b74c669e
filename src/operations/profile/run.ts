import { StropError } from '#base';
import type { Doubt } from '#base';
import type { WorkerSettings } from '#measuring';
import type { Profiler } from '#profilers';
import type { Side } from '#revisions';
import { openHistory } from '#store';
import type { ProfileDocument } from '#store';
import type { Workload } from '#workloads';
import { answerRecordings } from '../answered.ts';
import { profileProcess } from '../attached-profile.ts';
import { loadRecordings } from '../loaded-recordings.ts';
import { openProject } from '../opened-project.ts';
import type { OpenedProject } from '../opened-project.ts';
import type { Context } from '../operation.ts';
import { describeRecorded, stateInPlace } from '../profile-document.ts';
import type { ProfiledState } from '../profile-document.ts';
import { findUnbuilt, sideInPlace } from '../profiled-side.ts';
import { decideTool, recordBest } from '../recording.ts';
import type { RecordingPlan } from '../recording.ts';
import { withRun } from '../working-run.ts';
import { chooseOneWorkload, recordWorkload } from '../workload-recording.ts';
import { chooseFunctions } from './choose-functions.ts';
import { planOf } from './plan.ts';
import { readExisting } from './read-existing.ts';
import type { ProfileInput } from './schema.ts';

const TIMEOUT_MS = 600_000;

/** Answers where the cost of a workload goes, by the best profiler that may look, and keeps that; or reads a file. */
export async function profile(context: Context, input: ProfileInput): Promise<ProfileDocument> {
  const { host } = context;
  if (input.read !== undefined) return readExisting(context, input, input.read);
  const asked = planOf(input);
  if (input.pid !== undefined)
    return profileProcess(context, { ...asked, pid: input.pid, python: input.python }, input);
  const opened = await openProject(context, input.python);
  return withRun(context, async (run) => {
    const side = await sideInPlace(host, opened);
    const worker = { runFolder: run.folder, timeoutMs: TIMEOUT_MS };
    const sides = { a: side, b: side };
    const { settings, interpreter } = opened;
    const selection = { host, sides, worker, interpreter, settings };
    const { workload } = await chooseOneWorkload(selection, input, 'strop profile');
    const state = await stateInPlace(host, opened.project);
    const plan: RecordingPlan = {
      ...asked,
      benchmark: workload.kind === 'pytest' && opened.interpreter.tools['pytest_benchmark'] !== undefined,
      project: side.project,
      runFolder: run.folder,
      interpreter: opened.interpreter,
    };
    const subject: Subject = { opened, side, worker, workload, state };
    if (plan.question !== 'lines' || plan.functions.length > 0)
      return makeProfile(context, subject, plan, input);
    const decided = await decideTool(context, plan);
    const isTold = decided.candidates[0]?.profiler.chosenFunctions === true;
    return isTold
      ? profileLines(context, subject, { ...plan, decided }, input)
      : makeProfile(context, subject, { ...plan, decided }, input);
  });
}

/** What is profiled. */
interface Subject {
  readonly opened: OpenedProject;
  readonly side: Side;
  readonly worker: WorkerSettings;
  readonly workload: Workload;
  readonly state: ProfiledState;
}

/** Line tools cannot watch everything: a first profile names the functions that are worth it. */
async function profileLines(
  context: Context,
  subject: Subject,
  plan: RecordingPlan,
  input: ProfileInput,
): Promise<ProfileDocument> {
  const { decided: _, ...rest } = plan;
  const { document: first, name } = await keepProfile(
    context,
    subject,
    { ...rest, question: 'cpu', tool: undefined, deep: false, onlyInstalled: true },
    input,
  );
  const { functions, left } = chooseFunctions(first, subject.side.project);
  if (functions.length === 0) {
    throw new StropError({
      code: 'workload-failed',
      problem: 'no function of the project takes a part of the time that is worth a look at its lines',
      where: subject.workload.id,
      remedy: 'Name functions yourself: --lines --function module:function.',
    });
  }
  const names = functions.map((each) => ('name' in each ? each.name : each.qualname)).join(', ');
  context.progress({ kind: 'step', text: `looking at the lines of ${names}, by ${first.tool} the dearest` });
  const doubts: readonly Doubt[] =
    left.length === 0
      ? []
      : [
          {
            code: 'function-unseen',
            text: `Dear by ${first.tool}, but no function to watch: ${left.join(', ')}.`,
          },
        ];
  const made = await keepProfile(context, subject, { ...plan, functions }, input, doubts);
  // The tool that watches lines distorts them: whoever named the functions ranks, and it stands beside.
  return answerFrom(context, made, [made.name, name]);
}

interface Kept {
  readonly document: ProfileDocument;
  readonly name: string;
  readonly profiler: Profiler;
}

async function makeProfile(
  context: Context,
  subject: Subject,
  plan: RecordingPlan,
  input: ProfileInput,
): Promise<ProfileDocument> {
  const made = await keepProfile(context, subject, plan, input);
  const { document, profiler, name } = made;
  // A call graph has no lines, and functions are in the document itself.
  if (plan.question === 'calls' || profiler.format === 'cprofile') return document;
  // Earlier recordings of the same code rank by a tool that does not distort.
  const isBeside = profiler.chosenFunctions === true && document.content !== null;
  return answerFrom(context, made, isBeside ? [] : [name]);
}

/** Ends with what `strop top` says of recordings that were just made; without names of all that it would take. */
async function answerFrom(
  context: Context,
  { document }: Kept,
  profiles: readonly string[],
): Promise<ProfileDocument> {
  const loaded = await loadRecordings(context, { profiles, workload: document.workload ?? undefined });
  // These are the newest, and what follows them is pooled, where it can be told that the code is the same.
  const kept = { ...loaded, named: [], repeats: document.content !== null };
  return { ...document, answer: await answerRecordings(context, kept, { most: 10 }) };
}

async function keepProfile(
  context: Context,
  subject: Subject,
  plan: RecordingPlan,
  input: ProfileInput,
  doubts: readonly Doubt[] = [],
): Promise<Kept> {
  const { host } = context;
  const { opened, side, workload, state } = subject;
  const made = await recordBest(context, plan, (request) => recordWorkload(context, subject, plan, request));
  const recorded = {
    ...made.file,
    doubts: [...doubts, ...made.file.doubts, ...(await findUnbuilt(host, opened))],
    workload: workload.id,
    command: workload.kind === 'command' ? workload.argv : null,
    profiler: made.candidate.profiler,
    question: plan.question,
    why: made.candidate.why,
    toolVersion: made.toolVersion,
    rateHz: made.rateHz,
  };
  const document = await describeRecorded(host, opened, side, state, recorded, input);
  if (recorded.profiler.chosenFunctions === true && document.total === 0)
    throw nothingRan(recorded.profiler.title, workload.id);
  const kept = await openHistory(host, opened.project.root).profiles.save(document);
  return { document: kept.document, name: kept.name, profiler: recorded.profiler };
}

function nothingRan(title: string, workload: string): StropError {
  return new StropError({
    code: 'tool-failed',
    problem: `${title} saw not a line of the functions that it was told of`,
    where: workload,
    remedy:
      'Name functions that run in this process (--lines --function module:function), or let a sampler find the lines: --tool py-spy.',
  });
}
