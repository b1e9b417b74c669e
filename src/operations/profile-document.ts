import type { Doubt } from '#base';
import type { Host } from '#host';
import { readTreeContent } from '#project';
import type { ProjectRoot } from '#project';
import type { Side } from '#revisions';
import { readProfile } from '#readers';
import { cprofile } from '#profilers';
import type { Profiler } from '#profilers';
import { openHistory } from '#store';
import type { ProfileDocument } from '#store';
import { rootsOfCommand } from './command-roots.ts';
import { doubtResumed, nameFunctions } from './name-functions.ts';
import type { OpenedProject } from './opened-project.ts';
import { summarise } from './profile-summary.ts';
import type { Choice, Recording } from './profile-summary.ts';
import { rootsOf } from './profiled-side.ts';
import { hashFiles } from './recorded-state.ts';

/** Which state of the project ran. */
export interface ProfiledState {
  /** For people: `working tree`. */
  readonly name: string;
  readonly commit: string | null;
  /** See `content` of the document. */
  readonly content: string | null;
}

/** A recording that lies in a file, with what is known about it. */
export interface Recorded extends Pick<Recording, 'loops' | 'wallNs' | 'cpuNs' | 'bareCpuNs'> {
  readonly bytes: Uint8Array;
  /** Name of the file, for messages. */
  readonly path: string;
  readonly workload: string;
  readonly command: readonly string[] | null;
  readonly doubts: readonly Doubt[];
  /** cProfile when absent. */
  readonly profiler?: Profiler;
  readonly question?: string;
  readonly why?: string;
  readonly toolVersion?: string | null;
  readonly rateHz?: number | null;
}

/** Turns what a profiler wrote on a side into the document that is printed and kept. */
export async function describeRecorded(
  host: Host,
  opened: OpenedProject,
  side: Side,
  state: ProfiledState,
  recorded: Recorded,
  choice: Choice,
): Promise<ProfileDocument> {
  const { project, settings, interpreter } = opened;
  const { bytes, path, workload, command, doubts, profiler = cprofile } = recorded;
  const { loops, wallNs, cpuNs, bareCpuNs } = recorded;
  const recording = {
    profiler,
    roots: rootsOfCommand(rootsOf(side, interpreter), command),
    shimFolder: host.folders.shims,
    workload,
    question: recorded.question,
    revision: state.name,
    ...{ loops, wallNs, cpuNs, bareCpuNs },
  };
  const summary = summarise(readProfile(bytes, path), recording, choice);
  const table = await nameFunctions(host, { root: side.project, interpreter, settings }, summary.table);
  const date = host.clock.date();
  const { roots } = recording;
  return {
    ...summary,
    date,
    question: recorded.question ?? null,
    why: recorded.why ?? null,
    toolVersion: recorded.toolVersion ?? null,
    rateHz: recorded.rateHz ?? null,
    cpuSeconds: cpuNs === undefined ? null : cpuNs / 1e9,
    recording: await openHistory(host, project.root).recordings.keep(date, path, bytes),
    roots: {
      project: [...roots.project],
      stdlib: [...roots.stdlib],
      dependencies: [...roots.dependencies],
    },
    project: project.root,
    command: command === null ? null : [...command],
    commit: state.commit,
    content: state.content,
    python: { executable: interpreter.executable, version: interpreter.versionText },
    machine: {
      system: host.machine.system,
      cpu: host.machine.cpuModel,
      cores: host.machine.cores,
      load: host.machine.load() ?? null,
    },
    table: [...table],
    doubts: [...doubts, ...summary.doubts, ...doubtResumed(table)],
  };
}

/** The state of the user's own tree. */
export async function stateInPlace(host: Host, project: ProjectRoot): Promise<ProfiledState> {
  const found = project.gitTop === undefined ? undefined : await readTreeContent(host, project.gitTop);
  // Without git the files themselves tell whether two recordings are of the same code.
  const content = found?.content ?? (await hashFiles(host, project.root)) ?? null;
  return { name: 'working tree', commit: found?.commit ?? null, content };
}
