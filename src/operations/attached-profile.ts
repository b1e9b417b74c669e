import { StropError } from '#base';
import type { Doubt } from '#base';
import { recordProcess } from '#profilers';
import type { Question } from '#profilers';
import { findProject } from '#project';
import { openHistory } from '#store';
import type { ProfileDocument } from '#store';
import { answerRecordings } from './answered.ts';
import { openProcess, sayCommand } from './attached-process.ts';
import type { AttachedProcess } from './attached-process.ts';
import { loadRecordings } from './loaded-recordings.ts';
import type { Context } from './operation.ts';
import { describeRecorded, stateInPlace } from './profile-document.ts';
import type { Choice } from './profile-summary.ts';
import { sideInPlace } from './profiled-side.ts';
import { recordBest } from './recording.ts';
import type { RecordingPlan } from './recording.ts';
import { withRun } from './working-run.ts';

/** What is asked of a process that runs already. */
export interface AttachRequest extends Pick<
  RecordingPlan,
  'tool' | 'outside' | 'seconds' | 'rateHz' | 'native' | 'deep' | 'yes'
> {
  readonly pid: number;
  readonly question: Question;
  readonly python: string | undefined;
}

/** A service does little in a moment, and not in each moment the same. */
const ATTACHED_SECONDS = 10;
/** What only tools that run inside can tell. */
const INSIDE: readonly Question[] = ['memory', 'leaks', 'temporary'];
/** Characters of the command line that are kept. */
const WORDS = 200;

/**
 * Profiles a process that runs already with the best tool that gets into it, keeps the profile and answers from it. The
 * process goes on. Errors: those of `openProcess` and `recordBest`.
 */
export async function profileProcess(
  given: Context,
  request: AttachRequest,
  choice: Choice,
): Promise<ProfileDocument> {
  const attached = await openProcess(given, request.pid, request.python);
  const { process, context, opened } = attached;
  if (process.stopped) throw isStopped(request.pid);
  if (INSIDE.includes(request.question) && !attached.sameInterpreter) throw cannotEnter(attached);
  const { host } = context;
  const seconds = request.seconds ?? ATTACHED_SECONDS;
  return withRun(context, async (run) => {
    const side = await sideInPlace(host, opened);
    const plan: RecordingPlan = {
      ...request,
      seconds,
      functions: [],
      benchmark: false,
      running: true,
      project: side.project,
      runFolder: run.folder,
      interpreter: opened.interpreter,
      version: versionOf(attached),
    };
    const made = await recordBest(context, plan, async (asked) => {
      context.progress({ kind: 'step', text: `looking for ${String(seconds)} s; the process goes on` });
      return recordProcess(host, asked, process.pid);
    });
    const { commit } = await stateInPlace(host, opened.project);
    // Nobody knows what the files held when the process read them.
    const state = { name: 'running process', commit, content: null };
    const recorded = {
      ...made.file,
      doubts: [...attached.doubts, ...made.file.doubts],
      workload: `process ${String(process.pid)}: ${sayCommand(process, WORDS)}`,
      command: process.argv,
      profiler: made.candidate.profiler,
      question: plan.question,
      why: made.candidate.why,
      toolVersion: made.toolVersion,
      rateHz: made.rateHz,
    };
    const described = await describeRecorded(host, opened, side, state, recorded, choice);
    const document = { ...described, doubts: [...described.doubts, ...doubtPlace(attached, described)] };
    const kept = await openHistory(host, opened.project.root).profiles.save(document);
    if (opened.project.root !== (await findProject(host, given.host.cwd)).root) {
      const text = `kept with the project in ${opened.project.root}: \`strop top\` and \`strop view\` find it there`;
      context.progress({ kind: 'step', text });
    }
    const loaded = await loadRecordings(context, { profiles: [kept.name] });
    const answer = await answerRecordings(context, { ...loaded, named: [] }, { most: 10 });
    return { ...kept.document, answer };
  });
}

/** That of the process, where the interpreter is another one. */
function versionOf({ process, sameInterpreter }: AttachedProcess): RecordingPlan['version'] {
  const [, major, minor] = /^(\d+)\.(\d+)/.exec(process.pythonVersion ?? '') ?? [];
  return sameInterpreter || minor === undefined ? undefined : [Number(major), Number(minor), 0];
}

/** Nothing of the project was seen, and the process works elsewhere: that may be why. */
function doubtPlace({ process, opened }: AttachedProcess, profile: ProfileDocument): readonly Doubt[] {
  const { cwd } = process;
  const { root } = opened.project;
  const isElsewhere = cwd !== undefined && cwd !== root && !cwd.startsWith(`${root}/`);
  const isForeign = profile.doubts.some(({ code }) =>
    ['origins-guessed', 'nothing-of-the-project-runs'].includes(code),
  );
  if (!isElsewhere || !isForeign) return [];
  const text = `The process works in ${cwd}, and own code was looked for in ${root}: call strop there if that is its project.`;
  return [{ code: 'origins-guessed', text }];
}

function isStopped(pid: number): StropError {
  return new StropError({
    code: 'bad-request',
    problem: 'the process is stopped (Ctrl-Z or SIGSTOP): it does nothing that could be seen',
    where: `process ${String(pid)}`,
    remedy: `Let it go on with \`kill -CONT ${String(pid)}\`, or ask where it stands: strop dump ${String(pid)}.`,
  });
}

function cannotEnter({ process: { pid, executable, pythonVersion } }: AttachedProcess): StropError {
  const version = pythonVersion === undefined ? '' : ` ${pythonVersion}`;
  return new StropError({
    code: 'bad-request',
    problem: `what looks at memory has to run inside, with the Python${version} of the process, which strop cannot start from here`,
    where: executable ?? `process ${String(pid)}`,
    remedy:
      'Run strop where the process runs (in its container), name an interpreter of the same version with --python, or start the program by strop: strop profile --memory -- COMMAND.',
  });
}
