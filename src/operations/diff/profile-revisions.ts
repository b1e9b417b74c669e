import { StropError, formatNumberOf } from '#base';
import type { Doubt } from '#base';
import type { WorkerSettings } from '#measuring';
import { parseDuration } from '#project';
import { parseRevisions } from '#revisions';
import type { Side } from '#revisions';
import { openHistory } from '#store';
import type { ComparisonDocument } from '#store';
import type { Workload } from '#workloads';
import { revisionOf } from '../comparison.ts';
import { openProject } from '../opened-project.ts';
import type { OpenedProject } from '../opened-project.ts';
import type { Context } from '../operation.ts';
import { describeRecorded } from '../profile-document.ts';
import { decideTool, recordBest, secondsOf } from '../recording.ts';
import type { Recording, RecordingPlan } from '../recording.ts';
import { withSides } from '../working-sides.ts';
import { chooseOneWorkload, recordWorkload } from '../workload-recording.ts';
import { proofOf } from './proof.ts';
import type { DiffInput } from './schema.ts';

/** A revision with the names of its kept profiles. */
export interface ProfiledRevision {
  readonly revision: ComparisonDocument['a'];
  readonly names: readonly string[];
}

/** Both revisions, profiled. */
export interface ProfiledRevisions {
  readonly a: ProfiledRevision;
  readonly b: ProfiledRevision;
  readonly workload: string;
  readonly why: string;
  /** See `proofOf`. */
  readonly proof: string;
  readonly doubts: readonly Doubt[];
}

const ROUNDS = 4;
/** Several short recordings show how runs differ, which one long one hides. */
const SECONDS = 1;
const TIMEOUT_NS = 600e9;

/**
 * Profiles two revisions with one tool, in turns (A B B A …) so that a machine that gets slower or faster does so for
 * both, and keeps every recording with the content that ran. Errors: those of preparing, of profiling, and `bad-request`.
 */
export async function profileRevisions(
  context: Context,
  input: DiffInput,
  revisions: string | undefined,
): Promise<ProfiledRevisions> {
  const { host } = context;
  const requests = parseRevisions(revisions);
  const timeoutMs = timeoutOf(input.timeout) / 1e6;
  const seconds = secondsOf(input.duration);
  const opened = await openProject(context, input.python);
  const { settings, interpreter } = opened;
  return withSides(context, opened, requests, async (run, prepared) => {
    const sides = { a: prepared.a, b: prepared.b };
    const worker: WorkerSettings = { runFolder: run.folder, timeoutMs };
    const selection = { host, sides, worker, interpreter, settings };
    const { workload, doubts } = await chooseOneWorkload(selection, input, 'strop diff --workload');
    const asked: RecordingPlan = {
      question: input.about === 'time' ? 'cpu' : 'memory',
      tool: input.tool,
      seconds: seconds ?? (workload.kind === 'command' ? undefined : SECONDS),
      rateHz: input.rate,
      native: false,
      deep: false,
      functions: [],
      yes: input.yes,
      benchmark: workload.kind === 'pytest' && interpreter.tools['pytest_benchmark'] !== undefined,
      project: sides.a.project,
      runFolder: run.folder,
      interpreter,
    };
    const decided = await decideTool(context, asked);
    refuseTool(decided.candidates[0]?.profiler, asked.question);
    const plan = { ...asked, decided };
    const made = await recordInTurns(context, { sides, worker, workload }, plan, input.rounds ?? ROUNDS);
    const why = made.a[0]?.candidate.why ?? '';
    const keep = (side: Side, recordings: readonly Recording[]): Promise<ProfiledRevision> =>
      keepAll(context, opened, side, workload, plan, recordings);
    // The newest profiles answer `strop top` without a name: those should be of the newer side.
    const a = await keep(sides.a, made.a);
    const b = await keep(sides.b, made.b);
    return {
      ...{ a, b, why },
      workload: workload.id,
      proof: proofOf(input, workload),
      doubts: [...doubts, ...made.doubts, ...prepared.doubts, ...interpreter.doubts, ...busyDoubts(context)],
    };
  });
}

function busyDoubts({ host: { machine } }: Context): readonly Doubt[] {
  const load = machine.load();
  if (load === undefined || load <= machine.cores) return [];
  return [
    {
      code: 'busy-machine',
      text: `The load average is ${load.toFixed(1)} on ${formatNumberOf(machine.cores, 'core')}: intervals are the wider for it; more --rounds make them narrower.`,
    },
  ];
}

