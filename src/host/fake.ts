import type { OpenHost } from './create-host.ts';
import { fakeFiles, type FakeTree } from './fake-files.ts';
import type {
  ChildResult,
  Command,
  Folders,
  Host,
  Machine,
  Pages,
  Reply,
  Site,
  SiteEnd,
  Worker,
  WorkerCommand,
} from './host.ts';
import { seededRandom } from './random.ts';

/** How the scripted world answers a child: what differs from a quiet success, or nothing when it knows no answer. */
export type FakeAnswer = (command: Command) => Partial<ChildResult> | undefined;

/** How a scripted worker behaves: the lines with which it answers one line (none at the start: `undefined`). */
export type FakeWorkerScript = (line: string | undefined) => readonly string[] | 'end' | 'hang';

/** What a scripted world holds at the start. */
export interface FakeOptions {
  /** Absolute path to content. */
  readonly files?: FakeTree;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly cwd?: string;
  readonly platform?: NodeJS.Platform;
  /** Asked in order; the first that does not answer `undefined` counts. A child without an answer fails with `ENOENT`. */
  readonly answers?: readonly FakeAnswer[];
  /** Programs that {@link Processes.find} finds: name to absolute path. */
  readonly programs?: Readonly<Record<string, string>>;
  readonly worker?: (command: WorkerCommand) => FakeWorkerScript;
  readonly machine?: Partial<Machine>;
  /** How opening a browser goes; `opened` when absent. */
  readonly browser?: Awaited<ReturnType<Pages['open']>>;
  /** How each site ends, at once; `page-closed` when absent. */
  readonly siteEnd?: SiteEnd;
  /** Wall time at the start, ISO 8601. */
  readonly date?: string;
  readonly seed?: string;
}

/** A scripted world, with what a test wants to know and to do. */
export interface FakeHost extends OpenHost {
  /** Children that were run, in order. */
  readonly ran: readonly Command[];
  /** Sites that were served, in order, and addresses that were opened. */
  readonly served: readonly Site[];
  readonly opened: readonly string[];
  /** Folders that are guarded now. */
  readonly guarded: ReadonlySet<string>;
  /** All files with their content. */
  tree(): Record<string, string>;
  /** Moves the clock, and wakes who slept that long. */
  advance(ms: number): void;
}

/** Answers one program whose first arguments are these. */
export function whenRun(argv: readonly string[], result: Partial<ChildResult>): FakeAnswer {
  return (command) => (argv.every((word, index) => command.argv[index] === word) ? result : undefined);
}

/** A scripted world for tests: files in memory, children that answer by script, a clock that stands, seeded chance. */
export function fakeHost(options: FakeOptions = {}): FakeHost {
  const { files, tree } = fakeFiles(options.files ?? {});
  const clock = fakeClock(options.date ?? '2026-01-01T00:00:00.000Z');
  const ran: Command[] = [];
  const served: Site[] = [];
  const opened: string[] = [];
  const guarded = new Set<string>();
  const programs = options.programs ?? {};
  return {
    platform: options.platform ?? 'linux',
    env: options.env ?? {},
    cwd: options.cwd ?? '/here',
    files,
    folders: FOLDERS,
    random: seededRandom(options.seed ?? 'fake'),
    machine: { ...MACHINE, ...options.machine },
    clock: clock.clock,
    processes: {
      run: (command) => {
        ran.push(command);
        for (const answer of options.answers ?? []) {
          const result = answer(command);
          if (result !== undefined) return Promise.resolve(childResult(result));
        }
        return Promise.resolve(childResult({ startError: 'ENOENT' }));
      },
      startWorker: (command) => fakeWorker(options.worker?.(command) ?? (() => 'end'), clock.clock.nowNs),
      find: (program) => Promise.resolve(Object.hasOwn(programs, program) ? programs[program] : undefined),
      guardFolder: (path) => {
        guarded.add(path);
      },
      endIn: () => Promise.resolve(),
      releaseFolder: (path) => {
        guarded.delete(path);
      },
    },
    pages: {
      serve: (site) => {
        served.push(site);
        const ended = Promise.resolve(options.siteEnd ?? 'page-closed');
        return Promise.resolve({ address: `http://127.0.0.1:${String(served.length)}/fake/`, ended });
      },
      open: (address) => {
        opened.push(address);
        return Promise.resolve(options.browser ?? 'opened');
      },
    },
    close: () => Promise.resolve(),
    ran,
    served,
    opened,
    guarded,
    tree,
    advance: clock.advance,
  };
}

const FOLDERS: Folders = {
  home: '/home',
  shims: '/strop/python',
  skill: '/strop/skill',
  speedscope: '/strop/dist/speedscope',
  cache: '/home/.cache/strop',
  data: '/home/.local/share/strop',
  runs: '/home/.cache/strop/runs',
};

const MACHINE: Machine = {
  cores: 2,
  load: () => 0,
  memoryBytes: 8 * 2 ** 30,
  cpuModel: 'Scripted CPU',
  arch: 'x64',
  system: 'Linux 6.1',
  processTimes: () => Promise.resolve(undefined),
};

function childResult(given: Partial<ChildResult>): ChildResult {
  const started = given.startError === undefined;
  const stopped = given.timedOut === true || given.aborted === true;
  const exitCode = given.exitCode ?? (started && !stopped && given.signal === undefined ? 0 : undefined);
  return {
    signal: undefined,
    stdout: '',
    stderr: '',
    timedOut: false,
    aborted: false,
    truncated: false,
    startError: undefined,
    durationNs: 1e6,
    ...given,
    exitCode,
    ok: exitCode === 0 && !stopped,
  };
}

function fakeClock(date: string): { clock: Host['clock']; advance(ms: number): void } {
  const startMs = Date.parse(date);
  let passedMs = 0;
  const sleepers = new Set<{ readonly untilMs: number; wake(): void }>();
  return {
    clock: {
      nowNs: () => passedMs * 1e6,
      date: () => new Date(startMs + passedMs).toISOString(),
      sleep: (ms, signal) =>
        new Promise((resolve) => {
          if (signal?.aborted === true || ms <= 0) {
            resolve();
            return;
          }
          const sleeper = {
            untilMs: passedMs + ms,
            wake: () => {
              sleepers.delete(sleeper);
              signal?.removeEventListener('abort', sleeper.wake);
              resolve();
            },
          };
          sleepers.add(sleeper);
          signal?.addEventListener('abort', sleeper.wake, { once: true });
        }),
    },
    advance: (ms) => {
      passedMs += ms;
      for (const sleeper of [...sleepers]) if (sleeper.untilMs <= passedMs) sleeper.wake();
    },
  };
}

function fakeWorker(script: FakeWorkerScript, nowNs: () => number): Worker {
  const lines: string[] = [];
  let ended = false;
  let killed = false;
  const say = (line: string | undefined): void => {
    if (ended) return;
    const answer = script(line);
    if (answer === 'end') ended = true;
    else if (answer !== 'hang') lines.push(...answer);
  };
  say(undefined);
  return {
    pid: 4242,
    send: say,
    receive: () => {
      const line = lines.shift();
      const reply: Reply =
        line !== undefined
          ? { kind: 'line', line, arrivedNs: nowNs() }
          : ended
            ? { kind: 'ended', exitCode: killed ? undefined : 0, signal: killed ? 'SIGKILL' : undefined }
            : { kind: 'timeout' };
      return Promise.resolve(reply);
    },
    unread: () => lines.length,
    output: () => '',
    kill: () => {
      if (!ended) killed = true;
      ended = true;
      return Promise.resolve();
    },
  };
}
