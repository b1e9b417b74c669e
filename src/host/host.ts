import type { Doubt } from '#base';

/**
 * The whole world as strop sees it. Everything that touches files, processes, time or chance goes through here,
 * so that a test can replace the world by a scripted one.
 */
export interface Host {
  readonly platform: NodeJS.Platform;
  /** The user's environment variables at start. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The folder in which strop was called. */
  readonly cwd: string;
  readonly files: Files;
  readonly processes: Processes;
  readonly clock: Clock;
  readonly random: Random;
  readonly machine: Machine;
  readonly folders: Folders;
  readonly pages: Pages;
}

/** Where strop keeps its own things, all outside the user's project, and where the user is at home. */
export interface Folders {
  /** The user's home: `HOME` or `USERPROFILE` of the environment, else that of the account. */
  readonly home: string;
  /** The Python shims, as shipped with the package. */
  readonly shims: string;
  /** The skill for coding agents, `SKILL.md` and what it refers to, as shipped with the package. */
  readonly skill: string;
  /** The release files of speedscope, the viewer for profiles, as shipped with the package. */
  readonly speedscope: string;
  /** What may be deleted at any time: environments made for a side. `STROP_HOME/cache` or the platform's cache folder. */
  readonly cache: string;
  /** What is kept: history and raw samples. `STROP_HOME/data` or the platform's data folder. */
  readonly data: string;
  /** Checkouts of running comparisons; each has an owner and is removed by the next start when the owner is gone. */
  readonly runs: string;
}

/** One entry of a folder. */
export interface Entry {
  readonly name: string;
  readonly kind: 'file' | 'folder' | 'link' | 'other';
}

/** Files by absolute path. A missing file is `undefined` or `false`; every other trouble is a StropError `disk`. */
export interface Files {
  readText(path: string): Promise<string | undefined>;
  readBytes(path: string): Promise<Uint8Array | undefined>;
  /**
   * Writes through a temporary file in the same folder and a rename, so that a reader never sees half a file; makes
   * parent folders, keeps the mode of the former file, writes to the target of a symbolic link.
   */
  writeAtomically(path: string, content: string | Uint8Array): Promise<void>;
  /** Creates the whole file at once, with parent folders, or answers false and leaves everything when the path exists. */
  create(path: string, content: string): Promise<boolean>;
  kind(path: string): Promise<Entry['kind'] | undefined>;
  /** What a symbolic link says, whether or not that exists; undefined when the path does not exist. */
  readLink(path: string): Promise<string | undefined>;
  /** Sorted by name; empty when the folder does not exist. */
  list(folder: string): Promise<readonly Entry[]>;
  makeFolder(path: string): Promise<void>;
  /**
   * Copies one file or symbolic link with its mode, by reflink where the file system can; makes parent folders, and
   * replaces a file or link at the target (never writes through a link).
   */
  copy(from: string, to: string): Promise<void>;
  /**
   * Moves a file or a whole tree within one file system by a single rename, with parent folders made: nobody ever sees
   * half of it. Answers false and moves nothing when something that is not an empty folder is at the target.
   */
  move(from: string, to: string): Promise<boolean>;
  /** Removes a file or a whole tree; a missing path is fine. */
  remove(path: string): Promise<void>;
  /** The path with every symbolic link resolved, or undefined when it does not exist. */
  real(path: string): Promise<string | undefined>;
  /** Free bytes on the file system of an existing path, or undefined where it cannot be told. */
  freeBytes(path: string): Promise<number | undefined>;
}

/** A child process to run to its end. */
export interface Command {
  readonly argv: readonly [string, ...string[]];
  readonly cwd?: string;
  /** The complete environment of the child; the user's own when absent. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly stdin?: string | Uint8Array;
  /** It reads what strop itself was given on stdin; without either its stdin is empty. */
  readonly inheritsInput?: boolean;
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
  /**
   * The child goes on when strop dies, and carries no mark: only for what takes a moment and would do harm half done.
   * A timeout and an abort still end it.
   */
  readonly outlives?: boolean;
  /** Bytes of stdout and of stderr to keep each (default 16 MiB); what comes after is dropped and `truncated` is set. */
  readonly keepBytes?: number;
}

/** How a child ended: one shape for success and every failure, the reasons as fields. */
export interface ChildResult {
  /** True when it started, was not stopped by us and exited with 0. */
  readonly ok: boolean;
  readonly exitCode: number | undefined;
  readonly signal: string | undefined;
  readonly stdout: string;
  readonly stderr: string;
  readonly timedOut: boolean;
  readonly aborted: boolean;
  readonly truncated: boolean;
  /** Why the program could not be started (`ENOENT`, `EACCES` …). */
  readonly startError: string | undefined;
  readonly durationNs: number;
}

/** A worker to talk to: as {@link Command}, and descriptor 3 of the child is a socket to strop. */
export interface WorkerCommand {
  readonly argv: readonly [string, ...string[]];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** See {@link Command}. */
  readonly inheritsInput?: boolean;
}

/** What a worker said, or how it ended instead: `ended` comes after its last line, and again when asked again. */
export type Reply =
  | { readonly kind: 'line'; readonly line: string; readonly arrivedNs: number }
  | {
      readonly kind: 'ended';
      readonly exitCode: number | undefined;
      readonly signal: string | undefined;
      /** Why it could not start (`ENOENT` …), or what it said that made strop end it. */
      readonly problem?: string;
    }
  | { readonly kind: 'timeout' };

/**
 * A running child that answers line by line on descriptor 3. stdout and stderr of the child are only kept (the last
 * 64 KiB of each), never parsed.
 */
