import { StropError } from '#base';
import type { Doubt } from '#base';
import type { Host } from '#host';
import { profilers } from '#profilers';
import { classifyFrames, kindOf, knowsOf, toolOf } from '#profiles';
import type { Profile, Question, Recording, Roots } from '#profiles';
import { findProject } from '#project';
import type { ProjectRoot } from '#project';
import { readProfile } from '#readers';
import { openHistory } from '#store';
import type { ProfileDocument } from '#store';
import { answeredBy, meaningOf } from './asked-question.ts';
import { makeReadable } from './memray-recording.ts';
import type { Context } from './operation.ts';
import { compareWithNow } from './recorded-state.ts';
import type { RecordedText } from './recorded-state.ts';

/** Which recordings are asked about. */
export interface RecordingChoice {
  /** Files, or names of kept profiles; empty for the newest kept ones. */
  readonly profiles: readonly string[];
  /** Only kept profiles of this workload. */
  readonly workload?: string | undefined;
  /** Of the kept profiles the newest that know of each of these; by default the newest of all. */
  readonly about?: readonly Question[] | undefined;
}

/** Recordings that are to be answered from, ready for the module profiles. */
export interface Loaded {
  readonly recordings: readonly Recording[];
  /** Absolute folder that shown paths are relative to. */
  readonly root: string;
  readonly workload: string | null;
  /** Hash of the commit that ran, for kept profiles. */
  readonly commit: string | null;
  /** What the kept recordings mean, see `meaningOf`; null for files, and where they mean several things. */
  readonly asked: string | null;
  /** What such recordings are asked about; undefined where they themselves say it. */
  readonly question: Question | undefined;
  /** What was named, and has to be named again for the same answer. */
  readonly named: readonly string[];
  /** Whether a further recording of the same work is taken together with these. */
  readonly repeats: boolean;
  /** Where the lines are that the costs belong to. */
  readonly text: RecordedText;
  readonly doubts: readonly Doubt[];
}

/** Kept profiles that are pooled at most: older ones are of other hours of the machine. */
const MOST_POOLED = 12;
/** Kept profiles that are looked at for them. */
const MOST_LOOKED_AT = 60;

/**
 * Reads recordings from files, or the newest that the history keeps: all of the same workload, content and meaning, which
 * are the same work. Errors: `bad-request` for a missing file or an empty history, those of `readProfile`.
 */
export async function loadRecordings(context: Context, choice: RecordingChoice): Promise<Loaded> {
  const { host } = context;
  const project = await findRoot(host);
  const root = project?.root ?? host.cwd;
  if (choice.profiles.length === 0) return loadNewest(host, project, choice);
  const recordings: Recording[] = [];
  const documents: ProfileDocument[] = [];
  for (const name of choice.profiles) {
    const document = await findKept(host, project, name);
    if (document !== undefined) documents.push(document);
    recordings.push(
      document === undefined
        ? await readRecording(context, root, name)
        : await readKept(host, root, name, document),
    );
  }
  return {
    ...(await describeLoaded(host, project, documents, recordings)),
    named: choice.profiles,
    repeats: false,
  };
}

async function describeLoaded(
  host: Host,
  project: ProjectRoot | undefined,
  documents: readonly ProfileDocument[],
  recordings: readonly Recording[],
): Promise<Omit<Loaded, 'named' | 'repeats'>> {
  const [first] = documents;
  const meanings = new Set(documents.map(meaningOf));
  const questions = new Set([...meanings].map(answeredBy));
  const isOne = documents.length === recordings.length;
  return {
    recordings,
    root: project?.root ?? host.cwd,
    workload: first?.workload ?? null,
    commit: first?.commit ?? null,
    asked: isOne && meanings.size === 1 ? ([...meanings][0] ?? null) : null,
    question: isOne && questions.size === 1 ? [...questions][0] : undefined,
    ...(await compareWithNow(host, project, first)),
  };
}

async function findRoot(host: Host): Promise<ProjectRoot | undefined> {
  try {
    return await findProject(host, host.cwd);
  } catch (error) {
    // A file can be read anywhere; only whose code a line is needs the project.
    if (error instanceof StropError) return undefined;
    throw error;
  }
}

