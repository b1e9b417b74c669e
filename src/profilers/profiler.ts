import type { Doubt } from '#base';
import type { Around } from '#measuring';
import type { Profile, Roots } from '#profiles';
import type { ToolName } from '#tools';

/**
 * What a profiler can answer. `cpu`: where a running program spends its time; `wall`: with waiting; `calls`: how often
 * each function is called; `lines`: the lines of chosen functions; `memory`: what was alive at the peak; `leaks`: what
 * was never freed; `temporary`: what was freed at once; `async`: what tasks wait for; `gil`: who holds the lock; `native`:
 * time inside compiled code; `attach`: a process that runs already; `dump`: where its threads stand now.
 */
export type Question =
  | 'cpu'
  | 'wall'
  | 'calls'
  | 'lines'
  | 'memory'
  | 'leaks'
  | 'temporary'
  | 'async'
  | 'gil'
  | 'native'
  | 'attach'
  | 'dump';

/** How a profiler stands among those that answer one question. */
export interface Standing {
  /** 1 is best. Profilers with the same rank are taken in the order of the list. */
  readonly rank: number;
  /** Why it is taken, one clause behind its name. */
  readonly why: string;
}

/** The interpreter and system that are to be profiled. */
export interface Place {
  readonly platform: NodeJS.Platform;
  readonly version: readonly [major: number, minor: number, micro: number];
  readonly freeThreaded: boolean;
}

/** A function whose lines are wanted: as people name it, or as a profiler saw it. */
export type ChosenFunction =
  | { readonly module: string; readonly qualname: string }
  | { readonly file: string; readonly name: string; readonly line: number | null };

/** What one recording is to be. */
export interface Ask {
  readonly question: Question;
  /** How long a held workload is repeated, or a process watched. */
  readonly seconds: number;
  /** How often a sampler looks. */
  readonly rateHz: number;
  /** Stacks of compiled code, too. */
  readonly native: boolean;
  /** Every detail at any price: small allocations, full stacks. */
  readonly deep: boolean;
  readonly functions: readonly ChosenFunction[];
  /** Absolute folder for what the tool writes: new, and removed afterwards. */
  readonly folder: string;
  /** Absolute folder of the project. */
  readonly project: string;
  /** Python that runs the workload, as far as it is known. */
  readonly version: Place['version'];
  /** The process ran before and goes on afterwards: the recording ends by its time. */
  readonly running?: true;
  /** One thread runs and never waits, so that nobody sleeps who would be woken by being held. */
  readonly alone?: true;
  /** The program is to stand still for each sample, because too many stacks could not be read while it ran. */
  readonly held?: true;
  /** The process was stopped by a signal before, and cannot be held. */
  readonly stopped?: boolean;
  /** Values of variables, too, where the question is `dump`. */
  readonly locals?: boolean;
}

/** Where a tool lies, and with what it runs. */
export interface Kit {
  /** The interpreter of the workload. */
  readonly python: string;
  /** Folder from which the tool is imported, behind the project's own; undefined for the standard library. */
  readonly folder: string | undefined;
  /** Folder of strop's Python shims. */
  readonly shims: string;
  /** A program of the tool by its name: `py-spy`. */
  readonly program: (name: string) => string;
}

/** A command of Python taken apart. */
export interface PythonCommand {
  /** Options of the interpreter itself: `-X`, `-O`. */
  readonly options: readonly string[];
  /** `script.py …` or `-m module …`. */
  readonly target: readonly string[];
}

/** A process to start. */
export interface Launch {
  readonly argv: readonly [string, ...string[]];
  /** Beside the environment of the workload. */
  readonly env?: Readonly<Record<string, string>>;
  /** The file that is there afterwards, absolute; with a slash at its end a folder that holds nothing else. */
  readonly output: string;
  /** What to run when this fails without a reason: a quick look that says why it cannot. */
  readonly probe?: readonly [string, ...string[]];
  /** How a sampler says these things, where it does not say them as py-spy does. */
  readonly says?: SamplerWords;
}

