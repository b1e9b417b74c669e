import { randomBytes } from 'node:crypto';
import process from 'node:process';
import type { Failure } from '#base';
import type { Outcome } from './envelope.ts';
import type { Host } from './program.ts';

/** What a call asked for: enough to carry it out in another process. */
export interface RunRequest {
  readonly id: string;
  readonly operation: string;
  readonly input: unknown;
  /** Absolute folder in which it runs. */
  readonly project: string;
  /** Folders that it may read source in and change, see `boundaries.ts`. */
  readonly allowed: readonly string[];
  /** ISO 8601. */
  readonly date: string;
}

/** How far a run is. */
export interface RunState {
  /** The process that carries it out. */
  readonly pid: number;
  /** When that process started, as the kernel counts; tells it from a later one with the same number. */
  readonly since: string | null;
  /** The newest progress message. */
  readonly progress: string;
}

/** How a run ended. */
export type RunEnd =
  | {
      readonly outcome: Exclude<Outcome, 'failed' | 'running'>;
      readonly result: unknown;
      readonly lines: readonly string[];
    }
  | { readonly outcome: 'failed'; readonly failure: Failure };

/** One kept run. Without an end and with a living process it goes on; without both it was lost. */
export interface Run {
  readonly request: RunRequest;
  readonly state: RunState | undefined;
  readonly end: RunEnd | undefined;
}

/** Runs with their results in strop's data folder, one folder each; anybody who knows the id may read them there. */
export interface Runs {
  folderOf(id: string): string;
  begin(request: RunRequest): Promise<void>;
  tell(id: string, state: RunState): Promise<void>;
  end(id: string, end: RunEnd): Promise<void>;
  get(id: string): Promise<Run | undefined>;
  /** Ids, newest first. */
  ids(): Promise<readonly string[]>;
  /** Removes the oldest finished ones beyond the newest {@link MOST_RUNS}. */
  prune(): Promise<void>;
}

/** Runs that are kept. What they measured is in the history of the project in any case. */
const MOST_RUNS = 50;

const ID = /^\d{8}T\d{6,9}Z-[0-9a-f]{8}$/;

/** A name for a new run: sorts by time. */
export function newRunId(date: string): string {
  return `${date.replace(/[^\dTZ]/g, '')}-${randomBytes(4).toString('hex')}`;
}

/** Opens the runs of this user; nothing is created before something is kept. */
export function openRuns({ files, folders }: Pick<Host, 'files' | 'folders'>): Runs {
  const top = `${folders.data}/calls`;
  const folderOf = (id: string): string => `${top}/${id}`;
  const read = async <T>(id: string, name: string): Promise<T | undefined> => {
    const text = await files.readText(`${folderOf(id)}/${name}.json`);
    return text === undefined ? undefined : (JSON.parse(text) as T);
  };
  const write = (id: string, name: string, value: unknown): Promise<void> =>
    files.writeAtomically(`${folderOf(id)}/${name}.json`, `${JSON.stringify(value)}\n`);
  const ids = async (): Promise<readonly string[]> =>
    (await files.list(top))
      .map(({ name }) => name)
      .filter((name) => ID.test(name))
      .sort()
      .reverse();
  const get = async (id: string): Promise<Run | undefined> => {
    if (!ID.test(id)) return undefined;
    const request = await read<RunRequest>(id, 'request');
    if (request === undefined) return undefined;
    return {
      request,
      state: await read<RunState>(id, 'state'),
      end: await read<RunEnd>(id, 'end'),
    };
  };
  return {
    folderOf,
    begin: (request) => write(request.id, 'request', request),
    tell: (id, state) => write(id, 'state', state),
    end: (id, end) => write(id, 'end', end),
    get,
    ids,
    async prune() {
      for (const id of (await ids()).slice(MOST_RUNS)) {
        const run = await get(id);
        if (run === undefined || run.end !== undefined || !(await isAlive({ files }, run)))
          await files.remove(folderOf(id));
      }
    },
  };
}

/** The state of a run that this process carries out. */
export async function stateHere(host: Pick<Host, 'files'>, progress: string): Promise<RunState> {
  return { pid: process.pid, since: await startOf(host, process.pid), progress };
}

/** Whether the process that carries a run out is still there. */
export async function isAlive(host: Pick<Host, 'files'>, { state }: Pick<Run, 'state'>): Promise<boolean> {
  if (state === undefined) return false;
  try {
    process.kill(state.pid, 0);
  } catch {
    return false;
  }
  return (await startOf(host, state.pid)) === state.since;
}

/** Field 22 of /proc/PID/stat (proc(5)); null where the system has none. The command before it may hold anything. */
async function startOf({ files }: Pick<Host, 'files'>, pid: number): Promise<string | null> {
  try {
    const text = await files.readText(`/proc/${String(pid)}/stat`);
    return text?.slice(text.lastIndexOf(')') + 2).split(' ')[19] ?? null;
  } catch {
    return null;
  }
}