async function loadNewest(
  host: Host,
  project: ProjectRoot | undefined,
  { workload, about = [] }: RecordingChoice,
): Promise<Loaded> {
  const root = project?.root ?? host.cwd;
  const kept = project === undefined ? [] : await listKept(host, project.root, workload, about);
  const [newest] = kept;
  if (newest === undefined) {
    throw new StropError({
      code: 'bad-request',
      problem:
        workload === undefined
          ? 'no profile of this project is kept'
          : 'no profile of this workload is kept with its recording',
      ...(workload === undefined ? {} : { where: workload }),
      remedy: 'Make one with `strop profile`, or name the file of a profiler.',
    });
  }
  const documents = kept.map(({ document }) => document);
  const recordings: Recording[] = [];
  for (const { name, document } of kept) recordings.push(await readKept(host, root, name, document));
  return {
    ...(await describeLoaded(host, project, documents, recordings)),
    named: [],
    repeats: newest.document.content !== null,
  };
}

interface KeptProfile {
  readonly name: string;
  readonly document: ProfileDocument;
}

/**
 * The newest with a recording, and older ones of the same work and meaning, newest first; for several questions those of each
 * that are of the same work as the newest.
 */
async function listKept(
  host: Host,
  root: string,
  workload: string | undefined,
  about: readonly Question[],
): Promise<readonly KeptProfile[]> {
  const groups: (readonly KeptProfile[])[] = [];
  const all = await listRecorded(host, root, workload);
  for (const question of about.length === 0 ? [undefined] : about) {
    const newest = await findNewest(host, root, all, question, about.length > 1 ? all[0] : undefined);
    if (newest !== undefined) groups.push(poolWith(newest, all));
  }
  // What nobody recorded is said by whoever answers.
  if (groups.length === 0) return all[0] === undefined ? [] : poolWith(all[0], all);
  return [...new Set(groups.flat())].sort((a, b) => (a.name < b.name ? 1 : -1));
}

/** All that have their recording, newest first. */
async function listRecorded(
  host: Host,
  root: string,
  workload: string | undefined,
): Promise<readonly KeptProfile[]> {
  const { profiles } = openHistory(host, root);
  const names = [...(await profiles.names())].reverse();
  const found: KeptProfile[] = [];
  for (const name of names.slice(0, MOST_LOOKED_AT)) {
    const document = await profiles.get(name);
    if (document === undefined || (workload !== undefined && document.workload !== workload)) continue;
    if (await hasRecording(host, document)) found.push({ name, document });
  }
  return found;
}

async function findNewest(
  host: Host,
  root: string,
  all: readonly KeptProfile[],
  question: Question | undefined,
  same: KeptProfile | undefined,
): Promise<KeptProfile | undefined> {
  for (const one of all) {
    if (same !== undefined && one !== same && !isSameWork(same.document, one.document)) continue;
    if (question === undefined) return one;
    const { profile } = await readKept(host, root, one.name, one.document);
    if (knowsOf(profile, question)) return one;
  }
  return undefined;
}

function poolWith(newest: KeptProfile, all: readonly KeptProfile[]): readonly KeptProfile[] {
  const meaning = meaningOf(newest.document);
  return all
    .filter(
      (one) =>
        one === newest ||
        (one.name < newest.name &&
          isSameWork(newest.document, one.document) &&
          meaningOf(one.document) === meaning),
    )
    .slice(0, MOST_POOLED);
}

/** Of files that nobody could read or compare it is unknown whether older profiles ran the same ones. */
function isSameWork(one: ProfileDocument, other: ProfileDocument): boolean {
  return one.workload === other.workload && one.content !== null && one.content === other.content;
}

async function hasRecording(host: Host, { recording }: ProfileDocument): Promise<boolean> {
  return typeof recording === 'string' && (await host.files.kind(recording)) === 'file';
}

/**
 * The file of a kept profile's recording, by the beginning of its name or as `newest`; undefined where no such profile is kept
 * with its recording.
 */
export async function findKeptRecording(host: Host, name: string): Promise<string | undefined> {
  const document = await findKept(host, await findRoot(host), name);
  const recording = document?.recording;
  return document !== undefined && typeof recording === 'string' && (await hasRecording(host, document))
    ? recording
    : undefined;
}

/** The newest kept profile, by this name. */
const NEWEST = 'newest';

/** A kept profile by its name, where that is no file. */
async function findKept(
  host: Host,
  project: ProjectRoot | undefined,
  name: string,
): Promise<ProfileDocument | undefined> {
  if (project === undefined || /[\\/]/.test(name)) return undefined;
  if ((await host.files.kind(absolute(host, name))) !== undefined) return undefined;
  const { profiles } = openHistory(host, project.root);
  const all = await profiles.names();
  const names = name === NEWEST ? all.slice(-1) : all.filter((one) => one.startsWith(name));
  const [found] = names;
  return found !== undefined && names.length === 1 ? profiles.get(found) : undefined;
}

