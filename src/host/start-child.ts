import { spawn, type ChildProcess, type StdioOptions } from 'node:child_process';
import { existsSync } from 'node:fs';
import type { Keeper, Mark } from './keeper.ts';

/** Windows has no process groups: the tree of children takes their place there. */
const HAS_GROUPS = process.platform !== 'win32';

/** Why a child could not be started. */
export interface StartFailure {
  /** `ENOENT`, `EACCES` … */
  readonly code: string;
  /** What the code alone would hide; empty when there is nothing to add. */
  readonly note: string;
}

/** A child in a group of its own, known to the keeper; or a failure, which Node tells a moment later. */
export type Start =
  | { readonly started: true; readonly child: ChildProcess; readonly group: number; readonly mark: Mark }
  | { readonly started: false; readonly failure: Promise<StartFailure> };

/** Starts a child. Never throws. */
export function startChild(
  command: {
    readonly argv: readonly [string, ...string[]];
    readonly cwd: string;
    readonly env: Readonly<Record<string, string | undefined>>;
    readonly stdio: StdioOptions;
    readonly outlives?: boolean;
  },
  keeper: Keeper,
): Start {
  const kept = command.outlives !== true;
  if (kept) keeper.ready();
  const mark = keeper.nextMark();
  const [program, ...args] = command.argv;
  const explain = (error: unknown): StartFailure => {
    const code = (error as { code?: unknown } | undefined)?.code;
    return {
      code: typeof code === 'string' ? code : String(error),
      // The system says ENOENT for a missing folder as for a missing program.
      note: existsSync(command.cwd) ? '' : `the folder ${command.cwd} does not exist`,
    };
  };
  let child: ChildProcess;
  try {
    child = spawn(program, args, {
      cwd: command.cwd,
      env: kept ? { ...command.env, [mark.name]: mark.value } : command.env,
      detached: HAS_GROUPS,
      windowsHide: true,
      stdio: command.stdio,
    });
  } catch (error) {
    return { started: false, failure: Promise.resolve(explain(error)) };
  }
  const group = child.pid;
  if (group === undefined) {
    const failure = new Promise<StartFailure>((resolve) => {
      child.once('error', (error) => {
        resolve(explain(error));
      });
    });
    return { started: false, failure };
  }
  if (kept) keeper.register(group);
  // A signal that could not be sent is told as an error, too; the end of the child tells more.
  child.on('error', () => undefined);
  return { started: true, child, group, mark };
}
