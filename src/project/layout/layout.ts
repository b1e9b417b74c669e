import type { Host } from '#host';
import { joinPath, readToml, tomlText } from '../documents.ts';
import type { Evidence } from '../evidence.ts';
import { findBackend, readPackaging } from '../sources.ts';
import { readDeclared } from './declared.ts';
import type { Declared } from './declaration.ts';
import { findExtension } from './extension.ts';
import type { Extension } from './extension.ts';
import { packagesIn, scanFolder } from './scan.ts';
import { tryKind } from '../readable.ts';

/** Where a project's modules lie and what they are called. */
export interface Layout {
  /**
   * `src`: in a folder of their own; `flat`: at the top of the project; `single-module`: one file; `namespace`:
   * at least one package lies in a namespace that other distributions share; `none`: nothing importable was
   * found.
   */
  readonly kind: 'src' | 'flat' | 'single-module' | 'namespace' | 'none';
  /**
   * Absolute folders from which the modules are imported, first wins; the project itself when nothing better is
   * known.
   */
  readonly sourceRoots: readonly string[];
  /**
   * Import names that belong to the project, sorted: top-level packages and modules, and inside a namespace the
   * dotted names of the packages (`google.cloud.storage`, since `google` is not ours alone).
   */
  readonly modules: readonly string[];
  /**
   * Packages whose folder has another name than the module: no import path finds them, only an installation
   * does.
   */
  readonly renamed: readonly { readonly module: string; readonly folder: string }[];
  readonly extension: Extension | undefined;
  /** What says where the modules are; undefined when it was found by looking at the folders. */
  readonly evidence: Evidence | undefined;
}

/** What is declared, and whether anything builds the project at all. */
interface Wanted extends Declared {
  readonly built: boolean;
}

/** The modules found in the roots, with what is needed to name the kind. */
interface Found {
  readonly roots: readonly string[];
  readonly modules: readonly string[];
  readonly files: number;
  readonly namespace: boolean;
}

/**
 * What a written-out import name stands for below a root: its packages, or one file; nothing when it does not
 * exist.
 */
async function resolveName(
  host: Host,
  root: string,
  name: string,
): Promise<{ names: readonly string[]; file: boolean }> {
  const path = joinPath(root, ...name.split('.'));
  const { names } = await packagesIn(host, path, name);
  if (names.length > 0) return { names, file: false };
  for (const ending of ['.py', '.pyx']) {
    if ((await tryKind(host, path + ending)) !== undefined) return { names: [name], file: true };
  }
  return { names: [], file: false };
}

async function takeNames(
  host: Host,
  root: string,
  roots: readonly string[],
  names: readonly string[],
): Promise<Found> {
  const modules: string[] = [];
  const used: string[] = [];
  let files = 0;
  for (const name of names) {
    for (const folder of roots) {
      const resolved = await resolveName(host, joinPath(root, folder), name);
      if (resolved.names.length === 0) continue;
      modules.push(...resolved.names);
      if (!used.includes(folder)) used.push(folder);
      if (resolved.file) files += 1;
      break;
    }
  }
  return { roots: used, modules, files, namespace: modules.some((name) => name.includes('.')) };
}

async function search(host: Host, root: string, roots: readonly string[], declared: Wanted): Promise<Found> {
  const modules: string[] = [];
  let files = 0;
  let namespace = false;
  const used: string[] = [];
  for (const folder of roots) {
    const scanned = await scanFolder(host, joinPath(root, folder), folder !== '');
    const filter = declared.filter ?? (() => true);
    const packages = scanned.packages.filter((name) => filter(name.split('.')[0] ?? name) || filter(name));
    // Beside packages at the top of what is built, loose files are scripts around it; nothing is built: they
    // are code too.
    const aside = folder === '' && packages.length > 0 && declared.built;
    const loose = declared.search === 'all' && !aside ? scanned.modules : [];
    if (packages.length + loose.length === 0) continue;
    modules.push(...packages, ...loose);
    files += loose.length;
    namespace ||= scanned.namespace && packages.length > 0;
    used.push(folder);
  }
  return { roots: used, modules, files, namespace };
}

/** Without a word from the packaging files: `src` when it holds modules, the top, then other usual places. */
async function searchUsualPlaces(host: Host, root: string, declared: Wanted): Promise<Found> {
  const places = declared.roots.length > 0 ? [...declared.roots, 'src', ''] : ['src', '', 'lib', 'python'];
  for (const folder of places) {
    // A folder `src` with an __init__.py is a package itself, imported as `src.x`.
    const inside = joinPath(root, folder, '__init__.py');
    if (folder !== '' && (await tryKind(host, inside)) !== undefined) continue;
    const found = await search(host, root, [folder], declared);
    if (found.modules.length > 0) return found;
  }
  return { roots: [], modules: [], files: 0, namespace: false };
}

