import type { Host } from '#host';
import { joinPath } from '../documents.ts';
import type { InstalledProject } from '../installed-projects.ts';
import { findLayout } from './layout.ts';
import type { Layout } from './layout.ts';

/** Where a layout was found: in a checkout of the repository or in place. */
export interface LayoutPlace {
  /** Absolute top folder of the checkout. */
  readonly top: string;
  /** Absolute folder of the project in it. */
  readonly project: string;
  /** The user has said where the modules lie: nothing is to be added to these folders. */
  readonly rooted: boolean;
}

function isKnown(modules: readonly string[], name: string): boolean {
  return modules.some(
    (module) => module === name || module.startsWith(`${name}.`) || name.startsWith(`${module}.`),
  );
}

/**
 * Adds to a project's layout what the environment has installed from the same repository: in a workspace the code that is
 * measured may lie in another project's folder. Its folders go behind the project's own, and its modules count as the
 * project's: they must not come from the installed copy, which is the same for every state of the repository.
 */
export async function joinInstalled(
  host: Host,
  layout: Layout,
  place: LayoutPlace,
  installed: readonly InstalledProject[],
): Promise<Layout> {
  const sourceRoots = [...layout.sourceRoots];
  // Seen from the top, the folders of a workspace look like a namespace.
  const inside = installed
    .filter((each) => each.folder !== '')
    .map((each) => each.folder.replaceAll('/', '.'));
  const modules = layout.modules.filter((name) => !inside.some((folder) => name.startsWith(`${folder}.`)));
  for (const each of installed) {
    const folder = joinPath(place.top, each.folder);
    const own = folder === joinPath(place.project);
    const inner = own || place.rooted ? undefined : await findLayout(host, folder);
    // What has to be built is not to be had from its folder.
    if (inner?.extension === undefined && inner?.renamed.length === 0) {
      sourceRoots.push(...inner.sourceRoots.filter((root) => !sourceRoots.includes(root)));
      modules.push(...inner.modules.filter((name) => !isKnown(modules, name)));
    }
    modules.push(...each.modules.filter((name) => !isKnown(modules, name)));
  }
  return { ...layout, sourceRoots, modules: modules.sort() };
}
