import { StropError } from '#base';
import type { Doubt } from '#base';
import { openMeasurement, profileOnce } from '#measuring';
import type { WorkerSettings } from '#measuring';
import { cprofile } from '#profilers';
import type { Roots } from '#profiles';
import type { Interpreter, Settings } from '#project';
import { readProfile } from '#readers';
import type { Side } from '#revisions';
import { openHistory } from '#store';
import type { ProfileDocument } from '#store';
import type { CommandWorkload, Workload } from '#workloads';
import { openProject } from '../opened-project.ts';
import type { Context } from '../operation.ts';
import { describeRecorded, stateInPlace } from '../profile-document.ts';
import { summarise } from '../profile-summary.ts';
import { profiledEnvironment, rootsOf, sideInPlace } from '../profiled-side.ts';
import { selectWorkloads } from '../workload-choice.ts';
import { withRun } from '../working-run.ts';
import type { ProfileInput } from './schema.ts';

/** Profiled for about this long: enough to tell rows apart, short enough to wait for. */
const PROFILE_SECONDS = 1;
const MOST_LOOPS = 1_000_000;
const TIMEOUT_MS = 600_000;

/** Answers where the time of a workload goes, by cProfile, and keeps that; or reads a profile that exists already. */
export async function profile(context: Context, input: ProfileInput): Promise<ProfileDocument> {
  const { host } = context;
  if (input.read !== undefined) return readExisting(context, input, input.read);
  const opened = await openProject(context, input.python);
  const { project, settings, interpreter } = opened;
  return withRun(context, async (run) => {
    const side = await sideInPlace(host, opened);
    const worker = { runFolder: run.folder, timeoutMs: TIMEOUT_MS };
    const workload = await chooseWorkload(context, side, settings, interpreter, worker, input);
    context.progress({ kind: 'step', text: `profiling ${workload.id} with cProfile` });
    const path = `${run.folder}/workload.prof`;
    const state = await stateInPlace(host, project);
    const measured =
      workload.kind === 'command'
        ? await profileCommand(context, side, workload, path, run.folder)
        : await profileHeld(context, side, workload, worker, path);
    const bytes = await host.files.readBytes(path);
    if (bytes === undefined) throw withoutProfile(workload);
    const command = workload.kind === 'command' ? workload.argv : null;
    const recorded = { ...measured, bytes, path, workload: workload.id, command, doubts: [] };
    const document = await describeRecorded(host, opened, side, state, recorded, input);
    return (await openHistory(host, project.root).profiles.save(document)).document;
  });
}

interface Measured {
  readonly loops: number | undefined;
  readonly wallNs: number | undefined;
  readonly cpuNs: number | undefined;
  readonly bareCpuNs: number | undefined;
}

async function chooseWorkload(
  context: Context,
  side: Side,
  settings: Settings,
  interpreter: Interpreter,
  worker: WorkerSettings,
  input: ProfileInput,
): Promise<Workload> {
  const { host } = context;
  const wanted = {
    workload: input.workload === undefined ? [] : [input.workload],
    stmt: input.stmt,
    setup: input.setup,
    command: input.command ?? [],
  };
  const sides = { a: side, b: side };
  const found = await selectWorkloads({ host, sides, worker, interpreter, settings }, wanted);
  const [first, ...others] = found.map((each) => each.workload);
  if (first !== undefined && others.length === 0) return first;
  const shown = found.slice(0, 12).map((each) => `  strop profile "${each.workload.id}"`);
  throw new StropError({
    code: 'bad-request',
    problem: `there are ${String(found.length)} workloads to choose from`,
    remedy: 'Name one: a profile of several would mix what belongs apart.',
    detail: shown.join('\n'),
  });
}

/** One undisturbed call tells how much the profiler slows it down; then the profiler runs for a second. */
async function profileHeld(
  context: Context,
  side: Side,
  workload: Exclude<Workload, CommandWorkload>,
  worker: WorkerSettings,
  path: string,
): Promise<Measured> {
  const { host, signal } = context;
  const measurement = await openMeasurement(host, {
    sides: { a: side, b: side },
    workload,
    runFolder: worker.runFolder,
    timeoutMs: worker.timeoutMs,
    budgetNs: 60e9,
    meter: 'cpu',
    signal,
  });
  const bareCpuNs = measurement.plan.iterationNs.b;
  await measurement.close();
  const request = { path, seconds: PROFILE_SECONDS, maxLoops: MOST_LOOPS };
  const { loops, wallNs, cpuNs } = await profileOnce(host, side, worker, workload, request);
  return { loops, wallNs, cpuNs, bareCpuNs };
}