/** What a sampler prints when it has found its way into the process, and when it has not. */
export interface SamplerWords {
  readonly denied?: RegExp;
  readonly gone?: RegExp;
  /** The process is no Python, or none yet. */
  readonly noPython?: RegExp;
  /** The sampler itself is not there. */
  readonly missing?: RegExp;
}

/** How a tool gets into a process that runs already, and out of it again. */
export interface Injection {
  readonly begin: Launch;
  /** To be run when the time is over; its failure means that the tool has ended by itself. */
  readonly end: readonly [string, ...string[]];
  /** What it needs, for the error when it cannot get in. */
  readonly hint: string;
}

/** What a tool printed and left behind, for {@link Profiler.examine}. */
export interface Printed {
  readonly text: string;
  /** Wall time that was recorded, where that is known. */
  readonly wallNs: number | undefined;
  /** Whether strop's worker held the workload, so that `around` decided what was recorded. */
  readonly held: boolean;
  /** What the shim of `around` had to say. */
  readonly notes: Readonly<Record<string, number>>;
}

/**
 * One Python profiler: what it answers, how a workload is run under it, and how to make sense of what it records. A
 * folder each, and its line in the list of `index.ts`.
 *
 * At least one way to run it: `around` is inside of strop's worker, `command` a whole program under the tool, `watch` a
 * process from outside, `inject` one that runs already from inside, `benchmark` by the test runner.
 */
export interface Profiler {
  /** Id, equal to the name of the folder; what `--tool` takes. */
  readonly tool: string;
  readonly title: string;
  /** With how good it is for each question: 1 is best, what is left out is never taken by itself. */
  readonly answers: Readonly<Partial<Record<Question, Standing>>>;
  /** What has to be installed; absent for the standard library and what the project brings itself. */
  readonly needs?: ToolName;
  /** Id of the reader for its output. */
  readonly format: string;
  /** What its numbers get wrong by the way it works, one sentence for people. */
  readonly distortion: string;
  /** What one recorded call costs when it was not measured beside the profile, in ns; 0 for samplers. */
  readonly callCostNs: number;
  /** Whether it has to be told which functions to look at. */
  readonly chosenFunctions?: true;
  /** Why it cannot work there, a clause; undefined when it can. */
  refuses(place: Place): string | undefined;
  around?(ask: Ask): Omit<Around, 'folder'> & { readonly maxLoops?: number };
  command?(ask: Ask, kit: Kit, command: PythonCommand): Launch;
  watch?(ask: Ask, kit: Kit, pid: number): Launch;
  inject?(ask: Ask, kit: Kit, pid: number): Injection;
  /** A command that prints where the threads of a process stand, in a format that a reader knows. */
  dump?(ask: Ask, kit: Kit, pid: number): readonly [string, ...string[]];
  /** One test of pytest-benchmark, by its own means, with so many calls. */
  benchmark?(ask: Ask, kit: Kit, nodeId: string, loops: number): Launch;
  /** Turns what the tool wrote into what the reader reads, where these differ. */
  convert?(ask: Ask, kit: Kit, written: string): Launch;
  /** Doubts that follow from what the tool said; throws a StropError where it recorded nothing. */
  examine?(printed: Printed, ask: Ask): readonly Doubt[];
  /** Classifies the frames and takes strop, the launcher and the profiler itself out. */
  clean(profile: Profile, setting: Setting): Cleaned;
  /** What this cleaned profile itself gives reason to doubt. */
  doubt(profile: Profile): readonly Doubt[];
}

/** Where the profiled Python found its code. */
export interface Setting {
  readonly roots: Roots;
  /** Absolute folder of strop's Python shims; undefined for a file that strop did not make. */
  readonly shimFolder?: string;
}

/** A profile of the workload alone, frames classified, and what was taken out. */
export interface Cleaned {
  readonly profile: Profile;
  readonly removed: {
    readonly functions: number;
    /** Self cost by metric. */
    readonly self: readonly number[];
  };
}