function timeoutOf(text: string | undefined): number {
  const parsed = text === undefined ? TIMEOUT_NS : parseDuration(text);
  if (parsed !== undefined && parsed > 0) return parsed;
  throw new StropError({
    code: 'bad-request',
    problem: `'${text ?? ''}' is no duration`,
    where: '--timeout',
    remedy: 'Write it like 30s or 2m.',
  });
}

/** What no difference could be read from is refused before anything runs. */
function refuseTool(
  profiler: Recording['candidate']['profiler'] | undefined,
  question: RecordingPlan['question'],
): void {
  if (profiler === undefined) return;
  const { title, answers, chosenFunctions } = profiler;
  const refuse = (problem: string, remedy: string): StropError =>
    new StropError({ code: 'bad-request', problem, where: '--tool', remedy });
  if (chosenFunctions === true)
    throw refuse(`${title} sees only functions that it is told of`, 'Leave --tool away.');
  if (question === 'memory' && answers.memory === undefined)
    throw refuse(`${title} knows nothing of memory`, 'Leave --tool or --memory away.');
  if (question === 'cpu' && answers.memory !== undefined && answers.cpu === undefined)
    throw refuse(`${title} measures memory, not time`, 'Add --memory, or leave --tool away.');
}

/** What is recorded on both sides. */
interface Subject {
  readonly sides: { readonly a: Side; readonly b: Side };
  readonly worker: WorkerSettings;
  readonly workload: Workload;
}

interface Turns {
  readonly a: readonly Recording[];
  readonly b: readonly Recording[];
  readonly doubts: readonly Doubt[];
}

async function recordInTurns(
  context: Context,
  { sides, worker, workload }: Subject,
  plan: RecordingPlan,
  rounds: number,
): Promise<Turns> {
  const made = { a: [] as Recording[], b: [] as Recording[] };
  const doubts: Doubt[] = [];
  // Which tool and why is said once; then only what differs.
  const quiet: Context = { ...context, progress: () => undefined };
  let tool: RecordingPlan['decided'] = plan.decided;
  for (let round = 0; round < rounds; round += 1) {
    for (const name of round % 2 === 0 ? (['a', 'b'] as const) : (['b', 'a'] as const)) {
      context.signal.throwIfAborted();
      const side = sides[name];
      const isFirst = made.a.length === 0;
      if (!isFirst || name === 'b') {
        const text = `recording ${side.revision.name}, ${String(round + 1)} of ${String(rounds)}`;
        context.progress({ kind: 'step', text });
      }
      const ofSide: RecordingPlan = {
        ...plan,
        comparable: true,
        ...(tool === undefined ? {} : { decided: tool }),
        project: side.project,
        interpreter: { ...plan.interpreter, executable: side.python },
      };
      const recorded = await recordBest(isFirst ? context : quiet, ofSide, (request) =>
        recordWorkload(isFirst ? context : quiet, { side, worker, workload }, ofSide, request),
      );
      made[name].push(recorded);
      doubts.push(...recorded.file.doubts);
      // Two tools would differ by more than two revisions.
      tool = { candidates: [recorded.candidate], doubts: [] };
    }
  }
  return { ...made, doubts };
}

async function keepAll(
  context: Context,
  opened: OpenedProject,
  side: Side,
  workload: Workload,
  plan: RecordingPlan,
  recordings: readonly Recording[],
): Promise<ProfiledRevision> {
  const { host } = context;
  const revision = revisionOf(side);
  const state = { name: revision.revision, commit: revision.commit, content: revision.content };
  const names: string[] = [];
  for (const { file, candidate, toolVersion, rateHz } of recordings) {
    const recorded = {
      ...file,
      workload: workload.id,
      command: workload.kind === 'command' ? workload.argv : null,
      profiler: candidate.profiler,
      question: plan.question,
      why: candidate.why,
      ...{ toolVersion, rateHz },
    };
    const choice = { top: 15, sort: 'own' as const };
    const document = await describeRecorded(host, opened, side, state, recorded, choice);
    const kept = await openHistory(host, opened.project.root).profiles.save(document);
    names.push(kept.name);
  }
  return { revision, names };
}
