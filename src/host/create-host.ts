import { chooseFolders } from './folders.ts';
import { realClock } from './clock.ts';
import { realFiles } from './files.ts';
import type { Host } from './host.ts';
import { realMachine } from './machine.ts';
import { realPages } from './serve-pages.ts';
import { realProcesses } from './processes.ts';
import { seededRandom, systemRandom } from './random.ts';

/** What a host may be told instead of finding it out. */
export interface HostOptions {
  /** The folder in which strop was called; the process's own when absent. */
  readonly cwd?: string;
  /** The user's environment; the process's own when absent. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Makes chance repeatable; `STROP_SEED` of the environment when absent. */
  readonly seed?: string;
}

/** A host that ends in an orderly way. */
export interface OpenHost extends Host {
  /**
   * Kills the children that still run, removes guarded folders, and ends the keeper and all sites. Nothing may be
   * started after.
   */
  close(): Promise<void>;
}

/** The real world. Cheap to make: no process is started and no file is read before somebody asks for one. */
export function createHost(options: HostOptions = {}): OpenHost {
  const env = options.env ?? { ...process.env };
  const cwd = options.cwd ?? process.cwd();
  const seed = options.seed ?? env['STROP_SEED'];
  const { close: closeProcesses, ...processes } = realProcesses({ env, cwd });
  const { close: closePages, ...pages } = realPages(env, process.platform);
  return {
    platform: process.platform,
    env,
    cwd,
    files: realFiles(),
    processes,
    clock: realClock,
    random: seed === undefined || seed === '' ? systemRandom : seededRandom(seed),
    machine: realMachine,
    folders: chooseFolders(env, process.platform, cwd),
    pages,
    close: async () => {
      closePages();
      await closeProcesses();
    },
  };
}