export interface Worker {
  readonly pid: number | undefined;
  send(line: string): void;
  /** The next line, in order. After `timeout` the worker still runs: kill it. */
  receive(timeoutMs: number): Promise<Reply>;
  /** Lines that arrived and were not received yet: a worker that speaks unasked is not to be trusted. */
  unread(): number;
  /** The tail of stdout and stderr, for error messages. */
  output(): string;
  /**
   * Kills the whole process group and, on Linux, everything else that the child left behind in a group of its own;
   * resolves when they are gone. To be called for each worker, also for one that ended: its end alone only takes its
   * process group with it.
   */
  kill(): Promise<void>;
}

/**
 * Child processes. Each runs in a process group of its own, and none survives strop, however strop ends, except where a
 * command says so (`outlives`): the group ends with its first process, and a keeper process kills what is left when strop
 * dies (see the README of this module). The environment of each other child gets one more variable, `STROP_MARK`, of
 * constant length.
 */
export interface Processes {
  /**
   * Never rejects. After a timeout or an abort the group gets SIGTERM, 500 ms later SIGKILL, and the result comes even
   * when somebody holds the pipes open; what the child started outside its group is killed, too (Linux). A missing
   * `cwd` is a `startError` `ENOENT` that `stderr` explains.
   */
  run(command: Command): Promise<ChildResult>;
  /** Never throws: a worker that cannot be started answers `ended` with the `problem`. */
  startWorker(command: WorkerCommand): Worker;
  /** The absolute path of a program on a PATH, or undefined. */
  find(program: string, path?: string): Promise<string | undefined>;
  /**
   * Promises that this folder and everything in it is removed when strop ends before {@link releaseFolder}, even by
   * `kill -9`. Processes of {@link endIn} are killed then, too.
   */
  guardFolder(path: string): void;
  /**
   * Kills the processes that were left behind in a folder that is to be removed: those that carry its path in their
   * environment, and those that work in it and belong to no terminal (Linux).
   */
  endIn(folder: string): Promise<void>;
  /** Ends the promise of {@link guardFolder}: the folder was removed, or is to stay. */
  releaseFolder(path: string): void;
}

/** One file of a site, all of it in memory. */
export interface SiteFile {
  /** Media type: `text/html; charset=utf-8`. */
  readonly type: string;
  readonly content: string | Uint8Array;
}

/**
 * What a browser may ask for. A page tells that it is open by loading `strop-alive.js`, which the server itself offers
 * and which holds a connection to it for as long as the page is there.
 */
export interface Site {
  /** By name, without folders; `index.html` is what the address itself shows. Nothing else is ever served. */
  readonly files: ReadonlyMap<string, SiteFile>;
  /**
   * Whether scripts inside of pages may run and make code out of text, as the charts of some tools do; scripts that are
   * files of the site always run, those of others never.
   */
  readonly inlineScripts: boolean;
  /** Ends the site when nothing was asked for so long. */
  readonly idleMs: number;
  /** Ends the site so long after the last open page has gone: a page that is loaded again comes back within it. */
  readonly goneMs: number;
  readonly signal: AbortSignal;
}

/** A site that is there until `ended` resolves. */
export interface ServedSite {
  /** `http://127.0.0.1:PORT/TOKEN/`; whoever knows it can read the site, other programs of this machine included. */
  readonly address: string;
  readonly ended: Promise<SiteEnd>;
}

/** Why a site ended: no page of it is open any more, nothing was asked for a long time, or the signal aborted. */
export type SiteEnd = 'page-closed' | 'idle' | 'stopped';

/** Pages for the user's browser. */
export interface Pages {
  /**
   * Offers a site on a random port of 127.0.0.1 below a random token. Requests that do not know the token or name
   * another host (DNS rebinding) are refused; nothing is sent to other origins, and the pages themselves can reach
   * nothing but the site (content security policy).
   */
  serve(site: Site): Promise<ServedSite>;
  /**
   * Shows an address in the user's browser, which lives on after strop. `no-display`: there is no screen to show it on.
   * `failed`: no program for it could be started.
   */
  open(address: string): Promise<'opened' | 'no-display' | 'failed'>;
}

/** Time as the machine tells it. */
export interface Clock {
  /** Monotonic, in ns. Only differences mean anything. */
  nowNs(): number;
  /** Wall time as an ISO 8601 text in UTC. */
  date(): string;
  /** Resolves after the time, or at once when the signal aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** Chance: seeded in tests, from the system otherwise. */
export interface Random {
  /** A whole number in [0, bound). */
  below(bound: number): number;
  /** Random bytes as hexadecimal text. */
  token(bytes: number): string;
}

/** Facts that only the running system can tell. */
export interface Machine {
  readonly cores: number;
  /** One-minute load average; undefined where the system has none (Windows). */
  load(): number | undefined;
  readonly memoryBytes: number;
  readonly cpuModel: string;
  readonly arch: string;
  /** Name and release of the operating system. */
  readonly system: string;
  /** What the kernel counts for a process from outside (Linux); undefined elsewhere or when the process is gone. */
  processTimes(pid: number): Promise<ProcessTimes | undefined>;
}

/** Times of a process as the kernel counts them, in ns. */
export interface ProcessTimes {
  /** On-CPU time of the process (`/proc/PID/task/TID/schedstat`, and `/proc/PID/stat` where that has more). */
  readonly cpuNs: number;
  /** Threads that have ended took their precise count with them: `cpuNs` is then exact to a clock tick (10 ms) only. */
  readonly coarse: boolean;
  /** Time in the run queue of the threads that live. */
  readonly runDelayNs: number;
  /** On-CPU time of living descendants, their threads included. */
  readonly descendantsNs: number;
}

/** A result together with the reservations that came up while it was made. */
export interface Doubted<T> {
  readonly value: T;
  readonly doubts: readonly Doubt[];
}
