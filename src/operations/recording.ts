import { StropError } from '#base';
import type { Doubt } from '#base';
import { chooseProfilers, openKit, profilers } from '#profilers';
import type { Ask, Candidate, ChosenFunction, RecordedFile, RecordRequest, Wish } from '#profilers';
import { parseDuration } from '#project';
import type { Interpreter } from '#project';
import type { Context } from './operation.ts';
import { requireTool } from './tool-consent.ts';

/** How a profile is to be made. */
export interface RecordingPlan extends Wish {
  /** See `Ask`. */
  readonly seconds: number | undefined;
  readonly rateHz: number | undefined;
  /** Recordings are held against each other: none may hold the program when others do not. */
  readonly comparable?: true;
  readonly native: boolean;
  readonly deep: boolean;
  readonly functions: readonly ChosenFunction[];
  /** The user agreed beforehand to install what is needed. */
  readonly yes: boolean;
  /** Only tools that are there already, and no question. */
  readonly onlyInstalled?: boolean;
  /** Answer of {@link decideTool}, so that nobody is asked twice. */
  readonly decided?: Decided;
  readonly project: string;
  /** Of the run; each recording gets a folder of its own in it. */
  readonly runFolder: string;
  readonly interpreter: Interpreter;
  /** Of the Python that runs the workload, where that is not the interpreter. */
  readonly version?: Ask['version'] | undefined;
}

/** A recording with the tool that made it. */
export interface Recording {
  readonly file: RecordedFile;
  readonly candidate: Candidate;
  /** Release of the tool; null for the standard library and tools of the project. */
  readonly toolVersion: string | null;
  readonly rateHz: number | null;
}

/** A sampler sees enough in so many seconds at its rate to tell 50 % to ±4 points; a tracer sees every call anyway. */
const SAMPLED_SECONDS = 2;
const TRACED_SECONDS = 1;
const RATE_HZ = 250;

/** What lets the next best tool try, as long as the user named none. */
const LETS_OTHERS_TRY: readonly string[] = ['tool-missing', 'no-permission', 'environment-failed'];

/** Tools that may be tried, best first, and what better ones lacked. */
export interface Decided {
  readonly candidates: readonly Candidate[];
  readonly doubts: readonly Doubt[];
}

function listCandidates(context: Context, plan: RecordingPlan): Decided {
  if (plan.decided !== undefined) return plan.decided;
  const { interpreter } = plan;
  const place = {
    platform: context.host.platform,
    version: interpreter.version,
    freeThreaded: interpreter.freeThreaded,
  };
  const { candidates, refused } = chooseProfilers(profilers, plan, place);
  return { candidates, doubts: refused.map((reason) => secondBest(`${reason}.`)) };
}

/** Goes from the best to the next as long as what is lacking lets others try; throws what the best one lacked. */
async function tryEach<T>(
  { candidates, doubts }: Decided,
  attempt: (candidate: Candidate, doubts: readonly Doubt[], index: number) => Promise<T>,
): Promise<T> {
  const lacking = [...doubts];
  let first: StropError | undefined;
  for (const [index, candidate] of candidates.entries()) {
    try {
      return await attempt(candidate, lacking, index);
    } catch (error) {
      if (!(error instanceof StropError) || !LETS_OTHERS_TRY.includes(error.code)) throw error;
      first ??= error;
      lacking.push(secondBest(sayLacking(candidate, error)));
    }
  }
  throw first ?? new Error('there is no candidate');
}

/** Chooses the tool, and asks for what is not installed, before anything is run. Throws as {@link recordBest}. */
export function decideTool(context: Context, plan: RecordingPlan): Promise<Decided> {
  const list = listCandidates(context, plan);
  return tryEach(list, async ({ profiler }, doubts, index) => {
    if (profiler.needs !== undefined) await requireTool(context, profiler.needs, plan.interpreter, plan.yes);
    return { candidates: list.candidates.slice(index), doubts };
  });
}

/**
 * Records with the best tool that is there or may be installed and is let look; what the better ones lacked is a doubt.
 * Throws what the best one lacked when there is none left, and what goes wrong with the workload at once.
 */
export function recordBest(
  context: Context,
  plan: RecordingPlan,
  record: (request: RecordRequest) => Promise<RecordedFile>,
): Promise<Recording> {
  return tryEach(listCandidates(context, plan), async (candidate, doubts) => {
    const made = await recordWith(context, plan, candidate, record);
    return { ...made, file: { ...made.file, doubts: [...doubts, ...made.file.doubts] } };
  });
}

function sayLacking({ profiler, why }: Candidate, { code, facts }: StropError): string {
  const { title, needs } = profiler;
  if (code === 'tool-missing' && needs !== undefined) {
    return (
      `${title} would answer better (${why}), but is not installed: give --yes, or run ` +
      `\`strop tools install ${needs}\`; your project stays as it is.`
    );
  }
  return `${title} would answer better (${why}), but ${lower(facts.problem)}. ${facts.remedy}`;
}

function secondBest(text: string): Doubt {
  return { code: 'second-best-tool', text };
}

function lower(text: string): string {
  return /^[A-Z][a-z]/.test(text) && !/^(?:Linux|Windows|Python)/.test(text)
    ? text.charAt(0).toLowerCase() + text.slice(1)
    : text;
}

async function recordWith(
  context: Context,
  plan: RecordingPlan,
  candidate: Candidate,
  record: (request: RecordRequest) => Promise<RecordedFile>,
): Promise<Recording> {
  const { host } = context;
  const { profiler } = candidate;
  const { interpreter } = plan;
  const quiet = plan.onlyInstalled === true;
  const tool =
    profiler.needs === undefined
      ? undefined
      : await requireTool(quiet ? mute(context) : context, profiler.needs, interpreter, plan.yes && !quiet);
  const kit = await openKit(host, interpreter.executable, tool);
  const samples = profiler.watch !== undefined;
  const rateHz = plan.rateHz ?? RATE_HZ;
  const ask: Ask = {
    question: plan.question,
    seconds: plan.seconds ?? (samples ? SAMPLED_SECONDS : TRACED_SECONDS),
    rateHz,
    native: plan.native,
    deep: plan.deep,
    functions: plan.functions,
    folder: `${plan.runFolder}/recording-${host.random.token(4)}`,
    project: plan.project,
    version: plan.version ?? interpreter.version,
    ...(plan.running === true ? { running: true } : {}),
  };
  await host.files.makeFolder(ask.folder);
  context.progress({ kind: 'step', text: `profiling with ${profiler.title}: ${candidate.why}` });
  const file = await record({ profiler, kit, ask, signal: context.signal });
  return {
    file,
    candidate,
    toolVersion: tool?.version ?? null,
    rateHz: samples ? (file.rateHz ?? rateHz) : null,
  };
}

/** Nobody is asked on the way to an answer to something else. */
function mute({ host, signal, progress }: Context): Context {
  return { host, signal, progress };
}

/** `5s`, `500ms`, `2m` in seconds. Throws `bad-request`. */
export function secondsOf(duration: string | undefined): number | undefined {
  if (duration === undefined) return undefined;
  const ns = parseDuration(duration);
  if (ns !== undefined && ns > 0) return ns / 1e9;
  throw new StropError({
    code: 'bad-request',
    problem: `'${duration}' is no duration`,
    where: '--duration',
    remedy: 'Write it like 5s, 500ms or 2m.',
  });
}