const PYTHON = /(^|[\\/])python[\d.]*(\.exe)?$/;

/** Interpreter options that cProfile's own command line may follow. */
function splitPythonOptions(
  args: readonly string[],
): readonly [options: readonly string[], rest: readonly string[]] {
  let index = 0;
  while (index < args.length && /^-[BEIOPRsSuvx]+$/.test(args[index] ?? '')) index += 1;
  return [args.slice(0, index), args.slice(index)];
}

async function profileCommand(
  context: Context,
  side: Side,
  workload: CommandWorkload,
  path: string,
  runFolder: string,
): Promise<Measured> {
  const { host, signal } = context;
  const [program, ...rest] = workload.argv;
  const args = PYTHON.test(program) ? rest : workload.argv;
  const [options, script] = splitPythonOptions(args);
  const isScript = PYTHON.test(program) || program.endsWith('.py');
  if (!isScript || script[0] === '-c' || script.length === 0) {
    throw new StropError({
      code: 'bad-request',
      problem: 'cProfile can only run a Python script or module',
      where: workload.id,
      remedy: 'Write `-- python script.py …` or `-- python -m module …`; for a statement use --stmt.',
    });
  }
  const result = await host.processes.run({
    argv: [side.python, ...options, '-m', 'cProfile', '-o', path, ...script],
    cwd: side.project,
    env: profiledEnvironment(host, side, `${runFolder}/pycache`),
    timeoutMs: TIMEOUT_MS,
    signal,
    keepBytes: 65_536,
  });
  if (!result.ok) {
    throw new StropError({
      code: result.timedOut ? 'workload-timeout' : 'workload-failed',
      problem: result.timedOut
        ? 'the command was still running after ten minutes and was killed'
        : `the command fails: ${result.startError ?? `exit code ${String(result.exitCode ?? result.signal ?? 'unknown')}`}`,
      where: workload.id,
      remedy: 'Profile a command that ends by itself with exit code 0.',
      detail: result.stderr.trimEnd().split('\n').slice(-25).join('\n'),
    });
  }
  return { loops: 1, wallNs: result.durationNs, cpuNs: undefined, bareCpuNs: undefined };
}

function withoutProfile(workload: Workload): StropError {
  return new StropError({
    code: 'workload-failed',
    problem: 'the run left no profile behind',
    where: workload.id,
    remedy:
      'cProfile writes its file when the program ends normally: it must not end by os._exit or a signal.',
  });
}

/** Nothing is kept of a file that somebody else made: nobody knows what code it speaks of. */
async function readExisting(context: Context, input: ProfileInput, file: string): Promise<ProfileDocument> {
  const { host } = context;
  const path = /^([\\/]|\w:)/.test(file) ? file : `${host.cwd}/${file}`;
  const bytes = await host.files.readBytes(path);
  if (bytes === undefined) {
    throw new StropError({
      code: 'bad-request',
      problem: 'this file does not exist',
      where: file,
      remedy: 'Name a profile file, for example one written by `python -m cProfile -o FILE`.',
    });
  }
  const doubts: Doubt[] = [];
  let roots: Roots = { project: [host.cwd], dependencies: [], stdlib: [] };
  let project: string | null = null;
  try {
    const opened = await openProject(context, input.python);
    roots = rootsOf(await sideInPlace(host, opened), opened.interpreter);
    project = opened.project.root;
  } catch (error) {
    // The file can be read anywhere; only whose code a line is needs the project.
    if (!(error instanceof StropError)) throw error;
    doubts.push({
      code: 'interpreter-guessed',
      text: `Own code is told apart by the current folder only: ${error.message}.`,
    });
  }
  const summary = summarise(
    readProfile(bytes, path),
    {
      profiler: cprofile,
      roots,
      workload: file,
      revision: undefined,
      loops: undefined,
      wallNs: undefined,
      cpuNs: undefined,
      bareCpuNs: undefined,
    },
    input,
  );
  return {
    ...summary,
    date: host.clock.date(),
    project,
    command: null,
    commit: null,
    content: null,
    python: null,
    machine: null,
    doubts: [...summary.doubts, ...doubts],
  };
}
