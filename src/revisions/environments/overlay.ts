import { join } from 'node:path';
import type { Host } from '#host';

/** The path column of a RECORD file, a CSV whose paths are quoted when they hold a comma (PEP 376). */
function readRecordPaths(text: string): readonly string[] {
  const paths: string[] = [];
  for (const line of text.split(/\r?\n/)) {
    const match = /^(?:"((?:[^"]|"")*)"|([^,]*)),/.exec(line);
    const path = match?.[1]?.replaceAll('""', '"') ?? match?.[2] ?? '';
    if (path !== '') paths.push(path);
  }
  return paths;
}

const COMPILED = /\.(so|pyd|dylib|dll)$/;

/**
 * Puts what a build added to the project's packages (compiled modules, generated Python files) beside the sources of the
 * checkout. Whichever copy a test runner then finds first, the checkout's or the installed one, it is the whole package
 * and of this side. Sources of the checkout are never replaced; compiled files that lay there by chance are.
 */
export async function overlayBuilt(
  host: Host,
  sitePackages: readonly string[],
  distribution: string,
  sourceRoots: readonly string[],
): Promise<void> {
  for (const site of sitePackages) {
    const text = await host.files.readText(join(site, distribution, 'RECORD'));
    if (text === undefined) continue;
    for (const path of readRecordPaths(text)) {
      if (/^\.\.|^\/|\.dist-info\/|\.pyc$|\.pth$/.test(path)) continue;
      const root = await homeOf(host, path, sourceRoots);
      if (root === undefined) continue;
      const target = join(root, path);
      const replace = COMPILED.test(path);
      if (!replace && (await host.files.kind(target)) !== undefined) continue;
      await host.files.copy(join(site, path), target);
    }
    return;
  }
}

/** The source root that holds the package of a built file; undefined when the sources have no such package. */
async function homeOf(host: Host, path: string, roots: readonly string[]): Promise<string | undefined> {
  const slash = path.indexOf('/');
  if (slash === -1) return COMPILED.test(path) ? roots[0] : undefined;
  for (const root of roots) {
    if ((await host.files.kind(join(root, path.slice(0, slash)))) === 'folder') return root;
  }
  return undefined;
}
