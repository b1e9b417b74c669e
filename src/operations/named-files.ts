import { dirname, isAbsolute, posix } from 'node:path';
import type { Doubt } from '#base';
import type { Host } from '#host';
import type { Both } from '#measuring';
import type { Side } from '#revisions';
import type { CommandWorkload, Workload } from '#workloads';
import { shareYardstick } from './shared-yardstick.ts';
import { takeFromWorkingTree } from './working-yardstick.ts';

/** A workload as it runs on both sides, and what is to be said of the files that it is made of. */
export interface Placed {
  readonly workload: Workload;
  readonly doubts: readonly Doubt[];
}

/**
 * Somebody who wants to measure writes a file for it, often after the states that are to be compared. Where a workload
 * named in words (`module:function`, a command) is made of files that one side or both lack, they are taken from the
 * other side or from the working tree, for both. Modules of the project's own packages are code and stay as they are.
 * `python` is the project's interpreter: a command that starts it by its path below the project gets each side's.
 */
export async function placeNamedFiles(
  host: Host,
  sides: Both<Side>,
  workload: Workload,
  python: string,
): Promise<Placed> {
  switch (workload.kind) {
    case 'callable': {
      for (const file of moduleFiles(sides.a, workload.module)) {
        const doubts = await placeOnBoth(host, sides, file);
        if (doubts === undefined) continue;
        return { workload: doubts.length === 0 ? workload : { ...workload, file }, doubts };
      }
      return { workload, doubts: [] };
    }
    case 'command': {
      const program = await programOf(host, sides.a, workload, python);
      const [, ...rest] = workload.argv;
      const doubts: Doubt[] = [];
      for (const word of program === undefined ? workload.argv : rest) {
        if (!isRelativeFile(word)) continue;
        doubts.push(...((await placeOnBoth(host, sides, posix.normalize(word))) ?? []));
      }
      return {
        workload: program === undefined ? workload : { ...workload, argv: [program, ...rest] },
        doubts,
      };
    }
    default:
      return { workload, doubts: [] };
  }
}

/** Where a module that is none of the project's packages may be, relative to the project. */
function moduleFiles(side: Side, module: string): readonly string[] {
  const [top] = module.split('.');
  if (top === undefined || side.modules.some((each) => each.split('.')[0] === top)) return [];
  const file = `${module.replaceAll('.', '/')}.py`;
  const roots = side.sourceRoots
    .filter((root) => root.startsWith(`${side.project}/`))
    .map((root) => root.slice(side.project.length + 1));
  return [file, ...roots.map((root) => `${root}/${file}`)];
}

/** Words that may name a file of the project: no options, nothing outside. */
function isRelativeFile(word: string): boolean {
  return word !== '' && !word.startsWith('-') && !isAbsolute(word) && !posix.normalize(word).startsWith('..');
}

/** Makes a file that exists anywhere exist on both sides; answers what is to be said of that, undefined where none exists. */
async function placeOnBoth(
  host: Host,
  sides: Both<Side>,
  file: string,
): Promise<readonly Doubt[] | undefined> {
  const kinds = [
    await host.files.kind(`${sides.a.project}/${file}`),
    await host.files.kind(`${sides.b.project}/${file}`),
  ];
  if (kinds.includes('file') && kinds.includes(undefined)) {
    const doubt = await shareYardstick(host, sides, file, true);
    return doubt === undefined ? [] : [doubt];
  }
  if (kinds.some((kind) => kind !== undefined)) return [];
  const taken = await takeFromWorkingTree(host, sides, file);
  return taken.length === 0 ? undefined : taken;
}

/**
 * What starts a command of the project's environment, `.venv/bin/python`: environments are not in a revision, so no side
 * has it. The project's interpreter is started by its name, which finds that of the side; anything else by its whole path.
 */
async function programOf(
  host: Host,
  side: Side,
  workload: CommandWorkload,
  python: string,
): Promise<string | undefined> {
  const [word] = workload.argv;
  if (side.original === undefined || !word.includes('/') || !isRelativeFile(word)) return undefined;
  const path = posix.join(side.original + side.project.slice(side.root.length), word);
  const folder = dirname(path);
  if ((await host.files.kind(`${side.project}/${word}`)) !== undefined) return undefined;
  if ((await host.files.kind(`${dirname(folder)}/pyvenv.cfg`)) !== 'file') return undefined;
  if ((await host.files.kind(path)) === undefined) return undefined;
  return folder === dirname(python) && /^python/.test(posix.basename(path)) ? posix.basename(path) : path;
}