function join(first: Found, second: Found): Found {
  return {
    roots: [...new Set([...first.roots, ...second.roots])],
    modules: [...new Set([...first.modules, ...second.modules])],
    files: first.files + second.files,
    namespace: first.namespace || second.namespace,
  };
}

async function findModules(
  host: Host,
  root: string,
  declared: Wanted,
  own: string | undefined,
): Promise<Found> {
  const roots = declared.roots.length > 0 ? declared.roots : ['src', ''];
  let found = await takeNames(host, root, roots, declared.names);
  if (declared.search !== 'none' || (found.modules.length === 0 && declared.renamed.length === 0)) {
    const searched =
      declared.roots.length > 0
        ? await search(host, root, declared.roots, declared)
        : await searchUsualPlaces(host, root, declared);
    found = join(found, searched);
    if (found.modules.length === 0 && declared.roots.length > 0)
      found = await searchUsualPlaces(host, root, declared);
  }
  if (own === undefined || declared.names.length > 0 || found.modules.includes(own)) return found;
  // A project may be called `demo` or `bench`: what bears its name is no example of something else.
  return join(await takeNames(host, root, roots, [own]), found);
}

function nameKind(found: Found, compiled: number, modules: readonly string[]): Layout['kind'] {
  if (modules.length === 0) return 'none';
  if (found.namespace) return 'namespace';
  if (modules.length === 1 && found.files + compiled === 1) return 'single-module';
  return found.roots.every((folder) => folder === '') ? 'flat' : 'src';
}

/**
 * Where the modules of a project folder lie. The tables of its build backend are believed first (setuptools in
 * pyproject.toml, setup.cfg and, as far as it is written out, setup.py; poetry; hatch; flit; pdm; uv; maturin;
 * scikit-build), then the folders themselves. Works on any checkout: nothing is run. `sourceRoots`, relative to
 * the project, overrules all. Fails with `bad-config` when pyproject.toml is no valid TOML.
 */
export async function findLayout(
  host: Host,
  projectDir: string,
  sourceRoots?: readonly string[],
): Promise<Layout> {
  const files = await readPackaging(host, projectDir);
  const backend = findBackend(files);
  const hatch = await readToml(host, projectDir, 'hatch.toml');
  const said = { ...readDeclared(files, hatch, backend), built: backend !== undefined };
  const declared: Wanted =
    sourceRoots === undefined
      ? said
      : {
          roots: sourceRoots.map((folder) => (folder === '.' ? '' : folder)),
          names: [],
          search: 'all',
          renamed: [],
          built: false,
        };
  const own =
    sourceRoots === undefined ? importNameOf(tomlText(files.pyproject, 'project', 'name')) : undefined;
  const found = await findModules(host, projectDir, declared, own);
  const folders = found.roots.length > 0 ? found.roots : declared.roots.length > 0 ? declared.roots : [''];
  const places = found.modules.flatMap((name) =>
    found.roots.map((folder) => joinPath(folder, ...name.split('.'))),
  );
  const extension = await findExtension(host, projectDir, files, backend, places);
  const compiled = compiledNames(
    extension,
    tomlText(files.pyproject, 'tool', 'maturin', 'module-name'),
    found.modules,
  );
  const renamed = declared.renamed.map((entry) => entry.module);
  const modules = [...new Set([...found.modules, ...compiled, ...renamed])].sort();
  return {
    kind: nameKind(found, compiled.length, modules),
    sourceRoots: folders.map((folder) => joinPath(projectDir, folder)),
    modules,
    renamed: declared.renamed,
    extension,
    evidence: declared.evidence,
  };
}

/** What a distribution is imported as when it says nothing else. */
function importNameOf(distribution: string | undefined): string | undefined {
  return distribution?.toLowerCase().replaceAll(/[-.]+/g, '_');
}

/** Compiled modules that stand at the top by themselves, so that no source shows their name. */
function compiledNames(
  extension: Extension | undefined,
  maturin: string | undefined,
  modules: readonly string[],
): readonly string[] {
  const names = [...(extension?.names ?? []), ...(maturin === undefined ? [] : [maturin])];
  return names.flatMap((name) => {
    const known = modules.some((module) => name === module || name.startsWith(`${module}.`));
    return known ? [] : [name.split('.')[0] ?? name];
  });
}
