import { basename, join } from 'node:path';
import type { Host } from '#host';
import { copyTree } from './copy-tree.ts';
import type { Side } from './side.ts';

/**
 * A copy of a side in the same run folder, in which anything may be written: the side's own checkout stays as it is. The
 * twins of both sides have paths of equal length. A former twin of the side is replaced; all of it goes away with the run.
 * What lies outside of the checkout, such as an environment built for the side, is shared with the twin.
 */
export async function copySide(host: Host, side: Side, runFolder: string): Promise<Side> {
  const home = twinFolder(side, runFolder);
  const root = join(home, basename(side.root));
  await host.files.remove(home);
  await copyTree(host, side.root, root);
  const move = (path: string): string => movePath(path, side.root, root);
  return {
    ...side,
    root,
    project: move(side.project),
    sourceRoots: side.sourceRoots.map(move),
    ownFolders: side.ownFolders.map(move),
  };
}

/** Removes a side's twin. */
export async function removeTwin(host: Host, side: Side, runFolder: string): Promise<void> {
  await host.files.remove(twinFolder(side, runFolder));
}

/** Beside the checkouts `a` and `b`; the checkout keeps its own name inside, which some projects look at. */
function twinFolder(side: Side, runFolder: string): string {
  return join(runFolder, `t${side.label.toLowerCase()}`);
}

function movePath(path: string, from: string, to: string): string {
  if (path === from) return to;
  return /^[\\/]/.test(path.slice(from.length)) && path.startsWith(from)
    ? to + path.slice(from.length)
    : path;
}
