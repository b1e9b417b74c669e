import type { Processes } from './host.ts';
import { findProgram } from './find-program.ts';
import { Keeper } from './keeper.ts';
import { killMarked } from './marked.mjs';
import { runChild } from './run-child.ts';
import { startWorker } from './worker.ts';

/** Real child processes, all of them known to one keeper. */
export function realProcesses(context: {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
}): Processes & { close(): Promise<void> } {
  const keeper = new Keeper();
  return {
    run: (command) => runChild(command, { ...context, keeper }),
    startWorker: (command) => startWorker(command, keeper),
    find: (program, path) =>
      findProgram(program, {
        path: path ?? context.env['PATH'] ?? context.env['Path'] ?? '',
        pathext: context.env['PATHEXT'],
        cwd: context.cwd,
      }),
    guardFolder: (path) => {
      keeper.guardFolder(path);
    },
    endIn: (folder) => killMarked({ texts: [], folders: [folder] }),
    releaseFolder: (path) => {
      keeper.releaseFolder(path);
    },
    close: () => keeper.close(),
  };
}
