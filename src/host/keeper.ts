import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { homedir } from 'node:os';
import { dirname, isAbsolute, parse, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { killMarked } from './marked.mjs';
import { signalGroup } from './process-group.ts';

/** The environment variable that tells which children are strop's, also after they left their process group. */
const MARK = 'STROP_MARK';

/** A keeper that cannot be started is not tried for ever. */
const MOST_STARTS = 5;

/** A keeper that somebody stopped (SIGSTOP) must not hold strop back. */
const CLOSE_MS = 10_000;

/** The mark of one child: text for its environment, the same length for every child, so that it shifts no stack. */
export interface Mark {
  readonly name: string;
  readonly value: string;
}

/**
 * Registers children and folders with the keeper process, which cleans them up when strop dies. The keeper is started
 * with the first of them and started again, with all that is registered, when somebody killed it.
 */
export class Keeper {
  readonly #run = randomBytes(8).toString('hex');
  readonly #groups = new Set<number>();
  readonly #folders = new Set<string>();
  #process: ChildProcess | undefined;
  #starts = 0;
  #children = 0;
  #closed = false;

  /** A new mark for one child. */
  nextMark(): Mark {
    this.#children += 1;
    return { name: MARK, value: `${this.#run}.${String(this.#children).padStart(8, '0')}` };
  }

  /** Starts the keeper before the first child, so that no child waits for it. */
  ready(): void {
    if (this.#process === undefined) this.#start();
  }

  register(group: number): void {
    this.#groups.add(group);
    this.#tell('group', group);
  }

  forget(group: number): void {
    this.#groups.delete(group);
    this.#tell('forget', group);
  }

  guardFolder(path: string): void {
    this.#folders.add(removable(path));
    this.#tell('folder', resolve(path));
  }

  releaseFolder(path: string): void {
    this.#folders.delete(resolve(path));
    this.#tell('keep', resolve(path));
  }

  /** Kills every process that carries the mark of the child, `first` being the pid that the child has or had. */
  killMarked(mark: Mark, first: number): Promise<void> {
    return killMarked({ texts: [`${mark.name}=${mark.value}`], folders: [] }, first - 1);
  }

  /** Kills the children that still run, and waits for the keeper, which removes the folders that are still guarded. */
  async close(): Promise<void> {
    this.#closed = true;
    // What is still registered shows an end in the middle of something; else daemons may stay, as with any program.
    if (this.#groups.size > 0 || this.#folders.size > 0) {
      for (const group of this.#groups) signalGroup(group, 'SIGKILL');
      await killMarked({ texts: [`${MARK}=${this.#run}.`], folders: [...this.#folders] });
    }
    this.#groups.clear();
    const keeper = this.#process;
    if (keeper === undefined) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, CLOSE_MS);
      keeper.once('exit', () => {
        clearTimeout(timer);
        resolve();
      });
      keeper.ref();
      keeper.stdin?.end('done\n');
    });
  }

  #tell(word: string, value: string | number): void {
    if (this.#process === undefined) {
      this.#start();
      return;
    }
    this.#process.stdin?.write(`${word} ${JSON.stringify(value)}\n`);
  }

  #start(): void {
    if (this.#closed || this.#starts >= MOST_STARTS) return;
    this.#starts += 1;
    const all: (readonly [string, string | number])[] = [['mark', `${MARK}=${this.#run}.`]];
    for (const group of this.#groups) all.push(['group', group]);
    for (const folder of this.#folders) all.push(['folder', folder]);
    // As an argument, so that no keeper ever lives without knowing what it keeps: strop may die before it writes.
    const program = fileURLToPath(new URL('./keeper.mjs', import.meta.url));
    // A group of its own, so that Ctrl-C passes it by; no environment, so that it never carries the mark of a strop
    // that runs this one as its child; the root as its folder, so that it holds none.
    const keeper = spawn(process.execPath, [program, JSON.stringify(all)], {
      cwd: parse(process.execPath).root,
      env:
        process.platform === 'win32'
          ? { SystemRoot: process.env['SystemRoot'], PATH: process.env['PATH'] }
          : {},
      detached: true,
      windowsHide: true,
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    const lost = (): void => {
      if (this.#process !== keeper) return;
      this.#process = undefined;
      if (this.#groups.size > 0 || this.#folders.size > 0) this.#start();
    };
    keeper.on('exit', lost).on('error', lost);
    keeper.stdin.on('error', () => undefined);
    keeper.unref();
    // A stream of a child is a socket, which its type does not tell.
    (keeper.stdin as typeof keeper.stdin & { unref(): void }).unref();
    this.#process = keeper;
  }
}

/** The path in its plain form, if it may be removed at all: a mistake here would cost somebody's home. */
function removable(path: string): string {
  const plain = resolve(path);
  const holdsHome = `${homedir()}${sep}`.startsWith(`${plain}${sep}`);
  if (!isAbsolute(path) || holdsHome || dirname(plain) === parse(plain).root) {
    throw new Error(`${path} cannot be a guarded folder`);
  }
  return plain;
}
