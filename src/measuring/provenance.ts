import { StropError } from '#base';
import type { Side } from '#revisions';
import type { Workload } from '#workloads';

/** What a worker said about the modules it has loaded. */
export interface Loaded {
  /** Name and real file of every loaded module whose top-level name is the project's. */
  readonly modules: readonly (readonly [name: string, file: string])[];
  /** How many loaded modules have their file below the side's root. */
  readonly below: number;
}

function isWithin(file: string, folder: string): boolean {
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
  const stray = loaded.modules.find(([, file]) => !own.some((folder) => isWithin(file, folder)));
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
        ? `Measure something that imports the project (its modules: ${side.modules.slice(0, 5).join(', ')}).`
        : 'strop found no importable module in the project: name the folder that holds it with `source-roots` in [tool.strop].',
  });
}
