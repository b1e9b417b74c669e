import { StropError } from '#base';
import type { Host } from '#host';
import type { Side } from '#revisions';
import type { CommandWorkload, Workload } from '#workloads';
import type { Both } from './pair.ts';

/** What a worker said about the modules it has loaded. */
export interface Loaded {
  /** Name and real file of every loaded module whose top-level name is the project's. */
  readonly modules: readonly (readonly [name: string, file: string])[];
  /** How many loaded modules have their file below the side's root and are no part of the benchmark itself. */
  readonly below: number;
  /** Loaded modules of the user's own tree of which the side has a copy. */
  readonly elsewhere: readonly (readonly [name: string, file: string])[];
}

/** Whether a path is a folder or lies below it; both absolute. */
export function isWithin(file: string, folder: string): boolean {
  return (
    file === folder ||
    file.startsWith(folder.endsWith('/') ? folder : `${folder}/`) ||
    file.startsWith(`${folder}\\`)
  );
}

/**
 * Proves that a worker runs its own side's code: every module of the project must come from the side's checkout or from
 * an environment built for it. Throws `wrong-code` otherwise: two measurements of the same code are worse than none.
 */
export function requireOwnCode(side: Side, workload: Workload, loaded: Loaded): void {
  const own = [side.root, ...side.ownFolders];
  // The second kind needs no knowledge of the project's modules: tests and scripts count, too.
  const stray =
    loaded.modules.find(([, file]) => !own.some((folder) => isWithin(file, folder))) ?? loaded.elsewhere[0];
  if (stray === undefined) return;
  throw new StropError({
    code: 'wrong-code',
    problem: `side ${side.label} (${side.revision.name}) would not run its own code: module ${stray[0]} was loaded from ${stray[1]}`,
    where: workload.id,
    remedy:
      'Something puts another copy first: look for sys.path changes, an absolute PYTHONPATH or an import hook; or name the folder that holds the package with `source-roots` in [tool.strop].',
  });
}

/** Throws `wrong-code` when nothing at all of the side's tree was loaded after the workload had run. */
export function requireSomeCode(side: Side, workload: Workload, loaded: Loaded): void {
  if (loaded.modules.length > 0 || loaded.below > 0) return;
  throw new StropError({
    code: 'wrong-code',
    problem: `the workload ran without loading anything of the project on side ${side.label} (${side.revision.name}), so both sides would run the same code`,
    where: workload.id,
    remedy:
      side.modules.length > 0
        ? `Measure something that imports the project (its modules: ${side.modules.slice(0, 5).join(', ')}), or name the folder that holds the code with \`source-roots\` in [tool.strop].`
        : 'strop found no importable module in the project: name the folder that holds it with `source-roots` in [tool.strop].',
  });
}

/** Whether a path lies in the user's own tree and the side has a copy of it. */
export async function hasCopy(host: Host, side: Side, path: string): Promise<boolean> {
  const { original, root } = side;
  if (original === undefined || !isWithin(path, original) || isWithin(path, root)) return false;
  return (await host.files.kind(root + path.slice(original.length))) !== undefined;
}

/** `-I` alone or among others that take no value; what follows a script, a module or code is the program's own. */
function isIsolated([program = '', ...words]: readonly string[]): boolean {
  if (!/(^|[\\/])(python|pypy)[\d.]*(\.exe)?$/i.test(program)) return false;
  const last = words.findIndex((word) => !word.startsWith('-') || /^-\w*[cm]/.test(word));
  const options = last < 0 ? words : words.slice(0, words[last]?.startsWith('-') === true ? last + 1 : last);
  return options.some((word) => /^-(?!-|X|W)\w*I/.test(word));
}

/** Refuses an interpreter that takes no path from outside: each side has its code by that, and it could not be asked either. */
export function requireOpenPython({ argv, id }: CommandWorkload): void {
  if (!isIsolated(argv)) return;
  throw new StropError({
    code: 'wrong-code',
    problem:
      'the command runs Python with -I, which ignores where each side has its code: both sides would run the installed one',
    where: id,
    remedy: 'Leave out -I.',
  });
}

/**
 * Refuses a command that names something in the user's tree by its absolute path: it would be the same on both sides.
 * What the sides have no copy of, such as the project's environment, may be named.
 */
export async function requireRelative(
  host: Host,
  request: { readonly sides: Both<Side>; readonly workload: CommandWorkload },
): Promise<void> {
  const { sides, workload } = request;
  const original = sides.a.original;
  if (original === undefined) return;
  for (const word of workload.argv) {
    for (let at = word.indexOf(original); at >= 0; at = word.indexOf(original, at + 1)) {
      // The path may stand in a shell command or in Python code: it ends where a name can hardly go on.
      const rest = /^[^\s'";:,&|<>()]*/.exec(word.slice(at + original.length))?.[0] ?? '';
      if (rest !== '' && !/^[\\/]/.test(rest)) continue;
      const path = original + rest.replace(/[\\/]+$/, '');
      if (!(await hasCopy(host, sides.a, path)) && !(await hasCopy(host, sides.b, path))) continue;
      throw new StropError({
        code: 'wrong-code',
        problem: `the command names ${path}, which is in your own tree: both sides would use the same`,
        where: workload.id,
        remedy:
          'Use a path relative to the project folder: the command is started in the project folder of each side.',
      });
    }
  }
}