async function readKept(
  host: Host,
  root: string,
  name: string,
  document: ProfileDocument,
): Promise<Recording> {
  const { recording, roots, tool, loops, cpuSeconds } = document;
  if (typeof recording !== 'string' || !(await hasRecording(host, document))) {
    throw new StropError({
      code: 'bad-request',
      problem: 'the recording of this profile is no longer kept',
      where: name,
      remedy: 'Profile again: only the newest recordings of a project stay.',
    });
  }
  const bytes = await readBytes(host, recording);
  const places = roots ?? { project: [root], stdlib: [], dependencies: [] };
  const { profile, harness } = classify(host, readProfile(bytes, recording), places, tool);
  return {
    profile,
    harness,
    roots: places,
    tool,
    kind: kindOf(profile, tool),
    name,
    ...askedOf(document),
    ...(loops === null ? {} : { loops }),
    ...(typeof cpuSeconds === 'number' ? { cpuNs: cpuSeconds * 1e9 } : {}),
  };
}

/** Files that others made can only be taken for plain time or memory, as most kept recordings are. */
function askedOf(document: ProfileDocument): Pick<Recording, 'asked'> {
  const asked = meaningOf(document);
  return asked === 'cpu' || asked === 'memory' ? {} : { asked };
}

/** A file that somebody else made, perhaps at another place. */
async function readRecording(context: Context, root: string, name: string): Promise<Recording> {
  const { host } = context;
  const path = absolute(host, name);
  const bytes = await readBytes(host, path, name);
  const known = await makeReadable(context, { bytes, name, path }, { yes: false });
  const read = readProfile(known.bytes, known.name);
  const moved = await findMoved(host, root, read);
  const real = (await host.files.real(root)) ?? root;
  const project = [...new Set([root, real, ...moved])];
  const roots = { project, stdlib: [], dependencies: [] };
  const { profile, harness } = classify(host, read, roots);
  return { profile, harness, roots, tool: toolOf(profile), kind: kindOf(profile), name };
}

function classify(
  host: Host,
  profile: Profile,
  roots: Roots,
  tool?: string,
): Required<Pick<Recording, 'profile' | 'harness'>> {
  const setting = { roots, shimFolder: host.folders.shims };
  const known =
    profilers.find((one) => one.tool === tool) ?? profilers.find((one) => one.format === profile.format);
  if (known !== undefined) {
    const { profile: cleaned, removed } = known.clean(profile, setting);
    return { profile: cleaned, harness: removed.self };
  }
  const dependencies = [...roots.dependencies, host.folders.shims];
  return { profile: classifyFrames(profile, { ...roots, dependencies }), harness: [] };
}

/** Paths that are tried at most, to find where the project lay when it was recorded. */
const MOST_TRIED = 40;

/**
 * The folder in which the project lay, where a recording was made in another one (a container, another checkout): the
 * files of the recording and of the project end alike. Empty when the recording was made here, or nothing ends alike.
 */
async function findMoved(host: Host, root: string, profile: Profile): Promise<readonly string[]> {
  const files = new Set(profile.frames.flatMap(({ file }) => file ?? []));
  const foreign: string[] = [];
  for (const file of files) {
    const path = file.replaceAll('\\', '/');
    if (path.startsWith(`${root}/`)) return [];
    if (/^(?:\/|[A-Za-z]:\/)/.test(path) && !/\/(?:(?:site|dist)-packages|lib\/python3)/.test(path))
      foreign.push(path);
  }
  const folders = new Set<string>();
  for (const path of foreign.slice(0, MOST_TRIED)) {
    const parts = path.split('/');
    // The longest common end is the most telling one.
    for (let from = 1; from < parts.length; from += 1) {
      if ((await host.files.kind(`${root}/${parts.slice(from).join('/')}`)) !== 'file') continue;
      folders.add(parts.slice(0, from).join('/'));
      break;
    }
  }
  folders.delete('');
  return [...folders];
}

async function readBytes(host: Host, path: string, name = path): Promise<Uint8Array> {
  if ((await host.files.kind(path)) === 'folder') {
    throw new StropError({
      code: 'bad-request',
      problem: 'this is a folder, and no file of a profiler',
      where: name,
      remedy: `Name the files in it: ${name.replace(/[\\/]+$/, '')}/*.`,
    });
  }
  const bytes = await host.files.readBytes(path);
  if (bytes !== undefined) return bytes;
  throw new StropError({
    code: 'bad-request',
    problem: 'this is no file, and no kept profile',
    where: name,
    remedy: 'Name the file of a profiler, or leave it away for the newest profile that strop keeps.',
  });
}

function absolute(host: Host, file: string): string {
  return /^([\\/]|\w:)/.test(file) ? file : `${host.cwd}/${file}`;
}
