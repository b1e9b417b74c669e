import { resolve } from 'node:path';
import { StropError } from '#base';
import type { Operation } from '#operations';
import { findProjectFolders } from '#operations';
import { deriveTool } from './derive-tool.ts';
import type { Tool } from './derive-tool.ts';
import type { Host, Program } from './program.ts';
import { openRuns } from './runs.ts';
import type { Runs } from './runs.ts';

/** What the user decided when the server was started. */
export interface ServerOptions {
  /** Absolute folder that calls work in unless they name another. */
  readonly start: string;
  /** More folders that calls may use. */
  readonly allow: readonly string[];
  /** The user agrees beforehand that missing tools are installed. */
  readonly yes: boolean;
}

/** A call that goes on now. */
export interface Live {
  readonly operation: string;
  readonly project: string;
  progress: string;
  stop(): void;
  /** Resolves when everything that it started is gone. */
  readonly ended: Promise<void>;
}

/** An operation with the tool that was derived from it. */
interface Offered {
  readonly operation: Operation;
  readonly tool: Tool;
}

/** Everything that the connections of one server have in common. */
export interface Hub {
  readonly program: Program;
  readonly options: ServerOptions;
  /** For what is no call: reading what is kept. */
  readonly host: Host;
  readonly runs: Runs;
  /** Real folders that every call may use: the start folder, its project, and those of `allow`. */
  readonly allowed: readonly string[];
  /** Those of them below which a call may name its project: not all that lies in the repository around it. */
  readonly choosable: readonly string[];
  readonly live: Map<string, Live>;
  /** Aborts when the server ends: no call begins after. */
  readonly closing: AbortSignal;
  /** All tools that stand for operations; loaded when first asked for. */
  offered(): Promise<readonly Offered[]>;
  /** Ends all calls and resolves when nothing of them is left. */
  close(): Promise<void>;
}

/** Opens the hub. Throws a StropError when the start folder or an allowed one does not exist. */
export async function openHub(program: Program, options: ServerOptions): Promise<Hub> {
  const host = await program.createHost({ cwd: options.start });
  const real = async (folder: string): Promise<string> => {
    const found = await host.files.real(resolve(options.start, folder));
    if (found !== undefined) return found;
    throw new StropError({
      code: 'bad-request',
      problem: 'this folder does not exist',
      where: folder,
      remedy: 'Name folders that exist with --project and --allow.',
    });
  };
  const own = await Promise.all([options.start, ...options.allow].map(real));
  const [project, ...around] = await findProjectFolders(host);
  const choosable = [...new Set([...own, ...(project === undefined ? [] : [project])])];
  const allowed = [...new Set([...choosable, ...around])];
  const live = new Map<string, Live>();
  const closing = new AbortController();
  let offered: Promise<readonly Offered[]> | undefined;
  const runs = openRuns(host);
  return {
    program,
    options: { ...options, start: own[0] ?? options.start },
    host,
    runs,
    allowed,
    choosable,
    live,
    closing: closing.signal,
    offered: () => (offered ??= loadTools(program)),
    async close() {
      closing.abort();
      const calls = [...live.values()];
      for (const call of calls) call.stop();
      await Promise.all(calls.map(({ ended }) => ended));
      await host.close();
    },
  };
}

async function loadTools({ operations }: Program): Promise<readonly Offered[]> {
  const loaded = await Promise.all(operations.map((entry) => entry.load()));
  return loaded.map((operation) => ({ operation, tool: deriveTool(operation) }));
}
