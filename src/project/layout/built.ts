import type { Host } from '#host';
import { joinPath } from '../documents.ts';
import { tryList } from '../readable.ts';
import { walkFiles } from '../walk.ts';
import type { Layout } from './layout.ts';

const COMPILED = /\.(so|pyd|dylib|dll)$/;

async function holdsCompiled(host: Host, folder: string): Promise<boolean> {
  for await (const file of walkFiles(host, folder, { depth: 6, entries: 5000 })) {
    if (COMPILED.test(file.name)) return true;
  }
  return false;
}

/**
 * Whether compiled modules of the project lie where its own interpreter finds them: beside the sources, or installed. Where
 * none does, whatever runs there runs the Python code in their place, or nothing.
 */
export async function hasCompiledModules(
  host: Host,
  { sourceRoots, modules, extension }: Layout,
  sitePackages: readonly string[],
): Promise<boolean> {
  const ofTop = (extension?.names ?? []).filter((name) => !name.includes('.'));
  for (const root of [...sourceRoots, ...sitePackages]) {
    for (const name of modules) {
      if (await holdsCompiled(host, joinPath(root, name.replaceAll('.', '/')))) return true;
    }
    const single = [...modules, ...ofTop];
    for (const { name } of await tryList(host, root)) {
      if (COMPILED.test(name) && single.includes(name.split('.')[0] ?? '')) return true;
    }
  }
  return false;
}
